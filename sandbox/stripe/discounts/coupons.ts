import type { Call } from '../api/call.ts';
import { changedMetadata, currency, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import {
  invalidParameter,
  missingReference,
  notExactlyOne,
  parameterMissing,
  refused,
  resourceMissing,
} from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { fraction, hash, integer, list, oneOf, text, timestamp } from '../api/rules.ts';
import { newCouponId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import { emit, emitChange } from '../webhooks/events.ts';
import type { StoredCoupon } from '../wire.ts';

const createRules = {
  amount_off: integer({ min: 1 }),
  applies_to: hash({ products: list(text()) }),
  currency,
  duration: oneOf('forever', 'once', 'repeating'),
  duration_in_months: integer({ min: 1 }),
  id: text(),
  max_redemptions: integer({ min: 1 }),
  metadata,
  name: text({ max: 40 }),
  percent_off: fraction({ max: 100, places: 4, above: 0 }),
  redeem_by: timestamp,
};
const updateRules = { metadata, name: text({ max: 40 }) };
/** An amount for each of several currencies. */
const unsupported = ['currency_options'];

export const couponRoutes = [
  route('POST', '/v1/coupons', {
    parameters: createRules,
    unsupported,
    run: (call, values) => {
      const coupon = showCoupon(call.sandbox, createCoupon(call, values));
      emit(call, 'coupon.created', coupon);
      return coupon;
    },
  }),
  route('GET', '/v1/coupons/:coupon', {
    parameters: {},
    run: (call) => showCoupon(call.sandbox, found(call)),
  }),
  route('POST', '/v1/coupons/:coupon', { parameters: updateRules, unsupported, run: updateCoupon }),
  route('DELETE', '/v1/coupons/:coupon', { parameters: {}, run: deleteCoupon }),
  route('GET', '/v1/coupons', {
    parameters: { ...pageRules, created: timeRange },
    run({ sandbox }, values) {
      return page(newestFirst(sandbox.coupons.values()), values, {
        url: '/v1/coupons',
        kind: 'coupon',
        show: (one) => showCoupon(sandbox, one),
        matches: (one) => inRange(one.created, values.created),
      });
    },
  }),
];

function createCoupon(call: Call, values: Values<typeof createRules>): StoredCoupon {
  const { sandbox } = call;
  refuseContradictions(sandbox, values);
  const { id = newCouponId(), duration = 'once', applies_to } = values;
  if (sandbox.coupons.get(id))
    throw refused(`Coupon already exists.`, { code: 'resource_already_exists', param: 'id' });
  applies_to?.products?.forEach((product, index) => {
    if (!sandbox.products.get(product))
      throw missingReference('product', product, `applies_to[products][${index}]`);
  });
  const coupon: StoredCoupon = {
    id,
    object: 'coupon',
    amount_off: values.amount_off ?? null,
    created: sandbox.clock(),
    currency: values.amount_off === undefined ? null : values.currency!,
    duration,
    duration_in_months: values.duration_in_months ?? null,
    livemode: false,
    max_redemptions: values.max_redemptions ?? null,
    metadata: changedMetadata({}, values.metadata),
    name: values.name ?? null,
    percent_off: values.percent_off ?? null,
    products: applies_to?.products ?? null,
    redeem_by: values.redeem_by ?? null,
    times_redeemed: 0,
  };
  sandbox.coupons.put(coupon);
  return coupon;
}

const FIVE_YEARS = 5 * 366 * 24 * 60 * 60;

function refuseContradictions(sandbox: Sandbox, values: Values<typeof createRules>): void {
  const { amount_off, percent_off, duration, duration_in_months: months, redeem_by } = values;
  if ((amount_off === undefined) === (percent_off === undefined))
    throw notExactlyOne(['percent_off', 'amount_off'], 'percent_off');
  if (amount_off !== undefined && values.currency === undefined) throw parameterMissing('currency');
  if ((duration === 'repeating') !== (months !== undefined))
    throw months === undefined
      ? parameterMissing('duration_in_months')
      : invalidParameter(
          "You may only specify 'duration_in_months' if the duration is 'repeating'.",
          'duration_in_months',
        );
  const now = sandbox.clock();
  if (redeem_by !== undefined && (redeem_by <= now || redeem_by > now + FIVE_YEARS))
    throw invalidParameter('`redeem_by` must be in the future, and at most five years ahead.', 'redeem_by');
}

function updateCoupon(call: Call, values: Values<typeof updateRules>): object {
  const { sandbox } = call;
  const stored = found(call);
  const before = showCoupon(sandbox, stored);
  const changed: StoredCoupon = {
    ...stored,
    name: values.name ?? stored.name,
    metadata: changedMetadata(stored.metadata, values.metadata),
  };
  const after = showCoupon(sandbox, changed);
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  sandbox.coupons.put(changed);
  emitChange(call, 'coupon.updated', { before, after });
  return after;
}

/** Discounts that were made of it stay. */
function deleteCoupon(call: Call): object {
  const coupon = found(call);
  call.sandbox.coupons.delete(coupon.id);
  emit(call, 'coupon.deleted', showCoupon(call.sandbox, coupon));
  return { id: coupon.id, object: 'coupon', deleted: true };
}

export function showCoupon(sandbox: Sandbox, stored: StoredCoupon): object {
  const { products: _products, ...fields } = stored;
  return { ...fields, valid: isValid(sandbox, stored) };
}

/** "Taking account of the above properties, whether this coupon can still be applied to a customer." */
export function isValid(sandbox: Sandbox, coupon: StoredCoupon): boolean {
  const { redeem_by, max_redemptions, times_redeemed } = coupon;
  return (
    (redeem_by === null || redeem_by > sandbox.clock()) &&
    (max_redemptions === null || times_redeemed < max_redemptions)
  );
}

function found(call: Call): StoredCoupon {
  const id = call.path['coupon'] ?? '';
  const coupon = call.sandbox.coupons.get(id);
  if (!coupon) throw resourceMissing('coupon', id, 'coupon');
  return coupon;
}
