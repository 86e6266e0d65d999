import type { Call } from '../api/call.ts';
import { missingReference, refused, resourceMissing } from '../api/errors.ts';
import { route } from '../api/route.ts';
import { integer, required, text } from '../api/rules.ts';
import { cloneTestMethod } from '../payments/paymentMethods.ts';
import type { StoredSession } from '../wire.ts';
import { paySession } from './paySession.ts';
import { showSession } from './sessionObject.ts';

/**
 * What Stripe's own page of a session calls. It is not documented; the triggers of Stripe's CLI pay sessions with it, and
 * the answers here say no more than those need.
 */
export const paymentPageRoutes = [
  route('GET', '/v1/payment_pages/:session', {
    parameters: {},
    run: (call) => showSession(call.sandbox, found(call)),
  }),
  route('POST', '/v1/payment_pages/:session/confirm', {
    parameters: { expected_amount: integer(), payment_method: required(text()) },
    run(call, { expected_amount: expected, payment_method: id }) {
      const { sandbox } = call;
      const session = found(call);
      if (expected !== undefined && expected !== session.amount_total)
        throw refused('The amount is not what was expected: load the page again.', {
          param: 'expected_amount',
        });
      const method = sandbox.paymentMethods.get(id) ?? cloneTestMethod(sandbox, id);
      if (!method) throw missingReference('PaymentMethod', id, 'payment_method');
      const { email, name } = method.billing_details;
      const declined = paySession(call, session, { method, buyer: { email, name } });
      return declined ?? showSession(sandbox, found(call));
    },
  }),
];

function found({ sandbox, path }: Call): StoredSession {
  const id = path['session'] ?? '';
  const session = sandbox.sessions.get(id);
  if (!session) throw resourceMissing('payment_page', id, 'session');
  return session;
}
