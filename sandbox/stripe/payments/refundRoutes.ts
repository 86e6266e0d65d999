import type { Call } from '../api/call.ts';
import { changedMetadata, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { missingReference, notExactlyOne, refused, resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { integer, oneOf, text } from '../api/rules.ts';
import { emitChange } from '../webhooks/events.ts';
import type { Charge, Refund } from '../wire.ts';
import { refundCharge } from './refund.ts';

const createRules = {
  amount: integer({ min: 1 }),
  charge: text(),
  metadata,
  payment_intent: text(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
};
const unsupported = [
  ...['currency', 'customer', 'instructions_email', 'origin', 'refund_application_fee', 'reverse_transfer'],
];

export const refundRoutes = [
  route('POST', '/v1/refunds', {
    parameters: createRules,
    unsupported,
    run: (call, values) =>
      refundCharge(call, namedCharge(call, values), {
        amount: values.amount,
        reason: values.reason ?? null,
        metadata: changedMetadata({}, values.metadata),
      }),
  }),
  route('GET', '/v1/refunds', {
    parameters: { ...pageRules, charge: text(), created: timeRange, payment_intent: text() },
    run({ sandbox }, values) {
      const { charge, payment_intent: intent } = values;
      const all =
        charge !== undefined
          ? sandbox.by.refundOfCharge.all(charge)
          : intent !== undefined
            ? sandbox.by.refundOfIntent.all(intent)
            : sandbox.refunds.values();
      const wanted = newestFirst(all).filter(
        (one) =>
          inRange(one.created, values.created) && (intent ?? one.payment_intent) === one.payment_intent,
      );
      return page(wanted, values, { url: '/v1/refunds', kind: 'refund', show: (one) => one });
    },
  }),
  route('GET', '/v1/refunds/:refund', { parameters: {}, run: (call) => found(call) }),
  route('POST', '/v1/refunds/:refund', { parameters: { metadata }, run: updateRefund }),
];

function updateRefund(call: Call, values: Values<{ metadata: typeof metadata }>): object {
  const before = found(call);
  const after = { ...before, metadata: changedMetadata(before.metadata, values.metadata) };
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  call.sandbox.refunds.put(after);
  emitChange(call, 'refund.updated', { before, after });
  emitChange(call, 'charge.refund.updated', { before, after });
  return after;
}

function namedCharge({ sandbox }: Call, values: Values<typeof createRules>): Charge {
  const { charge: id, payment_intent: intent } = values;
  if ((id === undefined) === (intent === undefined))
    throw notExactlyOne(['payment_intent', 'charge'], 'charge');
  if (id !== undefined) {
    const charge = sandbox.charges.get(id);
    if (!charge) throw missingReference('charge', id, 'charge');
    return charge;
  }
  if (!sandbox.intents.get(intent!)) throw missingReference('payment_intent', intent!, 'payment_intent');
  const charge = sandbox.by.chargeOfIntent
    .all(intent!)
    .find((one) => one.status === 'succeeded' && one.captured);
  if (!charge)
    throw refused(`This PaymentIntent (${intent}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    });
  return charge;
}

function found(call: Call): Refund {
  const id = call.path['refund'] ?? '';
  const refund = call.sandbox.refunds.get(id);
  if (!refund) throw resourceMissing('refund', id, 'refund');
  return refund;
}
