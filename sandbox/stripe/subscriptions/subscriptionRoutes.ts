import type { Call } from '../api/call.ts';
import { inRange, pageRules, timeRange } from '../api/commonRules.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, oneOf, text } from '../api/rules.ts';
import { advanceDraft } from '../invoices/advance.ts';
import type { StoredSubscription } from '../wire.ts';
import { endSubscription } from './changeSubscription.ts';
import { createRules, createSubscription } from './createSubscription.ts';
import { prorate } from './prorate.ts';
import { makeSubscriptionInvoice } from './subscriptionInvoice.ts';
import { itemsOf, showSubscription } from './subscriptionObject.ts';
import { periodEnd, periodStart } from './subscriptionTasks.ts';
import {
  foundSubscription,
  livingSubscription,
  updateRules,
  updateSubscription,
} from './updateSubscription.ts';

const unsupported = [
  ...['add_invoice_items', 'application_fee_percent', 'automatic_tax', 'backdate_start_date'],
  ...['billing_cycle_anchor', 'billing_cycle_anchor_config', 'billing_mode', 'billing_schedules'],
  ...[
    'billing_thresholds',
    'cancellation_details',
    'customer_account',
    'default_source',
    'default_tax_rates',
  ],
  ...['discounts', 'invoice_settings', 'on_behalf_of', 'pause_collection', 'payment_settings'],
  ...['pending_invoice_item_interval', 'proration_date', 'transfer_data', 'trial_end', 'trial_from_plan'],
  ...['trial_period_days', 'trial_settings'],
];

const cancelRules = {
  cancellation_details: hash(
    {
      comment: clearable(text()),
      feedback: clearable(
        oneOf(
          ...(['customer_service', 'low_quality', 'missing_features', 'other', 'switched_service'] as const),
          ...(['too_complex', 'too_expensive', 'unused'] as const),
        ),
      ),
    },
    ['feedback_option'],
  ),
  invoice_now: flag,
  prorate: flag,
};

export const subscriptionRoutes = [
  route('POST', '/v1/subscriptions', { parameters: createRules, unsupported, run: createSubscription }),
  route('GET', '/v1/subscriptions', {
    parameters: {
      ...pageRules,
      collection_method: oneOf('charge_automatically', 'send_invoice'),
      created: timeRange,
      customer: text(),
      price: text(),
      status: oneOf(
        ...(['active', 'all', 'canceled', 'ended', 'incomplete', 'incomplete_expired', 'past_due'] as const),
        ...(['paused', 'trialing', 'unpaid'] as const),
      ),
      test_clock: text(),
    },
    unsupported: ['automatic_tax', 'current_period_end', 'current_period_start', 'customer_account', 'plan'],
    run({ sandbox }, values) {
      const { customer, price, test_clock: clock } = values;
      const all =
        customer === undefined
          ? sandbox.subscriptions.values()
          : sandbox.by.subscriptionOfCustomer.all(customer);
      return page(newestFirst(all), values, {
        url: '/v1/subscriptions',
        kind: 'subscription',
        show: (one) => showSubscription(sandbox, one),
        matches: (one) =>
          inRange(one.created, values.created) &&
          hasStatus(one, values.status) &&
          (values.collection_method ?? one.collection_method) === one.collection_method &&
          // Those on test clocks are listed only by their clock or their customer.
          (clock === undefined
            ? customer !== undefined || one.test_clock === null
            : one.test_clock === clock) &&
          (price === undefined || itemsOf(sandbox, one.id).some((item) => item.price === price)),
      });
    },
  }),
  route('GET', '/v1/subscriptions/:subscription', {
    parameters: {},
    run: (call) => showSubscription(call.sandbox, foundSubscription(call)),
  }),
  route('POST', '/v1/subscriptions/:subscription', {
    parameters: updateRules,
    unsupported: [...unsupported, 'payment_behavior'],
    run: updateSubscription,
  }),
  route('DELETE', '/v1/subscriptions/:subscription', { parameters: cancelRules, run: cancelSubscription }),
];

/** "The value of all for all, ended for canceled and incomplete_expired; if nothing is given, all but canceled". */
function hasStatus({ status }: StoredSubscription, wanted: string | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === undefined) return status !== 'canceled';
  if (wanted === 'ended') return status === 'canceled' || status === 'incomplete_expired';
  return status === wanted;
}

function cancelSubscription(call: Call, values: Values<typeof cancelRules>): object {
  const { sandbox } = call;
  const subscription = livingSubscription(call);
  const { comment, feedback } = values.cancellation_details ?? {};
  if (values.prorate)
    for (const was of itemsOf(sandbox, subscription.id)) prorate(call, subscription, { was, is: undefined });
  if (values.invoice_now) billLast(call, subscription);
  return endSubscription(
    call,
    {
      ...sandbox.subscriptions.get(subscription.id)!,
      cancellation_details: {
        comment: comment ?? null,
        feedback: feedback ?? null,
        feedback_option: null,
        reason: null,
      },
    },
    'cancellation_requested',
  );
}

/** A last invoice of what is pending. */
function billLast(call: Call, subscription: StoredSubscription): void {
  const { sandbox } = call;
  const pending = sandbox.by.itemOfCustomer.all(subscription.customer).some((item) => item.invoice === null);
  if (!pending) return;
  const period = { start: periodStart(sandbox, subscription), end: periodEnd(sandbox, subscription) };
  const order = { reason: 'subscription_update' as const, period, withItems: false };
  const invoice = makeSubscriptionInvoice(call, subscription, order);
  sandbox.subscriptions.put({ ...subscription, latest_invoice: invoice.id });
  advanceDraft(call, invoice);
}
