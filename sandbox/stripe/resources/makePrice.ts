import { changedMetadata, currency, metadata } from '../api/commonRules.ts';
import type { MetadataChange } from '../api/commonRules.ts';
import { exclusiveParameters, parameterMissing } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { decimal, hash, integer, oneOf, required } from '../api/rules.ts';
import { newId } from '../ids.ts';
import { wholeOrNull } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Price } from '../wire.ts';

export const priceInterval = oneOf('day', 'month', 'week', 'year');
export const taxBehavior = oneOf('exclusive', 'inclusive', 'unspecified');

/** What says how much it is: of a price by itself, and of the first price of a new product. */
export const priceRules = {
  currency: required(currency),
  metadata,
  recurring: hash({ interval: required(priceInterval), interval_count: integer({ min: 1 }) }, [
    'meter',
    'trial_period_days',
    'usage_type',
  ]),
  tax_behavior: taxBehavior,
  unit_amount: integer({ min: 0 }),
  unit_amount_decimal: decimal(),
};

type PriceFields = Partial<Values<typeof priceRules>> & {
  product: string;
  currency: string;
  unit: string;
  active?: boolean | undefined;
  lookup_key?: string | null | undefined;
  metadata?: MetadataChange | undefined;
  nickname?: string | null | undefined;
};

/** Exactly one of unit_amount and unit_amount_decimal; `name` is what is missing when neither is there. */
export function unitAmount(
  values: { unit_amount?: number | undefined; unit_amount_decimal?: string | undefined },
  name: string,
): string {
  const { unit_amount: whole, unit_amount_decimal: exact } = values;
  if (whole !== undefined && exact !== undefined)
    throw exclusiveParameters(['unit_amount', 'unit_amount_decimal'], name);
  if (exact !== undefined) return exact;
  if (whole === undefined) throw parameterMissing(name);
  return String(whole);
}

/** Also for the prices that Stripe makes behind an amount (`active: false`) or an inline price. */
export function makePrice(sandbox: Sandbox, values: PriceFields): Price {
  const { recurring } = values;
  const price: Price = {
    id: newId('price'),
    object: 'price',
    active: values.active ?? true,
    billing_scheme: 'per_unit',
    created: sandbox.clock(),
    currency: values.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: values.lookup_key ?? null,
    metadata: changedMetadata({}, values.metadata),
    nickname: values.nickname ?? null,
    product: values.product,
    recurring: recurring
      ? {
          interval: recurring.interval,
          interval_count: recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: values.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount: wholeOrNull(values.unit),
    unit_amount_decimal: values.unit,
  };
  sandbox.prices.put(price);
  return price;
}
