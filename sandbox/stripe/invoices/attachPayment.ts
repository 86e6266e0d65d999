import type { Call } from '../api/call.ts';
import { missingReference, parameterMissing, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { text } from '../api/rules.ts';
import { changeBalance } from '../balance/changeBalance.ts';
import { newId } from '../ids.ts';
import { cancelPayments, resizeOpenPayment } from '../payments/invoicePayments.ts';
import { emit } from '../webhooks/events.ts';
import type { InvoicePayment, PaymentRecord, StoredInvoice } from '../wire.ts';
import { withMoney } from './covered.ts';
import { announceUpdate, invoiceInPath } from './editable.ts';
import { showInvoice } from './invoiceObject.ts';

export const attachRules = { payment_record: text() };

/** Counts a reported payment for an invoice. It stays open until payments cover it; what is too much is credited. */
export function attachPayment(call: Call, values: Values<typeof attachRules>): object {
  const { sandbox } = call;
  const invoice = invoiceInPath(call, 'invoice');
  const record = attachable(call, invoice, values.payment_record);
  const amount = record.amount_guaranteed.value;
  const before = showInvoice(sandbox, invoice);
  const payment = paymentOf(call, invoice, record);
  const after = withMoney(
    { ...invoice, amount_paid_off_stripe: (invoice.amount_paid_off_stripe ?? 0) + amount },
    amount,
    sandbox.clock(),
  );
  sandbox.invoicePayments.put(payment);
  sandbox.invoices.put(after);
  emit(call, 'invoice_payment.paid', payment);
  if (after.status === 'paid') cancelPayments(call, invoice.id, 'automatic');
  else resizeOpenPayment(sandbox, after);
  const shown = announceUpdate(call, before);
  if (after.status === 'paid') emit(call, 'invoice.paid', shown);
  creditOverpaid(call, after, after.amount_overpaid - invoice.amount_overpaid);
  return shown;
}

function attachable(call: Call, invoice: StoredInvoice, id: string | undefined): PaymentRecord {
  const { sandbox } = call;
  if (id === undefined) throw parameterMissing('payment_record');
  const record = sandbox.paymentRecords.get(id);
  const param = 'payment_record';
  if (!record) throw missingReference('payment_record', id, param);
  if (invoice.status !== 'open')
    throw refused(`Payments can only be attached to open invoices; this invoice is ${invoice.status}.`);
  if (record.amount.currency !== invoice.currency)
    throw refused(`The payment is in ${record.amount.currency}, and the invoice is in ${invoice.currency}.`, {
      param,
    });
  if (record.amount_guaranteed.value === 0)
    throw refused('Only payments with the outcome `guaranteed` can be attached.', { param });
  if (sandbox.by.paymentOfRecord.first(id))
    throw refused('This payment record is already attached to an invoice.', { param });
  return record;
}

function paymentOf({ sandbox }: Call, invoice: StoredInvoice, record: PaymentRecord): InvoicePayment {
  const now = sandbox.clock();
  const amount = record.amount_guaranteed.value;
  return {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: amount,
    amount_requested: amount,
    created: now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: false,
    livemode: false,
    payment: { type: 'payment_record', payment_record: record.id },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: now },
  };
}

function creditOverpaid(call: Call, invoice: StoredInvoice, amount: number): void {
  const customer = call.sandbox.customers.get(invoice.customer);
  if (amount <= 0) return;
  if (customer?.currency === invoice.currency)
    changeBalance(call, customer, { amount: -amount, type: 'invoice_overpaid', invoice: invoice.id });
  emit(call, 'invoice.overpaid', showInvoice(call.sandbox, invoice));
}
