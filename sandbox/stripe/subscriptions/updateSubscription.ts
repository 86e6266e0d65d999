import type { Call } from '../api/call.ts';
import { changedMetadata } from '../api/commonRules.ts';
import { invalidParameter, missingReference, refused, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import type { Values } from '../api/parameters.ts';
import { flag, hash, list, text } from '../api/rules.ts';
import { advanceDraft } from '../invoices/advance.ts';
import type { StoredSubscription, StoredSubscriptionItem } from '../wire.ts';
import { saveSubscription } from './changeSubscription.ts';
import {
  addItem,
  itemRules,
  recurringPrice,
  refuseDays,
  refuseMethod,
  subscriptionRules,
  unsupportedInItems,
} from './createSubscription.ts';
import type { ItemValues } from './createSubscription.ts';
import { prorate } from './prorate.ts';
import { makeSubscriptionInvoice } from './subscriptionInvoice.ts';
import { itemsOf, showSubscription } from './subscriptionObject.ts';
import { periodEnd, periodStart } from './subscriptionTasks.ts';

export const updateRules = {
  ...subscriptionRules,
  items: list(hash({ ...itemRules, deleted: flag, id: text() }, unsupportedInItems), { max: 20 }),
};

export type ProrationBehavior = Values<typeof updateRules>['proration_behavior'];

export function updateSubscription(call: Call, values: Values<typeof updateRules>): object {
  const { sandbox } = call;
  const subscription = livingSubscription(call);
  const before = showSubscription(sandbox, subscription);
  refuseMethod(call, values.default_payment_method);
  const method = values.collection_method ?? subscription.collection_method;
  const days = values.days_until_due ?? (method === 'send_invoice' ? subscription.days_until_due : undefined);
  refuseDays(method, days);
  const { default_payment_method, description } = values;
  const after: StoredSubscription = {
    ...subscription,
    ...given({ default_payment_method, description }),
    ...cancellation(call, subscription, values),
    collection_method: method,
    days_until_due: days ?? null,
    metadata: changedMetadata(subscription.metadata, values.metadata),
  };
  sandbox.subscriptions.put(after);
  values.items?.forEach((item, index) =>
    changeItem(call, after, { ...item, within: `items[${index}]`, behavior: values.proration_behavior }),
  );
  if (itemsOf(sandbox, subscription.id).length === 0)
    throw refused('A subscription must have at least one active item.', { param: 'items' });
  return saveSubscription(call, before, billedNow(call, after, values.proration_behavior));
}

/** `always_invoice`: what the change costs is billed at once. */
export function billedNow(
  call: Call,
  subscription: StoredSubscription,
  behavior: ProrationBehavior,
): StoredSubscription {
  const { sandbox } = call;
  const pending = sandbox.by.itemOfCustomer.all(subscription.customer).some(({ invoice, parent }) => {
    const of = parent?.subscription_details?.subscription;
    return invoice === null && of === subscription.id;
  });
  if (behavior !== 'always_invoice' || !pending) return subscription;
  const period = { start: periodStart(sandbox, subscription), end: periodEnd(sandbox, subscription) };
  const order = { reason: 'subscription_update' as const, period, withItems: false };
  const invoice = makeSubscriptionInvoice(call, subscription, order);
  const billed = { ...subscription, latest_invoice: invoice.id };
  sandbox.subscriptions.put(billed);
  advanceDraft(call, invoice);
  return sandbox.subscriptions.get(subscription.id)!;
}

export type ItemChange = ItemValues & {
  id?: string | undefined;
  deleted?: boolean | undefined;
  within?: string;
  behavior: ProrationBehavior;
};

export function changeItem(call: Call, subscription: StoredSubscription, change: ItemChange): void {
  const { sandbox } = call;
  const was = change.id === undefined ? undefined : itemOf(call, subscription, change);
  let is: StoredSubscriptionItem | undefined;
  if (!was) is = addItem(call, subscription, change);
  else if (change.deleted) sandbox.subscriptionItems.delete(was.id);
  else {
    const { within = '' } = change;
    const named = change.price !== undefined || change.price_data !== undefined;
    is = {
      ...was,
      price: named ? recurringPrice(call, subscription, { ...change, within }).id : was.price,
      quantity: change.quantity ?? was.quantity,
      metadata: changedMetadata(was.metadata, change.metadata),
    };
    sandbox.subscriptionItems.put(is);
  }
  const costsTheSame = was && is && was.price === is.price && was.quantity === is.quantity;
  if (change.behavior !== 'none' && !costsTheSame && subscription.status !== 'incomplete')
    prorate(call, subscription, { was, is });
}

function itemOf(
  { sandbox }: Call,
  subscription: StoredSubscription,
  { id = '', within = '' }: ItemChange,
): StoredSubscriptionItem {
  const item = sandbox.subscriptionItems.get(id);
  if (item?.subscription !== subscription.id)
    throw missingReference('subscription item', id, within ? `${within}[id]` : 'id');
  return item;
}

function cancellation(
  call: Call,
  subscription: StoredSubscription,
  { cancel_at: at, cancel_at_period_end: atEnd }: Values<typeof updateRules>,
): Partial<StoredSubscription> {
  const { sandbox } = call;
  const now = sandbox.clock();
  if (at !== undefined && atEnd)
    throw invalidParameter(
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
      'cancel_at',
    );
  if (typeof at === 'number' && at <= now)
    throw invalidParameter(
      'Invalid timestamp: must be an integer Unix timestamp in the future.',
      'cancel_at',
    );
  const cancellation_details = { comment: null, feedback: null, feedback_option: null, reason: null };
  if (at === null || (atEnd === false && subscription.cancel_at_period_end))
    return { cancel_at: null, cancel_at_period_end: false, canceled_at: null, cancellation_details };
  const chosen = atEnd ? periodEnd(sandbox, subscription) : at;
  if (chosen === undefined) return {};
  return {
    cancel_at: chosen,
    cancel_at_period_end: atEnd ?? false,
    canceled_at: now,
    cancellation_details: { ...cancellation_details, reason: 'cancellation_requested' },
  };
}

/** Ended subscriptions are not found by calls that change them. */
export function livingSubscription(call: Call): StoredSubscription {
  const subscription = foundSubscription(call);
  if (subscription.ended_at !== null || subscription.status === 'incomplete_expired')
    throw resourceMissing('subscription', subscription.id, 'id');
  return subscription;
}

export function foundSubscription(call: Call): StoredSubscription {
  const id = call.path['subscription'] ?? '';
  const subscription = call.sandbox.subscriptions.get(id);
  if (!subscription) throw resourceMissing('subscription', id, 'id');
  return subscription;
}
