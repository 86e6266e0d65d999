import type Stripe from 'stripe';
import { discountOf } from '../domain/discount.ts';
import { translateStripeError } from './translateError.ts';

/** Coupons that were given to an invoice in Stripe, beside the discount that the org knows, as a copy is to have them. */
export interface CopiedCoupons {
  ofInvoice: string[];
  /** By Stripe's id of the line. */
  ofLines: Record<string, string[]>;
  /** Names of those that nobody can be given any more: deleted, over, or given as often as they may be. */
  left: string[];
}

/** Asks Stripe for the coupons of an invoice and of its lines. */
export async function couponsToCopy(stripe: Stripe, invoice: string): Promise<CopiedCoupons> {
  try {
    const { discounts } = await stripe.invoices.retrieve(invoice, { expand: ['discounts.source.coupon'] });
    const others = withoutOurs(discounts);
    const copied: CopiedCoupons = { ofInvoice: usable(others), ofLines: {}, left: unusable(others) };
    const expand = ['data.discounts.source.coupon'];
    for await (const line of stripe.invoices.listLineItems(invoice, { limit: 100, expand })) {
      if (line.discounts.length === 0) continue;
      copied.ofLines[line.id] = usable(line.discounts);
      copied.left.push(...unusable(line.discounts));
    }
    return { ...copied, left: [...new Set(copied.left)] };
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}

type Given = string | Stripe.Discount | Stripe.DeletedDiscount;

const couponIn = (one: Given): Stripe.Coupon | string | null =>
  typeof one === 'string' ? null : one.source.coupon;

/** The first one that the engine has made stands for the discount that the org knows, and is copied with it. */
function withoutOurs(discounts: Given[]): Given[] {
  const ours = discounts.findIndex((one) => {
    const coupon = couponIn(one);
    return coupon !== null && typeof coupon === 'object' && discountOf(coupon) !== null;
  });
  return discounts.filter((_, index) => index !== ours);
}

const usable = (discounts: Given[]): string[] =>
  discounts.flatMap((one) => {
    const coupon = couponIn(one);
    return coupon !== null && typeof coupon === 'object' && coupon.valid ? [coupon.id] : [];
  });

const unusable = (discounts: Given[]): string[] =>
  discounts.flatMap((one) => {
    const coupon = couponIn(one);
    if (coupon === null) return [typeof one === 'string' ? one : one.id];
    if (typeof coupon === 'string') return [coupon];
    return coupon.valid ? [] : [coupon.name ?? coupon.id];
  });
