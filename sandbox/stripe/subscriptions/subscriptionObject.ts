import type { Sandbox } from '../sandbox.ts';
import type { Price, StoredSubscription, StoredSubscriptionItem } from '../wire.ts';
import type { Recurring } from './cycle.ts';

export function showSubscription(sandbox: Sandbox, stored: StoredSubscription) {
  const { cycles: _cycles, upcoming_told: _told, ...fields } = stored;
  const data = itemsOf(sandbox, stored.id).map((item) => showItem(sandbox, item));
  return {
    ...fields,
    items: {
      object: 'list' as const,
      data,
      has_more: false,
      total_count: data.length,
      url: `/v1/subscription_items?subscription=${stored.id}`,
    },
  };
}

export function showItem(sandbox: Sandbox, item: StoredSubscriptionItem) {
  const price = priceOf(sandbox, item);
  return { ...item, plan: planOf(price), price };
}

/** In the order they were added. */
export function itemsOf(sandbox: Sandbox, subscription: string): StoredSubscriptionItem[] {
  return sandbox.by.itemOfSubscription.all(subscription);
}

export function priceOf(sandbox: Sandbox, item: StoredSubscriptionItem): Price {
  const price = sandbox.prices.get(item.price);
  if (!price) throw new Error(`Subscription item ${item.id} has lost its price ${item.price}.`);
  return price;
}

/** All items of a subscription have the same interval. */
export function recurringOf(sandbox: Sandbox, { id }: StoredSubscription): Recurring {
  const [first] = itemsOf(sandbox, id);
  const recurring = first && priceOf(sandbox, first).recurring;
  if (!recurring) throw new Error(`Subscription ${id} has no recurring item.`);
  return recurring;
}

/** The older shape of the same price, which Stripe still shows beside it. */
function planOf(price: Price) {
  const { active, billing_scheme, created, currency, id, livemode, metadata, nickname, product, recurring } =
    price;
  return {
    ...{ id, object: 'plan' as const, active, billing_scheme, created, currency, livemode },
    ...{ metadata, nickname, product },
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    interval: recurring?.interval ?? 'month',
    interval_count: recurring?.interval_count ?? 1,
    meter: null,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}
