import type { InvoiceSnapshot } from './crmSnapshot.ts';
import { invoiceActions, refusalOf, type InvoiceAction } from './invoiceActions.ts';
import { toMinorUnits } from './money.ts';

/** Whether an action can be asked for, and if not, why, with the next step. */
export interface KnownAction {
  action: InvoiceAction;
  possible: boolean;
  message: string | null;
}

/** What is possible by the last known state, and not more than that: a command looks at both sides anew. */
export function knownActions(
  { fields, name, status, currency, lines, ...snapshot }: InvoiceSnapshot,
  { sentAt, isPaidThroughLink }: { sentAt: string | null; isPaidThroughLink: boolean },
): KnownAction[] {
  const facts = {
    name: String(fields.Number__c ?? name),
    status,
    amountPaid: toMinorUnits((fields.Amount_Paid__c as number | null) ?? 0, currency),
    amountRemaining: toMinorUnits((fields.Amount_Remaining__c as number | null) ?? 0, currency),
    currency,
    hasPaymentLink: fields.Payment_Link_Status__c === 'Pending Payment',
    isPaidThroughLink,
    isPaymentProcessing: fields.Payment_Processing__c === true,
    subscriptionId: (fields.Stripe_Subscription_Id__c as string | null | undefined) ?? null,
    hasLines: lines.length > 0,
    sentAt: sentAt ?? snapshot.sentAt,
  };
  return invoiceActions.map((action) => {
    const refusal = refusalOf(action, facts);
    return { action, possible: refusal === null, message: refusal?.message ?? null };
  });
}
