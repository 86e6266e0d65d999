import type { Call } from '../api/call.ts';
import { invalidParameter, missingReference, notExactlyOne, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { clearable, hash, list, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { StoredCoupon, StoredDiscount } from '../wire.ts';
import { isValid } from './coupons.ts';

/** "You can set up to 20 entries in the discounts parameter": docs.stripe.com/billing/subscriptions/coupons. */
export const discountRules = clearable(
  list(hash({ coupon: text(), discount: text() }, ['promotion_code']), { max: 20 }),
);

type DiscountValues = Values<{ discounts: typeof discountRules }>['discounts'];

export interface Discounted {
  customer: string;
  currency: string;
  invoice: string | null;
  invoice_item: string | null;
  /** The discounts that are there already. */
  current: string[];
  /** The name of the parameter, such as `lines[0][discounts]`. */
  param: string;
}

/** Coupons become discounts of the invoice or item, in their order. What is not named any more is dropped. */
export function redeemed(call: Call, values: DiscountValues, target: Discounted): string[] {
  const { sandbox } = call;
  if (values === undefined) return target.current;
  const discounts = (values ?? []).map((entry, index) => {
    const param = `${target.param}[${index}]`;
    const { coupon, discount } = entry;
    if ((coupon === undefined) === (discount === undefined))
      throw notExactlyOne(['coupon', 'discount', 'promotion_code'], param);
    if (coupon !== undefined) return redeem(call, coupon, { ...target, param: `${param}[coupon]` });
    const known = target.current.includes(discount!) ? sandbox.discounts.get(discount!) : undefined;
    if (!known) throw missingReference('discount', discount!, `${param}[discount]`);
    return known;
  });
  if (new Set(discounts.map(({ source }) => source.coupon)).size < discounts.length)
    throw invalidParameter('The same coupon cannot be applied twice.', target.param);
  return discounts.map(({ id }) => id);
}

function redeem(call: Call, id: string, target: Discounted): StoredDiscount {
  const { sandbox } = call;
  const coupon = sandbox.coupons.get(id);
  const { param } = target;
  if (!coupon) throw missingReference('coupon', id, param);
  if (!isValid(sandbox, coupon)) throw refused(`Coupon expired: ${id}`, { code: 'coupon_expired', param });
  if (coupon.currency !== null && coupon.currency !== target.currency)
    throw refused(
      `The coupon ${id} takes off an amount in ${coupon.currency} and cannot be applied to what is billed in ${target.currency}.`,
      { param },
    );
  sandbox.coupons.put({ ...coupon, times_redeemed: coupon.times_redeemed + 1 });
  return makeDiscount(sandbox, coupon, target);
}

function makeDiscount(
  sandbox: Sandbox,
  terms: StoredDiscount['terms'] & Partial<StoredCoupon>,
  { customer, invoice, invoice_item }: Pick<Discounted, 'customer' | 'invoice' | 'invoice_item'>,
): StoredDiscount {
  const { amount_off, id, name, percent_off, products } = terms;
  const discount: StoredDiscount = {
    id: newId('di'),
    object: 'discount',
    checkout_session: null,
    customer,
    customer_account: null,
    end: null,
    invoice,
    invoice_item,
    promotion_code: null,
    source: { coupon: id, type: 'coupon' },
    start: sandbox.clock(),
    subscription: null,
    subscription_item: null,
    terms: { amount_off, id, name, percent_off, products },
  };
  sandbox.discounts.put(discount);
  return discount;
}

/** The same discounts for a copy: the coupon is not redeemed again, and may be gone since. */
export function copiedDiscounts(
  sandbox: Sandbox,
  ids: readonly string[],
  target: Pick<Discounted, 'customer' | 'invoice' | 'invoice_item'>,
): string[] {
  return ids.map((id) => makeDiscount(sandbox, sandbox.discounts.get(id)!.terms, target).id);
}

export function showDiscount({ terms: _terms, ...discount }: StoredDiscount): object {
  return discount;
}
