import Stripe from 'stripe';
import { couponOf, isSameCoupon, type Discount } from '../domain/discount.ts';
import { PermanentFailure } from '../failure.ts';
import { isMissing, translateStripeError } from './translateError.ts';

/**
 * The coupon of a discount. Its id is made of what it takes off, so that whoever comes second, after a race or a lost
 * answer, finds the first one's, and one that somebody has deleted is made again.
 */
export async function ensureCoupon(stripe: Stripe, discount: Discount, currency: string): Promise<string> {
  const wanted = couponOf(discount, currency);
  const coupon = (await found(stripe, wanted.id)) ?? (await made(stripe, wanted));
  if (!isSameCoupon(coupon, wanted))
    throw new PermanentFailure({
      code: 'coupon',
      stage: 'write-stripe',
      message: `The coupon ${wanted.id} in Stripe does not say "${wanted.name}". Delete it there (Dashboard > Product catalog > Coupons); it is made anew.`,
    });
  return coupon.id;
}

async function found(stripe: Stripe, id: string): Promise<Stripe.Coupon | null> {
  try {
    return await stripe.coupons.retrieve(id);
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

async function made(stripe: Stripe, wanted: ReturnType<typeof couponOf>): Promise<Stripe.Coupon> {
  const { id, name, percent_off: percent, amount_off: amount, currency } = wanted;
  try {
    return await stripe.coupons.create({
      id,
      name,
      duration: 'once',
      ...(percent !== null && { percent_off: percent }),
      ...(amount !== null && { amount_off: amount, currency: currency! }),
    });
  } catch (error) {
    const isThere =
      error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_already_exists';
    const other = isThere ? await found(stripe, id) : null;
    if (other) return other;
    throw translateStripeError(error, 'write-stripe');
  }
}
