import type { Call } from '../api/call.ts';
import { announceUpdate } from '../invoices/editable.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { StoredSubscription } from '../wire.ts';
import { showSubscription } from './subscriptionObject.ts';

type Shown = ReturnType<typeof showSubscription>;

/** Stores it and tells what changed since `before`, if anything did. */
export function saveSubscription(call: Call, before: Shown, after: StoredSubscription): Shown {
  call.sandbox.subscriptions.put(after);
  const shown = showSubscription(call.sandbox, after);
  if (JSON.stringify(before) !== JSON.stringify(shown))
    emitChange(call, 'customer.subscription.updated', { before, after: shown });
  return shown;
}

export function setStatus(
  call: Call,
  subscription: StoredSubscription,
  status: StoredSubscription['status'],
): void {
  const before = showSubscription(call.sandbox, subscription);
  saveSubscription(call, before, { ...subscription, status });
}

type Reason = NonNullable<StoredSubscription['cancellation_details']>['reason'];

/** It ends; "Stripe stops automatic collection of all finalized invoices" of it. */
export function endSubscription(call: Call, subscription: StoredSubscription, reason: Reason): object {
  const { sandbox } = call;
  const now = sandbox.clock();
  const ended: StoredSubscription = {
    ...subscription,
    cancel_at_period_end: false,
    canceled_at: subscription.canceled_at ?? now,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      ...subscription.cancellation_details,
      reason,
    },
    ended_at: now,
    status: 'canceled',
  };
  sandbox.subscriptions.put(ended);
  for (const invoice of sandbox.by.invoiceOfSubscription.all(subscription.id)) {
    if (invoice.status !== 'open' && invoice.status !== 'draft') continue;
    const before = showInvoice(sandbox, invoice);
    sandbox.invoices.put({
      ...invoice,
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    });
    announceUpdate(call, before);
  }
  const shown = showSubscription(sandbox, ended);
  emit(call, 'customer.subscription.deleted', shown);
  return shown;
}
