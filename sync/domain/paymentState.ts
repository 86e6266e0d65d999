import type { InvoiceStatus } from './invoice.ts';

/** What a person wants to know about the money of an invoice, in the words of the org's field Payment_State__c. */
export type PaymentState =
  | 'Draft'
  | 'Unpaid'
  | 'Payment Processing'
  | 'Past Due'
  | 'Retrying'
  | 'Partially Paid'
  | 'Paid'
  | 'Partially Refunded'
  | 'Refunded'
  | 'Uncollectible'
  | 'Void';

/** What the state is computed from. Amounts in minor units, times in ISO 8601, UTC. */
export interface PaymentFacts {
  status: InvoiceStatus;
  amountPaid: number;
  /** What of it went back to the customer. */
  amountRefunded: number;
  dueAt: string | null;
  /** When Stripe tries a card again that was declined. */
  nextRetryAt: string | null;
  /** Whether money is on its way, as with a bank debit. */
  isPaymentProcessing: boolean;
}

/**
 * The status, refined by what was paid and by time. The formula of the org's field Payment_State__c says the same; one
 * table of cases holds both. Money on its way outranks all else of an open invoice, and past due outranks partially paid.
 */
export function paymentState(facts: PaymentFacts, now: string): PaymentState {
  switch (facts.status) {
    case 'draft':
      return 'Draft';
    case 'open':
      if (facts.isPaymentProcessing) return 'Payment Processing';
      if (facts.dueAt !== null && facts.dueAt < now) return 'Past Due';
      if (facts.nextRetryAt !== null) return 'Retrying';
      return facts.amountPaid > 0 ? 'Partially Paid' : 'Unpaid';
    case 'paid':
      if (facts.amountRefunded <= 0) return 'Paid';
      return facts.amountRefunded < facts.amountPaid ? 'Partially Refunded' : 'Refunded';
    case 'uncollectible':
      return 'Uncollectible';
    case 'void':
      return 'Void';
  }
}
