import type { Call } from '../api/call.ts';
import { changedMetadata, currency, metadata } from '../api/commonRules.ts';
import {
  StripeError,
  invalidParameter,
  missingReference,
  notExactlyOne,
  parameterMissing,
  refused,
} from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import {
  clearable,
  decimal,
  flag,
  hash,
  integer,
  list,
  oneOf,
  required,
  text,
  timestamp,
} from '../api/rules.ts';
import { newId } from '../ids.ts';
import { finalizeInvoice } from '../invoices/finalize.ts';
import { methodOnFile, noMethod } from '../invoices/pay.ts';
import { attemptCharge } from '../payments/chargeInvoice.ts';
import { namedCustomer } from '../resources/customers.ts';
import { hiddenPrice } from '../invoices/pricedItem.ts';
import { priceInterval, taxBehavior, unitAmount } from '../resources/makePrice.ts';
import { emit } from '../webhooks/events.ts';
import type { Customer, Price, StoredInvoice, StoredSubscription, StoredSubscriptionItem } from '../wire.ts';
import { intervalsAfter } from './cycle.ts';
import { showSubscription } from './subscriptionObject.ts';
import { makeSubscriptionInvoice } from './subscriptionInvoice.ts';

const recurring = hash({ interval: required(priceInterval), interval_count: integer({ min: 1 }) });

export const itemRules = {
  metadata,
  price: text(),
  price_data: hash({
    currency: required(currency),
    product: required(text()),
    recurring: required(recurring),
    tax_behavior: taxBehavior,
    unit_amount: integer({ min: 0 }),
    unit_amount_decimal: decimal(),
  }),
  quantity: integer({ min: 0 }),
};
export const unsupportedInItems = ['billing_thresholds', 'current_trial', 'discounts', 'plan', 'tax_rates'];

/** What both the creation and the update take. */
export const subscriptionRules = {
  cancel_at: clearable(timestamp),
  cancel_at_period_end: flag,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer({ min: 0 }),
  default_payment_method: text(),
  description: clearable(text({ max: 500 })),
  metadata,
  off_session: flag,
  proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
};

export const createRules = {
  ...subscriptionRules,
  currency,
  customer: required(text()),
  items: required(list(hash(itemRules, unsupportedInItems), { max: 20 })),
  payment_behavior: oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete'),
};

type CreateValues = Values<typeof createRules>;
export type ItemValues = Partial<Values<typeof itemRules>>;

/**
 * The first invoice of an automatically charged subscription is finalized and paid at once; one that is sent is a
 * draft for an hour, as later ones are.
 */
export function createSubscription(call: Call, values: CreateValues): object {
  const { sandbox } = call;
  const customer = namedCustomer(sandbox, values.customer);
  const subscription = blankSubscription(call, customer, values);
  values.items.forEach((item, index) => addItem(call, subscription, { ...item, within: `items[${index}]` }));
  sandbox.subscriptions.put(subscription);
  emit(call, 'customer.subscription.created', showSubscription(sandbox, subscription));
  const now = sandbox.clock();
  const order = { reason: 'subscription_create' as const, period: { start: now, end: now } };
  const invoice = makeSubscriptionInvoice(call, subscription, order);
  sandbox.subscriptions.put({ ...subscription, latest_invoice: invoice.id });
  if (subscription.status === 'incomplete') collectFirst(call, invoice, values.payment_behavior);
  return showSubscription(sandbox, sandbox.subscriptions.get(subscription.id)!);
}

function collectFirst(call: Call, invoice: StoredInvoice, behavior: CreateValues['payment_behavior']): void {
  const { sandbox } = call;
  const open = finalizeInvoice(call, invoice);
  // The first invoice is not tried again by itself.
  const waiting = { ...open, next_payment_attempt: null };
  sandbox.invoices.put(waiting);
  if (open.status === 'paid' || behavior === 'default_incomplete') return;
  const method = sandbox.paymentMethods.get(methodOnFile(call, open) ?? '');
  if (!method) throw noMethod();
  const declined = attemptCharge(call, waiting, { method, retryAt: null });
  if (declined && behavior === 'error_if_incomplete')
    throw new StripeError(declined.status, declined.fields, { replayable: true });
}

function blankSubscription(call: Call, customer: Customer, values: CreateValues): StoredSubscription {
  const { sandbox } = call;
  const now = sandbox.clock();
  const method = values.collection_method ?? 'charge_automatically';
  refuseDays(method, values.days_until_due);
  refuseMethod(call, values.default_payment_method);
  const [first] = values.items;
  if (!first) throw parameterMissing('items');
  return {
    id: newId('sub'),
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: now,
    billing_cycle_anchor_config: null,
    // The mode of new subscriptions since 2025-09-30.clover.
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: values.cancel_at ?? null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: method,
    created: now,
    currency: values.currency ?? currencyOf(call, first) ?? 'usd',
    customer: customer.id,
    customer_account: null,
    days_until_due: method === 'send_invoice' ? (values.days_until_due ?? null) : null,
    default_payment_method: values.default_payment_method ?? null,
    default_source: null,
    default_tax_rates: [],
    description: values.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: changedMetadata({}, values.metadata),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: method === 'send_invoice' ? 'active' : 'incomplete',
    test_clock: customer.test_clock,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: null,
    cycles: 0,
    upcoming_told: null,
  };
}

/** A new item; its period is that of the items that are there, or begins now. */
export function addItem(
  call: Call,
  subscription: StoredSubscription,
  values: ItemValues & { within?: string },
): StoredSubscriptionItem {
  const { sandbox } = call;
  const price = recurringPrice(call, subscription, values);
  const [sibling] = sandbox.by.itemOfSubscription.all(subscription.id);
  const start = sibling?.current_period_start ?? subscription.billing_cycle_anchor;
  const end = sibling?.current_period_end ?? intervalsAfter(start, price.recurring!, 1);
  const item: StoredSubscriptionItem = {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: sandbox.clock(),
    current_period_end: end,
    current_period_start: start,
    current_trial: null,
    discounts: [],
    metadata: changedMetadata({}, values.metadata),
    price: price.id,
    quantity: values.quantity ?? 1,
    subscription: subscription.id,
    tax_rates: [],
  };
  sandbox.subscriptionItems.put(item);
  return item;
}

/** The price that is named or described; all items of a subscription have one currency and one interval. */
export function recurringPrice(
  call: Call,
  subscription: StoredSubscription,
  values: ItemValues & { within?: string },
): Price {
  const { sandbox } = call;
  const param = (name: string) => (values.within ? `${values.within}[${name}]` : name);
  if ((values.price === undefined) === (values.price_data === undefined))
    throw notExactlyOne(['price', 'price_data'], param('price'));
  const price = values.price_data
    ? describedPrice(call, values.price_data, param('price_data'))
    : sandbox.prices.get(values.price ?? '');
  if (!price) throw missingReference('price', values.price ?? '', param('price'));
  if (!price.recurring)
    throw refused(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param: param('price') },
    );
  if (price.currency !== subscription.currency)
    throw invalidParameter('All prices on a subscription must have the same currency.', param('price'));
  const [sibling] = sandbox.by.itemOfSubscription.all(subscription.id);
  const other = sibling && sandbox.prices.get(sibling.price)?.recurring;
  const { interval, interval_count: count } = price.recurring;
  if (other && (other.interval !== interval || other.interval_count !== count))
    throw invalidParameter(
      'Currency and interval fields must match across all items of a subscription.',
      param('price'),
    );
  return price;
}

function describedPrice(call: Call, data: NonNullable<ItemValues['price_data']>, param: string): Price {
  const { sandbox } = call;
  if (!sandbox.products.get(data.product))
    throw missingReference('product', data.product, `${param}[product]`);
  const unit = unitAmount(data, `${param}[unit_amount]`);
  const { currency: money, product, recurring: interval } = data;
  return hiddenPrice(sandbox, { product, currency: money, unit, recurring: interval });
}

function currencyOf({ sandbox }: Call, { price, price_data: data }: ItemValues): string | undefined {
  return data?.currency ?? sandbox.prices.get(price ?? '')?.currency;
}

export function refuseDays(method: string, days: number | undefined | null): void {
  if (method === 'send_invoice' && typeof days !== 'number')
    throw invalidParameter(
      "If collection_method is 'send_invoice', you must specify 'days_until_due'.",
      'days_until_due',
    );
  if (method !== 'send_invoice' && typeof days === 'number')
    throw invalidParameter(
      "You can only specify 'days_until_due' if collection_method is 'send_invoice'.",
      'days_until_due',
    );
}

export function refuseMethod({ sandbox }: Call, id: string | undefined): void {
  if (id !== undefined && !sandbox.paymentMethods.get(id))
    throw missingReference('PaymentMethod', id, 'default_payment_method');
}
