import type { Call } from '../api/call.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { voided } from '../invoices/void.ts';
import { announceUpdate } from '../invoices/editable.ts';
import type { Sandbox } from '../sandbox.ts';
import { billingSettings } from '../time/billingSettings.ts';
import { DAY, HOUR } from '../time/sandboxTime.ts';
import type { Task } from '../time/task.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredSubscription } from '../wire.ts';
import { endSubscription, saveSubscription, setStatus } from './changeSubscription.ts';
import { intervalsAfter } from './cycle.ts';
import { makeSubscriptionInvoice } from './subscriptionInvoice.ts';
import { itemsOf, recurringOf, showSubscription } from './subscriptionObject.ts';

/** "If the first invoice is not paid within 23 hours, the subscription transitions to incomplete_expired." */
const PATIENCE = 23 * HOUR;

/** What subscriptions do by themselves, on one clock. */
export function* subscriptionTasks(sandbox: Sandbox, clock: string | null): Generator<Task> {
  for (const one of sandbox.by.subscriptionWaiting.all('live')) {
    if (one.test_clock !== clock) continue;
    const task = (at: number, what: string, run: (call: Call) => void): Task => ({
      at,
      key: `${what} ${one.id} ${at}`,
      run,
    });
    if (one.status === 'incomplete') {
      yield task(one.created + PATIENCE, 'expire', (call) => expire(call, one));
      continue;
    }
    const end = periodEnd(sandbox, one);
    const stop = one.cancel_at !== null && one.cancel_at <= end ? one.cancel_at : null;
    if (stop !== null) yield task(stop, 'end', (call) => void stopAtEnd(call, one));
    else yield task(end, 'renew', (call) => renew(call, one));
    const { upcomingDays } = billingSettings(sandbox);
    if (upcomingDays !== null && stop === null && one.upcoming_told !== end && isActive(one)) {
      const at = end - upcomingDays * DAY;
      // A period that is shorter than the notice has none.
      if (at > periodStart(sandbox, one)) yield task(at, 'announce', (call) => announceUpcoming(call, one));
    }
    const late = lateAt(sandbox, one);
    if (late !== null) yield task(late, 'late', (call) => setStatus(call, one, 'past_due'));
  }
}

function stopAtEnd(call: Call, subscription: StoredSubscription): object {
  return endSubscription(call, subscription, 'cancellation_requested');
}

function isActive({ status }: StoredSubscription): boolean {
  return status === 'active' || status === 'past_due';
}

/** The next period begins, with a draft that Stripe finalizes and collects an hour later. */
function renew(call: Call, subscription: StoredSubscription): void {
  const { sandbox } = call;
  const before = showSubscription(sandbox, subscription);
  const period = { start: periodStart(sandbox, subscription), end: periodEnd(sandbox, subscription) };
  const advanced = intoNextPeriod(sandbox, subscription);
  const invoice = makeSubscriptionInvoice(call, advanced, { reason: 'subscription_cycle', period });
  saveSubscription(call, before, { ...advanced, latest_invoice: invoice.id });
}

function intoNextPeriod(sandbox: Sandbox, subscription: StoredSubscription): StoredSubscription {
  const start = periodEnd(sandbox, subscription);
  const cycles = subscription.cycles + 1;
  const end = intervalsAfter(
    subscription.billing_cycle_anchor,
    recurringOf(sandbox, subscription),
    cycles + 1,
  );
  for (const item of itemsOf(sandbox, subscription.id))
    sandbox.subscriptionItems.put({ ...item, current_period_start: start, current_period_end: end });
  const advanced = { ...subscription, cycles };
  sandbox.subscriptions.put(advanced);
  return advanced;
}

/** Tells of the next invoice as it would be now. It does not exist yet, so it has no id. */
function announceUpcoming(call: Call, subscription: StoredSubscription): void {
  const { sandbox } = call;
  const end = periodEnd(sandbox, subscription);
  const attempt = sandbox.store.begin();
  let shown: object;
  try {
    const period = { start: periodStart(sandbox, subscription), end };
    const next = intoNextPeriod(sandbox, subscription);
    const { id: _id, ...preview } = showInvoice(
      sandbox,
      makeSubscriptionInvoice(call, next, { reason: 'subscription_cycle', period }),
    );
    shown = { ...preview, billing_reason: 'upcoming', next_payment_attempt: end + HOUR };
  } finally {
    attempt.rollback();
  }
  sandbox.subscriptions.put({ ...subscription, upcoming_told: end });
  emit(call, 'invoice.upcoming', shown);
}

function expire(call: Call, subscription: StoredSubscription): void {
  const { sandbox } = call;
  setStatus(call, { ...subscription, ended_at: null }, 'incomplete_expired');
  const invoice = sandbox.invoices.get(subscription.latest_invoice ?? '');
  if (invoice?.status !== 'open') return;
  const before = showInvoice(sandbox, invoice);
  sandbox.invoices.put(voided(call, invoice));
  emit(call, 'invoice.voided', showInvoice(sandbox, sandbox.invoices.get(invoice.id)!));
  announceUpdate(call, before);
}

/** An invoice that was sent and is not paid when it is due makes the subscription past due. */
function lateAt(sandbox: Sandbox, subscription: StoredSubscription): number | null {
  if (subscription.status !== 'active' || subscription.collection_method !== 'send_invoice') return null;
  const dues = sandbox.by.invoiceOfSubscription
    .all(subscription.id)
    .flatMap(({ status, due_date: due }) => (status === 'open' && due !== null ? [due + 1] : []));
  return dues.length > 0 ? Math.min(...dues) : null;
}

export function periodEnd(sandbox: Sandbox, { id }: StoredSubscription): number {
  return itemsOf(sandbox, id)[0]?.current_period_end ?? Infinity;
}

export function periodStart(sandbox: Sandbox, { id }: StoredSubscription): number {
  return itemsOf(sandbox, id)[0]?.current_period_start ?? 0;
}
