import { decimal, formatMoney } from './money.ts';

/** What a person takes off a draft: a part of it, or an amount in minor units. */
export type Discount = { percent: string } | { amount: number };

/** A coupon as far as it says what it takes off. */
export interface CouponTerms {
  id: string;
  percent_off: number | null;
  amount_off: number | null;
  currency: string | null;
}

/**
 * Stripe discounts by coupons alone. Each percentage, and each amount of a currency, has one of ours, whose id says what it
 * takes off: it is made once, and used by all invoices with that discount.
 */
export function couponOf(discount: Discount, currency: string): CouponTerms & { name: string } {
  if ('percent' in discount) {
    const { percent } = discount;
    return {
      id: `invoicebridge-${percent.replace('.', '_')}-percent`,
      name: `${percent}% off`,
      percent_off: Number(percent),
      amount_off: null,
      currency: null,
    };
  }
  return {
    id: `invoicebridge-${discount.amount}-${currency}`,
    name: `${formatMoney(discount.amount, currency)} off`,
    percent_off: null,
    amount_off: discount.amount,
    currency,
  };
}

/** The discount that one of our coupons stands for; null for any other coupon, and for one that says something else than its id. */
export function discountOf(coupon: CouponTerms): Discount | null {
  const [, number = '', kind = ''] = /^invoicebridge-(\d+(?:_\d+)?)-([a-z]+)$/.exec(coupon.id) ?? [];
  if (!number) return null;
  const discount: Discount =
    kind === 'percent' ? { percent: number.replace('_', '.') } : { amount: Number(number) };
  return isSameCoupon(coupon, couponOf(discount, kind)) ? discount : null;
}

export const isSameCoupon = (left: CouponTerms, right: CouponTerms): boolean =>
  left.id === right.id &&
  left.percent_off === right.percent_off &&
  left.amount_off === right.amount_off &&
  left.currency === right.currency;

/** The org's two fields, in major units; at most one of them is filled. `problem` in words. */
export function readDiscount(
  { percent, amount }: { percent: number | null; amount: number | null },
  toMinor: (amount: number) => number,
): { discount: Discount | null } | { problem: string } {
  if (percent !== null && amount !== null)
    return { problem: 'It has a discount in percent and one as an amount. Empty one of the two.' };
  if (percent !== null)
    return percent > 0 && percent <= 100
      ? { discount: { percent: decimal(percent) } }
      : { problem: 'Its discount is not more than 0 and at most 100 percent. Correct it, or empty it.' };
  if (amount === null) return { discount: null };
  return amount > 0
    ? { discount: { amount: toMinor(amount) } }
    : { problem: 'Its discount is not more than 0. Correct it, or empty it.' };
}
