import type { Call } from '../api/call.ts';
import { changedMetadata, currency, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import {
  exclusiveParameters,
  missingReference,
  parameterMissing,
  refused,
  resourceMissing,
} from '../api/errors.ts';
import { given } from '../api/given.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, list, oneOf, required, text } from '../api/rules.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { Price } from '../wire.ts';
import { makePrice, priceInterval, priceRules, taxBehavior, unitAmount } from './makePrice.ts';
import { createProduct } from './products.ts';

const createParameters = {
  active: flag,
  billing_scheme: oneOf('per_unit'),
  ...priceRules,
  lookup_key: clearable(text({ max: 200 })),
  nickname: clearable(text()),
  product: text(),
  product_data: hash(
    {
      active: flag,
      id: text(),
      metadata,
      name: required(text()),
      statement_descriptor: text({ max: 22 }),
      unit_label: text({ max: 12 }),
    },
    ['tax_code', 'tax_details'],
  ),
  transfer_lookup_key: flag,
};
const updateParameters = {
  active: flag,
  lookup_key: clearable(text({ max: 200 })),
  metadata,
  nickname: clearable(text()),
  tax_behavior: taxBehavior,
  transfer_lookup_key: flag,
};
const unsupported = ['currency_options', 'custom_unit_amount', 'tiers', 'tiers_mode', 'transform_quantity'];

export const priceRoutes = [
  route('POST', '/v1/prices', { parameters: createParameters, unsupported, run: createPrice }),
  route('GET', '/v1/prices/:price', { parameters: {}, run: (call) => found(call) }),
  route('POST', '/v1/prices/:price', {
    parameters: updateParameters,
    unsupported: ['currency_options'],
    run: updatePrice,
  }),
  route('GET', '/v1/prices', {
    parameters: {
      ...pageRules,
      active: flag,
      created: timeRange,
      currency,
      lookup_keys: list(text(), { max: 10 }),
      product: text(),
      recurring: hash({ interval: priceInterval }, ['meter', 'usage_type']),
      type: oneOf('one_time', 'recurring'),
    },
    run({ sandbox }, values) {
      const { product } = values;
      const all = product === undefined ? sandbox.prices.values() : sandbox.by.priceOfProduct.all(product);
      const wanted = newestFirst(all).filter(
        (one) =>
          inRange(one.created, values.created) &&
          !sandbox.inline.get(one.id) &&
          // Without a filter Stripe lists active prices only.
          one.active === (values.active ?? true) &&
          (values.currency ?? one.currency) === one.currency &&
          (values.type ?? one.type) === one.type &&
          (values.recurring?.interval ?? one.recurring?.interval) === one.recurring?.interval &&
          (!values.lookup_keys || values.lookup_keys.includes(one.lookup_key ?? '')),
      );
      return page(wanted, values, { url: '/v1/prices', kind: 'price', show: (one) => one });
    },
  }),
];

function createPrice(call: Call, values: Values<typeof createParameters>): object {
  const { sandbox } = call;
  if (values.product !== undefined && values.product_data)
    throw exclusiveParameters(['product', 'product_data'], 'product');
  if (values.product === undefined && !values.product_data) throw parameterMissing('product');
  const unit = unitAmount(values, 'unit_amount');
  const product = values.product_data
    ? createProduct(sandbox, values.product_data)
    : sandbox.products.get(values.product ?? '');
  if (!product) throw missingReference('product', values.product ?? '', 'product');
  if (values.product_data) emit(call, 'product.created', product);
  takeLookupKey(call, values);
  const price = makePrice(sandbox, { ...values, product: product.id, unit });
  emit(call, 'price.created', price);
  return price;
}

function updatePrice(call: Call, values: Values<typeof updateParameters>): object {
  const before = found(call);
  refuseChange(call, before, values);
  takeLookupKey(call, values, before.id);
  const { transfer_lookup_key: _transfer, ...plain } = values;
  const after: Price = {
    ...before,
    ...given(plain),
    metadata: changedMetadata(before.metadata, values.metadata),
  };
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  call.sandbox.prices.put(after);
  emitChange(call, 'price.updated', { before: before, after: after });
  return after;
}

/** Amount and currency are no parameters at all: a changed price is another price, and this one is archived. */
function refuseChange(
  { sandbox }: Call,
  price: Price,
  { active, tax_behavior: behavior }: Values<typeof updateParameters>,
): void {
  if (active === false && sandbox.products.get(price.product)?.default_price === price.id)
    throw refused('This price cannot be archived because it is the default price of its product.');
  const { tax_behavior: current } = price;
  if (behavior !== undefined && current !== 'unspecified' && behavior !== current)
    throw refused('The `tax_behavior` of a price cannot be changed once it is set.', {
      param: 'tax_behavior',
    });
}

/** A lookup key names one active price; with transfer_lookup_key it moves over. */
function takeLookupKey(
  call: Call,
  values: { lookup_key?: string | null | undefined; transfer_lookup_key?: boolean | undefined },
  self?: string,
): void {
  const { lookup_key: key, transfer_lookup_key: transfer } = values;
  if (!key) return;
  const holder = [...call.sandbox.prices.values()].find((one) => one.lookup_key === key && one.id !== self);
  if (!holder) return;
  if (!transfer)
    throw refused(
      `A price (${holder.id}) already uses that lookup key. To transfer the lookup key, set transfer_lookup_key to true.`,
    );
  const after = { ...holder, lookup_key: null };
  call.sandbox.prices.put(after);
  emitChange(call, 'price.updated', { before: holder, after: after });
}

function found(call: Call): Price {
  const id = call.path['price'] ?? '';
  const price = call.sandbox.prices.get(id);
  if (!price) throw resourceMissing('price', id, 'price');
  return price;
}
