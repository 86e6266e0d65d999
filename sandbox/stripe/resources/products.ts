import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { changedMetadata, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { missingReference, refused, resourceMissing } from '../api/errors.ts';
import { given } from '../api/given.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, list, oneOf, required, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import { makePrice, priceRules, unitAmount } from './makePrice.ts';

const common = {
  active: flag,
  description: clearable(text({ max: 40_000 })),
  images: clearable(list(text(), { max: 8 })),
  marketing_features: clearable(list(hash({ name: required(text({ max: 80 })) }), { max: 15 })),
  metadata,
  shippable: flag,
  statement_descriptor: clearable(text({ max: 22 })),
  unit_label: clearable(text({ max: 12 })),
  url: clearable(text()),
};
const createParameters = {
  ...common,
  id: text(),
  name: required(text({ max: 5000 })),
  type: oneOf('good', 'service'),
};
const defaultPrice = hash(priceRules, ['currency_options', 'custom_unit_amount']);
const updateParameters = { ...common, default_price: clearable(text()), name: text({ max: 5000 }) };
const unsupported = ['package_dimensions', 'tax_code', 'tax_details'];

export const productRoutes = [
  route('POST', '/v1/products', {
    parameters: { ...createParameters, default_price_data: defaultPrice },
    unsupported,
    run(call, { default_price_data: price, ...values }) {
      const product = createProduct(call.sandbox, values);
      if (price) return withDefaultPrice(call, product, price);
      emit(call, 'product.created', product);
      return product;
    },
  }),
  route('GET', '/v1/products/:product', { parameters: {}, run: (call) => found(call) }),
  route('POST', '/v1/products/:product', { parameters: updateParameters, unsupported, run: updateProduct }),
  route('DELETE', '/v1/products/:product', { parameters: {}, run: deleteProduct }),
  route('GET', '/v1/products', {
    parameters: {
      ...pageRules,
      active: flag,
      created: timeRange,
      ids: list(text()),
      shippable: flag,
      type: oneOf('good', 'service'),
      url: text(),
    },
    run({ sandbox }, values) {
      const wanted = newestFirst(sandbox.products.values()).filter(
        (one) =>
          inRange(one.created, values.created) &&
          !sandbox.inline.get(one.id) &&
          (values.active ?? one.active) === one.active &&
          (values.shippable ?? one.shippable) === one.shippable &&
          (values.type ?? one.type) === one.type &&
          (values.url ?? one.url) === one.url &&
          (values.ids?.includes(one.id) ?? true),
      );
      return page(wanted, values, { url: '/v1/products', kind: 'product', show: (one) => one });
    },
  }),
];

/** Also for products that Stripe makes by itself behind an amount or an inline price. */
export function createProduct(
  sandbox: Sandbox,
  values: Partial<Values<typeof createParameters>> & { name: string },
): Stripe.Product {
  const now = sandbox.clock();
  if (values.id !== undefined && sandbox.products.get(values.id))
    throw refused('Product already exists.', { code: 'resource_already_exists', param: 'id' });
  const product: Stripe.Product = {
    id: values.id ?? newId('prod'),
    object: 'product',
    active: values.active ?? true,
    created: now,
    default_price: null,
    description: values.description ?? null,
    images: values.images ?? [],
    livemode: false,
    marketing_features: values.marketing_features ?? [],
    metadata: changedMetadata({}, values.metadata),
    name: values.name,
    package_dimensions: null,
    shippable: values.shippable ?? null,
    statement_descriptor: values.statement_descriptor ?? null,
    tax_code: null,
    tax_details: null,
    type: values.type ?? 'service',
    unit_label: values.unit_label ?? null,
    updated: now,
    url: values.url ?? null,
  };
  sandbox.products.put(product);
  return product;
}

/** A product that is made together with its first price. */
function withDefaultPrice(
  call: Call,
  product: Stripe.Product,
  values: Values<{ price: typeof defaultPrice }>['price'] & object,
): Stripe.Product {
  const unit = unitAmount(values, 'default_price_data[unit_amount]');
  const price = makePrice(call.sandbox, { ...values, product: product.id, unit });
  const after = { ...product, default_price: price.id };
  call.sandbox.products.put(after);
  emit(call, 'product.created', after);
  emit(call, 'price.created', price);
  return after;
}

function updateProduct(call: Call, values: Values<typeof updateParameters>): object {
  const { sandbox } = call;
  const before = found(call);
  const { default_price } = values;
  if (default_price && sandbox.prices.get(default_price)?.product !== before.id)
    throw missingReference('price', default_price, 'default_price');
  const after: Stripe.Product = {
    ...before,
    ...given(values),
    images: values.images === null ? [] : (values.images ?? before.images),
    marketing_features:
      values.marketing_features === null ? [] : (values.marketing_features ?? before.marketing_features),
    metadata: changedMetadata(before.metadata, values.metadata),
  };
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  const saved = { ...after, updated: sandbox.clock() };
  sandbox.products.put(saved);
  emitChange(call, 'product.updated', { before: before, after: saved });
  return saved;
}

function deleteProduct(call: Call): object {
  const { sandbox } = call;
  const product = found(call);
  if (sandbox.by.priceOfProduct.first(product.id))
    throw refused(
      'This product cannot be deleted because it has one or more user-created prices. You can archive it by setting active to false.',
    );
  sandbox.products.delete(product.id);
  sandbox.deletedIds.put({ id: product.id });
  emit(call, 'product.deleted', product);
  return { id: product.id, object: 'product', deleted: true };
}

export function showProduct(sandbox: Sandbox, id: string): object | undefined {
  return sandbox.products.get(id) ?? (sandbox.deletedIds.get(id) && { id, object: 'product', deleted: true });
}

function found(call: Call): Stripe.Product {
  const id = call.path['product'] ?? '';
  const product = call.sandbox.products.get(id);
  if (!product) throw resourceMissing('product', id, 'id');
  return product;
}
