import type { Call } from '../api/call.ts';
import { defaultPayment } from '../payments/invoicePayments.ts';
import { billingSettings } from '../time/billingSettings.ts';
import type { Event, StoredInvoice, StoredSubscription } from '../wire.ts';
import { endSubscription, setStatus } from './changeSubscription.ts';

/** What a subscription becomes when something happens to its invoices or its customer; part of the same transaction. */
export function followInvoices(call: Call, event: Event): void {
  const { sandbox } = call;
  if (event.type === 'customer.deleted') return endAllOf(call, (event.data.object as { id: string }).id);
  if (!event.type.startsWith('invoice.') || sandbox.subscriptions.size === 0) return;
  const { id } = event.data.object as { id?: string };
  const invoice = sandbox.invoices.get(id ?? '');
  const named = invoice?.parent?.subscription_details?.subscription;
  const subscription = typeof named === 'string' ? sandbox.subscriptions.get(named) : undefined;
  if (invoice && subscription) follow(call, subscription, { type: event.type, invoice });
}

function follow(
  call: Call,
  subscription: StoredSubscription,
  { type, invoice }: { type: string; invoice: StoredInvoice },
): void {
  const { status } = subscription;
  const isLatest = subscription.latest_invoice === invoice.id;
  const isBehind = status === 'past_due' || status === 'unpaid';
  switch (type) {
    case 'invoice.paid':
      if (isLatest && (isBehind || status === 'incomplete')) setStatus(call, subscription, 'active');
      return;
    case 'invoice.voided':
      if (isLatest && status === 'incomplete') setStatus(call, subscription, 'incomplete_expired');
      if (isLatest && isBehind) setStatus(call, subscription, 'active');
      return;
    case 'invoice.updated':
      return followAttempt(call, subscription, invoice);
  }
}

/** A failed automatic charge makes it past due; after the last one the merchant's setting says what it becomes. */
function followAttempt(call: Call, subscription: StoredSubscription, invoice: StoredInvoice): void {
  const { status } = subscription;
  const failed = invoice.status === 'open' && invoice.attempted && invoice.auto_advance === true;
  if (!failed || invoice.collection_method !== 'charge_automatically') return;
  if (invoice.billing_reason === 'subscription_create' || (status !== 'active' && status !== 'past_due'))
    return;
  // Nobody knows yet how a bank debit ends.
  if (defaultPayment(call.sandbox, invoice.id).intent.status === 'processing') return;
  const { retryDays, subscriptionsAfterRetries: end } = billingSettings(call.sandbox);
  const isOver = invoice.next_payment_attempt === null && invoice.attempt_count > retryDays.length;
  if (isOver && end === 'cancel') endSubscription(call, subscription, 'payment_failed');
  else if (isOver && end === 'unpaid') setStatus(call, subscription, 'unpaid');
  else if (status === 'active') setStatus(call, subscription, 'past_due');
}

/** "Also immediately cancels any active subscriptions on the customer". */
function endAllOf(call: Call, customer: string): void {
  for (const subscription of call.sandbox.by.subscriptionOfCustomer.all(customer))
    if (subscription.ended_at === null) endSubscription(call, subscription, 'cancellation_requested');
}
