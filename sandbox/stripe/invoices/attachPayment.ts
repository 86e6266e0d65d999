import type { Call } from '../api/call.ts';
import { exclusiveParameters, missingReference, parameterMissing, refused } from '../api/errors.ts';
import { notInSandbox } from '../api/parameters.ts';
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

export const attachRules = { payment_intent: text(), payment_record: text() };

/** Counts a payment for an invoice. It stays open until payments cover it; what is too much is credited. */
export function attachPayment(call: Call, values: Values<typeof attachRules>): object {
  const { payment_intent: intent, payment_record: record } = values;
  if (intent !== undefined && record !== undefined)
    throw exclusiveParameters(['payment_intent', 'payment_record'], 'payment_intent');
  const invoice = invoiceInPath(call, 'invoice');
  return intent === undefined ? attachRecord(call, invoice, record) : attachIntent(call, invoice, intent);
}

function attachRecord(call: Call, invoice: StoredInvoice, id: string | undefined): object {
  const record = attachable(call, invoice, id);
  const amount = record.amount_guaranteed.value;
  const paidOff = (invoice.amount_paid_off_stripe ?? 0) + amount;
  return counted(
    call,
    { before: invoice, changed: { ...invoice, amount_paid_off_stripe: paidOff } },
    {
      amount,
      payment: { type: 'payment_record', payment_record: record.id },
    },
  );
}

/**
 * docs.stripe.com/invoicing/partial-payments: "The PaymentIntent must have the same currency and customer as the invoice,
 * but you can specify any amount up to the amount remaining". One that has succeeded is credited immediately.
 */
function attachIntent(call: Call, invoice: StoredInvoice, id: string): object {
  const { sandbox } = call;
  const intent = sandbox.intents.get(id);
  const param = 'payment_intent';
  if (!intent) throw missingReference('payment_intent', id, param);
  refuseUnlessOpen(invoice);
  if (intent.status !== 'succeeded') throw notInSandbox(`payment_intent (${intent.status})`);
  if (sandbox.by.paymentOfIntent.first(id))
    throw refused('This PaymentIntent is already attached to an invoice.', { param });
  if (intent.customer !== invoice.customer)
    throw refused('The PaymentIntent must have the same customer as the invoice.', { param });
  refuseOtherCurrency(invoice, { currency: intent.currency, param });
  if (intent.amount_received > invoice.amount_remaining)
    throw refused('The amount of the PaymentIntent is more than what remains of the invoice.', { param });
  const shown = counted(
    call,
    { before: invoice, changed: invoice },
    {
      amount: intent.amount_received,
      payment: { type: 'payment_intent', payment_intent: id },
    },
  );
  if (sandbox.invoices.get(invoice.id)?.status === 'paid') emit(call, 'invoice.payment_succeeded', shown);
  return shown;
}

function counted(
  call: Call,
  { before, changed }: { before: StoredInvoice; changed: StoredInvoice },
  { amount, payment: paid }: { amount: number; payment: InvoicePayment['payment'] },
): object {
  const { sandbox } = call;
  const shownBefore = showInvoice(sandbox, before);
  const payment = paymentOf(call, before, { amount, paid });
  const after = withMoney(changed, amount, sandbox.clock());
  sandbox.invoicePayments.put(payment);
  sandbox.invoices.put(after);
  emit(call, 'invoice_payment.paid', payment);
  if (after.status === 'paid') cancelPayments(call, before.id, 'automatic');
  else resizeOpenPayment(sandbox, after);
  const shown = announceUpdate(call, shownBefore);
  if (after.status === 'paid') emit(call, 'invoice.paid', shown);
  creditOverpaid(call, after, after.amount_overpaid - before.amount_overpaid);
  return shown;
}

function attachable(call: Call, invoice: StoredInvoice, id: string | undefined): PaymentRecord {
  const { sandbox } = call;
  if (id === undefined) throw parameterMissing('payment_record');
  const record = sandbox.paymentRecords.get(id);
  const param = 'payment_record';
  if (!record) throw missingReference('payment_record', id, param);
  refuseUnlessOpen(invoice);
  refuseOtherCurrency(invoice, { currency: record.amount.currency, param });
  if (record.amount_guaranteed.value === 0)
    throw refused('Only payments with the outcome `guaranteed` can be attached.', { param });
  if (sandbox.by.paymentOfRecord.first(id))
    throw refused('This payment record is already attached to an invoice.', { param });
  return record;
}

function refuseUnlessOpen({ status }: StoredInvoice): void {
  if (status !== 'open')
    throw refused(`Payments can only be attached to open invoices; this invoice is ${status}.`);
}

function refuseOtherCurrency(
  invoice: StoredInvoice,
  { currency, param }: { currency: string; param: string },
): void {
  if (currency !== invoice.currency)
    throw refused(`The payment is in ${currency}, and the invoice is in ${invoice.currency}.`, { param });
}

function paymentOf(
  { sandbox }: Call,
  invoice: StoredInvoice,
  { amount, paid }: { amount: number; paid: InvoicePayment['payment'] },
): InvoicePayment {
  const now = sandbox.clock();
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
    payment: paid,
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
