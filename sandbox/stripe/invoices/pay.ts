import type { Call } from '../api/call.ts';
import { StripeError, missingReference, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { flag, text } from '../api/rules.ts';
import { chargeInvoice } from '../payments/chargeInvoice.ts';
import { cancelPayments } from '../payments/invoicePayments.ts';
import { cloneTestMethod } from '../payments/paymentMethods.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice, StoredPaymentMethod } from '../wire.ts';
import { withMoney } from './covered.ts';
import { announceUpdate, invoiceInPath } from './editable.ts';
import { finalizeInvoice } from './finalize.ts';
import { showInvoice } from './invoiceObject.ts';

export const payRules = { forgive: flag, off_session: flag, paid_out_of_band: flag, payment_method: text() };

/** With a card, or by the merchant's word that it was paid elsewhere. Recorded: a draft is finalized first. */
export function payInvoice(call: Call, values: Values<typeof payRules>): object {
  const { sandbox } = call;
  const invoice = invoiceInPath(call, 'id');
  refuseUnpayable(invoice);
  const method = values.paid_out_of_band ? undefined : methodFor(call, invoice, values.payment_method);
  const open = invoice.status === 'draft' ? finalizeInvoice(call, invoice) : invoice;
  if (open.status === 'paid') return showInvoice(sandbox, open);
  if (!method) return payOutOfBand(call, open);
  const declined = chargeInvoice(call, open, method);
  return declined ?? showInvoice(sandbox, sandbox.invoices.get(open.id)!);
}

export function refuseUnpayable(invoice: StoredInvoice): void {
  if (invoice.status === 'paid') throw refused('Invoice is already paid');
  if (invoice.status === 'void') throw refused('This invoice has been voided and can no longer be paid.');
}

export function noMethod(): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message:
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
  });
}

/** The invoice's own method, else the customer's. */
export function methodOnFile({ sandbox }: Call, invoice: StoredInvoice): string | undefined {
  const customer = sandbox.customers.get(invoice.customer);
  const id = invoice.default_payment_method ?? customer?.invoice_settings.default_payment_method;
  return typeof id === 'string' ? id : undefined;
}

/** The named method, else the one on file. */
function methodFor(call: Call, invoice: StoredInvoice, named: string | undefined): StoredPaymentMethod {
  const { sandbox } = call;
  const id = named ?? methodOnFile(call, invoice);
  if (id === undefined) throw noMethod();
  const method = sandbox.paymentMethods.get(id) ?? cloneTestMethod(sandbox, id);
  if (!method) throw missingReference('PaymentMethod', id, 'payment_method');
  return method;
}

/** No charge is made; recorded: it does not count as an attempt, and payment_succeeded is not told. */
function payOutOfBand(call: Call, invoice: StoredInvoice): object {
  const { sandbox } = call;
  const before = showInvoice(sandbox, invoice);
  cancelPayments(call, invoice.id, 'automatic');
  sandbox.invoices.put(withMoney(invoice, invoice.amount_remaining, sandbox.clock()));
  const shown = announceUpdate(call, before);
  emit(call, 'invoice.paid', shown);
  return shown;
}
