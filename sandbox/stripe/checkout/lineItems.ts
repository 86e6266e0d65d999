import type { Call } from '../api/call.ts';
import { currency as currencyRule } from '../api/commonRules.ts';
import { invalidParameter, missingReference, notExactlyOne, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { decimal, hash, integer, list, required, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import { hiddenPrice } from '../invoices/pricedItem.ts';
import { lineAmount, sum } from '../money.ts';
import { taxBehavior, unitAmount } from '../resources/makePrice.ts';
import { createProduct } from '../resources/products.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CheckoutItem, List, Price } from '../wire.ts';

const itemShape = {
  price: text(),
  price_data: hash(
    {
      currency: required(currencyRule),
      product: text(),
      product_data: hash({ name: required(text()), description: text() }, ['images', 'metadata', 'tax_code']),
      tax_behavior: taxBehavior,
      unit_amount: integer({ min: 0 }),
      unit_amount_decimal: decimal(),
    },
    ['recurring'],
  ),
  quantity: required(integer({ min: 1 })),
};

/** "Payment links can contain up to 20 line items"; a session in payment mode 100. */
export const itemRules = (max: number) =>
  required(
    list(hash(itemShape, ['adjustable_quantity', 'dynamic_tax_rates', 'metadata', 'tax_rates']), { max }),
  );

export interface Bought {
  items: CheckoutItem[];
  currency: string;
  recurring: boolean;
}

/** What is bought: one currency, and either all once or all again and again. */
export function boughtItems(call: Call, values: Values<typeof itemShape>[]): Bought {
  const { sandbox } = call;
  const prices = values.map((value, index) => priceOf(call, value, `line_items[${index}]`));
  const [first] = prices;
  if (!first) throw invalidParameter('The `line_items` must have at least one item.', 'line_items');
  const other = prices.find(({ currency }) => currency !== first.currency);
  if (other)
    throw refused(
      `The price \`${other.id}\` has the currency \`${other.currency}\`, and other line items have \`${first.currency}\`: all must have the same.`,
      { param: 'line_items' },
    );
  const items = prices.map((price, index): CheckoutItem => {
    const { quantity } = values[index]!;
    return {
      id: newId('li'),
      price: price.id,
      description: sandbox.products.get(price.product)?.name ?? '',
      quantity,
      amount: lineAmount(String(quantity), price.unit_amount_decimal ?? '0'),
      currency: price.currency,
    };
  });
  return { items, currency: first.currency, recurring: prices.some(({ type }) => type === 'recurring') };
}

export function totalOf(items: readonly CheckoutItem[]): number {
  return sum(items.map(({ amount }) => amount));
}

export function showItem(sandbox: Sandbox, item: CheckoutItem): object {
  const { id, amount, currency, description, price, quantity } = item;
  return {
    id,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description,
    metadata: {},
    price: sandbox.prices.get(price) ?? null,
    quantity,
  };
}

/** The first ten, as in every list inside an object. */
export function listOfItems(sandbox: Sandbox, items: readonly CheckoutItem[], url: string): List<object> {
  const data = items.slice(0, 10).map((item) => showItem(sandbox, item));
  return { object: 'list', data, has_more: items.length > data.length, url };
}

function priceOf({ sandbox }: Call, values: Values<typeof itemShape>, within: string): Price {
  const { price: id, price_data: data } = values;
  if ((id === undefined) === (data === undefined))
    throw notExactlyOne(['price', 'price_data'], `${within}[price]`);
  if (!data) return namedPrice(sandbox, id!, within);
  if ((data.product === undefined) === (data.product_data === undefined))
    throw notExactlyOne(['product', 'product_data'], `${within}[price_data][product]`);
  const unit = unitAmount(data, `${within}[price_data][unit_amount]`);
  const product = data.product_data
    ? createProduct(sandbox, { ...data.product_data, active: false })
    : sandbox.products.get(data.product!);
  if (!product) throw missingReference('product', data.product!, `${within}[price_data][product]`);
  if (data.product_data) sandbox.inline.put({ id: product.id, key: null });
  return hiddenPrice(sandbox, { product: product.id, currency: data.currency, unit });
}

function namedPrice(sandbox: Sandbox, id: string, within: string): Price {
  const price = sandbox.prices.get(id);
  if (!price) throw missingReference('price', id, `${within}[price]`);
  if (!price.active)
    throw refused(`The price specified is inactive. This field only accepts active prices.`, {
      param: `${within}[price]`,
    });
  return price;
}
