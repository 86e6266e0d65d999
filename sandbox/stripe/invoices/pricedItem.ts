import { currency as currencyRule } from '../api/commonRules.ts';
import {
  exclusiveParameters,
  invalidParameter,
  missingReference,
  notExactlyOne,
  refused,
} from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { decimal, hash, integer, oneOf, required, text } from '../api/rules.ts';
import { canonicalDecimal, lineAmount, nearestWhole } from '../money.ts';
import { makePrice, unitAmount } from '../resources/makePrice.ts';
import { createProduct } from '../resources/products.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Price, Pricing } from '../wire.ts';

/** The ways to say what an item costs. */
export const priceRules = {
  amount: integer(),
  price_data: hash(
    {
      currency: required(currencyRule),
      product: text(),
      product_data: hash({ name: required(text()), description: text(), unit_label: text({ max: 12 }) }, [
        'images',
        'metadata',
        'tax_code',
        'tax_details',
      ]),
      tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
      unit_amount: integer(),
      unit_amount_decimal: decimal({ negative: true }),
    },
    [],
  ),
  pricing: hash({ price: text() }),
  quantity: integer({ min: 0 }),
  quantity_decimal: decimal(),
  unit_amount_decimal: decimal({ negative: true }),
};

export type PriceValues = Partial<Values<typeof priceRules>>;

export interface Priced {
  amount: number;
  quantity: number;
  quantity_decimal: string;
  pricing: Pricing;
}

export interface PriceContext {
  currency: string;
  description: string | null;
  /** Before the parameter's name in errors: `lines[0]`, or empty. */
  within?: string;
  /** What an item that is being changed cost until now. */
  current?: Priced;
}

/** Undefined when nothing about the price was said. */
export function priced(sandbox: Sandbox, values: PriceValues, context: PriceContext): Priced | undefined {
  refuseContradictions(values, context);
  const { amount } = values;
  if (amount !== undefined) return pricedAt(adHocPrice(sandbox, String(amount), context), '1');
  const quantity = quantityOf(values);
  const price = namedPrice(sandbox, values, context);
  if (!price && quantity === undefined) return undefined;
  const current = context.current;
  const kept = current && { pricing: current.pricing };
  if (!price && !kept) return undefined;
  return pricedAt(price ?? kept!, quantity ?? current?.quantity_decimal ?? '1');
}

/** So much of a price. */
export function pricedAt(price: Price | { pricing: Pricing }, quantity: string): Priced {
  const pricing: Pricing =
    'pricing' in price
      ? price.pricing
      : {
          type: 'price_details',
          price_details: { price: price.id, product: price.product },
          unit_amount_decimal: price.unit_amount_decimal,
        };
  return {
    amount: lineAmount(quantity, pricing.unit_amount_decimal ?? '0'),
    quantity: nearestWhole(quantity),
    quantity_decimal: quantity,
    pricing,
  };
}

function quantityOf({ quantity, quantity_decimal }: PriceValues): string | undefined {
  return quantity_decimal ?? (quantity === undefined ? undefined : canonicalDecimal(String(quantity)));
}

function namedPrice(sandbox: Sandbox, values: PriceValues, context: PriceContext): Price | undefined {
  const { price_data: data, pricing, unit_amount_decimal: unit } = values;
  if (unit !== undefined) return adHocPrice(sandbox, unit, context);
  if (pricing?.price !== undefined) return storedPrice(sandbox, pricing.price, context);
  if (!data) return undefined;
  refuseOtherCurrency(data.currency, context);
  const amount = unitAmount(data, nameOf(context, 'price_data', 'unit_amount'));
  if ((data.product === undefined) === (data.product_data === undefined))
    throw notExactlyOne(['product', 'product_data'], nameOf(context, 'price_data', 'product'));
  const product = data.product_data
    ? hiddenProduct(sandbox, data.product_data.name)
    : sandbox.products.get(data.product ?? '')?.id;
  if (product === undefined)
    throw missingReference('product', data.product ?? '', nameOf(context, 'price_data', 'product'));
  return hiddenPrice(sandbox, { product, currency: data.currency, unit: amount });
}

function storedPrice(sandbox: Sandbox, id: string, context: PriceContext): Price {
  const param = nameOf(context, 'pricing', 'price');
  const price = sandbox.prices.get(id);
  if (!price) throw missingReference('price', id, param);
  if (!price.active && id !== context.current?.pricing.price_details.price)
    throw refused('The price specified is inactive. This field only accepts active prices.', { param });
  if (price.type === 'recurring')
    throw refused(
      'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
      { param },
    );
  refuseOtherCurrency(price.currency, context);
  return price;
}

/** Recorded: behind a bare amount stands a price of a product, made for it and used again for the same amount. */
function adHocPrice(sandbox: Sandbox, unit: string, { currency, description }: PriceContext): Price {
  const product = hiddenProduct(sandbox, description ?? 'Invoice item');
  const key = `price ${product} ${currency} ${unit}`;
  const known = sandbox.by.inlineOfKey.first(key);
  return (known && sandbox.prices.get(known.id)) ?? hiddenPrice(sandbox, { product, currency, unit }, key);
}

function hiddenProduct(sandbox: Sandbox, name: string): string {
  const key = `product ${name}`;
  const known = sandbox.by.inlineOfKey.first(key);
  if (known) return known.id;
  const { id } = createProduct(sandbox, { name, active: false });
  sandbox.inline.put({ id, key });
  return id;
}

/** With a key it is used again; inline prices have none. */
export function hiddenPrice(
  sandbox: Sandbox,
  values: {
    product: string;
    currency: string;
    unit: string;
    recurring?: Parameters<typeof makePrice>[1]['recurring'];
  },
  key: string | null = null,
): Price {
  const price = makePrice(sandbox, { ...values, active: false });
  sandbox.inline.put({ id: price.id, key });
  return price;
}

function refuseContradictions(values: PriceValues, context: PriceContext): void {
  const given = (names: (keyof PriceValues)[]) => names.filter((name) => values[name] !== undefined);
  const ways = given(['amount', 'price_data', 'pricing', 'unit_amount_decimal']);
  if (ways.length > 1) throw exclusiveParameters(ways, nameOf(context, ways[0]!));
  const counts = given(['amount', 'quantity', 'quantity_decimal']);
  if (counts.length > 1) throw exclusiveParameters(counts, nameOf(context, counts[0]!));
}

function refuseOtherCurrency(currency: string, context: PriceContext): void {
  if (currency !== context.currency)
    throw invalidParameter(
      `You cannot combine currencies on a single invoice: the invoice uses ${context.currency}, and the item is in ${currency}.`,
      nameOf(context, 'currency'),
    );
}

function nameOf({ within }: PriceContext, ...parts: string[]): string {
  const [first = '', ...rest] = within ? [within, ...parts] : parts;
  return first + rest.map((part) => `[${part}]`).join('');
}
