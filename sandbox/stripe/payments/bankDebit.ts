import type { Call } from '../api/call.ts';
import { announceUpdate } from '../invoices/editable.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { billingSettings } from '../time/billingSettings.ts';
import { emit } from '../webhooks/events.ts';
import type { PaymentIntent, StoredInvoice } from '../wire.ts';
import type { Attempt } from './chargeInvoice.ts';

/** A bank debit that is under way; it has the id of its charge. */
export interface StoredDebit {
  id: string;
  invoice: string;
  test_clock: string | null;
  at: number;
  /** When Stripe tries again if it fails; kept as it was when the debit began. */
  retryAt: number | null;
}

/** The bank answers later: until then the payment intent is `processing` and the invoice stays open. */
export function beginDebit(call: Call, invoice: StoredInvoice, attempt: Attempt): void {
  const { sandbox } = call;
  const { charge, intent, method, attempted } = attempt;
  const before = showInvoice(sandbox, invoice);
  const processing: PaymentIntent = {
    ...intent,
    last_payment_error: null,
    latest_charge: charge.id,
    payment_method: method.id,
    payment_method_types: ['card', 'us_bank_account'],
    status: 'processing',
  };
  sandbox.intents.put(processing);
  sandbox.invoices.put({ ...attempted, next_payment_attempt: null });
  sandbox.debits.put({
    id: charge.id,
    invoice: invoice.id,
    test_clock: invoice.test_clock,
    at: sandbox.clock() + billingSettings(sandbox).bankDebitSeconds,
    retryAt: attempted.next_payment_attempt,
  });
  emit(call, 'charge.pending', charge);
  emit(call, 'payment_intent.processing', processing);
  announceUpdate(call, before);
}
