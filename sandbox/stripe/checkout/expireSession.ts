import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { asCanceled } from '../payments/newIntent.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredSession } from '../wire.ts';
import { showSession } from './sessionObject.ts';

/** Nobody can pay it any more; what was tried already is canceled. */
export function expireSession(call: Call, session: StoredSession): object {
  const { sandbox } = call;
  if (session.status !== 'open')
    throw refused(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  const expired: StoredSession = { ...session, status: 'expired' };
  sandbox.sessions.put(expired);
  const intent = sandbox.intents.get(session.payment_intent ?? '');
  if (intent) {
    const canceled = asCanceled(intent, { at: sandbox.clock(), reason: 'expired' });
    sandbox.intents.put(canceled);
    emit(call, 'payment_intent.canceled', canceled);
  }
  const shown = showSession(sandbox, expired);
  emit(call, 'checkout.session.expired', shown);
  return shown;
}
