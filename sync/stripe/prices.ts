import Stripe from 'stripe';
import type { StripePrice } from '../domain/price.ts';
import { idOf } from './readInvoice.ts';
import { isMissing, translateStripeError } from './translateError.ts';

/** What a new price is made of. The entry that asks for it, and the price it takes the place of, are noted with it. */
export interface NewPrice {
  productId: string;
  currency: string;
  unitAmount: string;
  crmId: string;
  orgId: string;
  replaces: string | null;
}

// Whether it is the product's default price is said by the product.
const EXPAND = ['product'];

/** The price as it is now; null when it is not there. */
export async function readStripePrice(stripe: Stripe, id: string): Promise<StripePrice | null> {
  try {
    return priceSnapshot(await stripe.prices.retrieve(id, { expand: EXPAND }));
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

/** A page of all active prices, in Stripe's order. */
export async function listedActivePrices(
  stripe: Stripe,
  params: Pick<Stripe.PriceListParams, 'limit' | 'starting_after' | 'created'>,
): Promise<Pick<Stripe.ApiList<StripePrice>, 'data' | 'has_more'>> {
  const page = await stripe.prices.list({
    ...params,
    active: true,
    expand: EXPAND.map((path) => `data.${path}`),
  });
  return { data: page.data.map(priceSnapshot), has_more: page.has_more };
}

/** The active prices of a product. */
export async function readActivePrices(stripe: Stripe, productId: string): Promise<StripePrice[]> {
  try {
    const prices: StripePrice[] = [];
    const pages = stripe.prices.list({
      product: productId,
      active: true,
      limit: 100,
      expand: EXPAND.map((path) => `data.${path}`),
    });
    for await (const price of pages) prices.push(priceSnapshot(price));
    return prices;
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}

export function createPrice(stripe: Stripe, price: NewPrice, idempotencyKey: string): Promise<StripePrice> {
  const { productId, currency, unitAmount, crmId, orgId } = price;
  return written(() =>
    stripe.prices.create(
      {
        product: productId,
        currency,
        ...(unitAmount.includes('.')
          ? { unit_amount_decimal: Stripe.Decimal.from(unitAmount) }
          : { unit_amount: Number(unitAmount) }),
        metadata: { salesforce_id: crmId, salesforce_org_id: orgId },
        expand: EXPAND,
      },
      { idempotencyKey },
    ),
  );
}

/**
 * Archives a price or brings it back; its amount can never be changed. It may be said as often as one likes, so it needs
 * no key of its own: under one, saying it again after somebody else has changed it would change nothing.
 */
export function setPriceActive(
  stripe: Stripe,
  { id, active }: { id: string; active: boolean },
): Promise<StripePrice> {
  return written(() => stripe.prices.update(id, { active, expand: EXPAND }));
}

/** Makes a price the default of its product, or takes the default away: Stripe archives no default price. */
export async function setDefaultPrice(
  stripe: Stripe,
  { productId, priceId }: { productId: string; priceId: string | null },
): Promise<void> {
  try {
    await stripe.products.update(productId, { default_price: priceId ?? '' });
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}

async function written(request: () => Promise<Stripe.Price>): Promise<StripePrice> {
  try {
    return priceSnapshot(await request());
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}

function priceSnapshot(price: Stripe.Price): StripePrice {
  const { product } = price;
  const defaultPrice = typeof product === 'object' && !product.deleted ? product.default_price : null;
  return {
    id: price.id,
    productId: typeof product === 'string' ? product : product.id,
    crmId: price.metadata.salesforce_id ?? null,
    currency: price.currency,
    terms: { unitAmount: price.unit_amount_decimal?.toString() ?? '0', active: price.active },
    unlike: unlikeAnEntry(price),
    isDefault: idOf(defaultPrice ?? null) === price.id,
    created: price.created,
  };
}

/** A price book entry is one fixed amount for one piece, paid once. */
function unlikeAnEntry(price: Stripe.Price): string | null {
  if (price.type === 'recurring') return 'is recurring';
  if (price.billing_scheme === 'tiered') return 'has tiers';
  if (price.custom_unit_amount) return 'lets the customer choose the amount';
  if (price.transform_quantity) return 'is for a package of several pieces';
  return price.unit_amount_decimal === null ? 'has no fixed amount' : null;
}
