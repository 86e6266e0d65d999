import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { changeBalance } from '../balance/changeBalance.ts';
import { cancelPayments } from '../payments/invoicePayments.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice } from '../wire.ts';
import { announceUpdate, invoiceInPath } from './editable.ts';
import { showInvoice } from './invoiceObject.ts';

const NOT_OPEN = "You can only pass in open invoices. This invoice isn't open.";

export function voidInvoice(call: Call): object {
  const { sandbox } = call;
  const invoice = invoiceInPath(call, 'id');
  if (invoice.status === 'paid' || isPartlyPaid(sandbox, invoice))
    throw refused('Invoices with `paid` payments cannot be voided.');
  refuseProcessing(sandbox, invoice);
  // docs.stripe.com/invoicing/overview: an open or uncollectible invoice can be voided.
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw refused(NOT_OPEN);
  const before = showInvoice(sandbox, invoice);
  const after = voided(call, invoice);
  sandbox.invoices.put(after);
  const shown = showInvoice(sandbox, after);
  emit(call, 'invoice.voided', shown);
  announceUpdate(call, before);
  return shown;
}

/** Guessed: money that may still come in cannot be sent away. */
function refuseProcessing(sandbox: Sandbox, { id }: StoredInvoice): void {
  const isProcessing = sandbox.by.paymentOfInvoice
    .all(id)
    .some(({ payment }) => sandbox.intents.get(payment.payment_intent ?? '')?.status === 'processing');
  if (isProcessing) throw refused('Invoices with a payment that is processing cannot be voided.');
}

/** Also one payment of several, on an invoice that is still open. */
export function isPartlyPaid(sandbox: Sandbox, { id }: StoredInvoice): boolean {
  return sandbox.by.paymentOfInvoice.all(id).some((payment) => payment.status === 'paid');
}

/** The void invoice; its payment is canceled and an applied balance goes back to the customer. */
export function voided(call: Call, invoice: StoredInvoice): StoredInvoice {
  const { sandbox } = call;
  cancelPayments(call, invoice.id, 'void_invoice');
  const applied = (invoice.ending_balance ?? 0) - invoice.starting_balance;
  const customer = sandbox.customers.get(invoice.customer);
  if (customer && applied !== 0)
    changeBalance(call, customer, {
      amount: -applied,
      type: 'unapplied_from_invoice',
      invoice: invoice.id,
    });
  return {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: sandbox.clock() },
  };
}

export function markUncollectible(call: Call): object {
  const invoice = invoiceInPath(call, 'id');
  if (invoice.status === 'uncollectible')
    throw refused('This invoice has already been marked uncollectible.');
  if (invoice.status !== 'open') throw refused(NOT_OPEN);
  return giveUp(call, invoice, 'user_forgiven');
}

/** Nobody expects to be paid any more; the reason is told as long as that is so. */
export function giveUp(
  call: Call,
  invoice: StoredInvoice,
  reason: 'max_payment_attempts' | 'subscription_canceled' | 'user_forgiven',
): object {
  const { sandbox } = call;
  const before = showInvoice(sandbox, invoice);
  sandbox.invoices.put({
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_details: { uncollectible: { reason } },
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: sandbox.clock() },
  });
  emit(call, 'invoice.marked_uncollectible', showInvoice(sandbox, sandbox.invoices.get(invoice.id)!));
  return announceUpdate(call, before);
}
