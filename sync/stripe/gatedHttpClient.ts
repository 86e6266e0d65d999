import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import Stripe from 'stripe';
import type { Gate, Refused, Result, Verdict } from '../limits/gate.ts';
import { keyRefused, refusesAll, type SaidByStripe } from './translateError.ts';

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
type Answer = Awaited<ReturnType<HttpClient['makeRequest']>>;

/** stripe-node's own HTTP client, behind the gate: whatever the SDK asks, it asks through here. */
export function gatedHttpClient(gate: Gate): HttpClient {
  const client = Stripe.createNodeHttpClient();
  return {
    getClientName: () => client.getClientName(),
    makeRequest: (...request) =>
      gate.send<Answer>({
        send: async () => readRefusal(await client.makeRequest(...request)),
        judge,
        ended: async (answer) => {
          if (!rawOf(answer).closed) await once(rawOf(answer), 'close');
        },
        discard: (answer) => void rawOf(answer).resume(),
      }),
  } as HttpClient;
}

/**
 * Every POST carries an idempotency key (the SDK makes one where we do not), so any request may be repeated as it is.
 * A 429 is said before anything was done.
 */
function judge(result: Result<Answer>): Verdict | Refused {
  if ('error' in result) return { kind: 'outage', again: true };
  const status = result.answer.getStatusCode();
  const headers = result.answer.getHeaders();
  const again = headers['stripe-should-retry'] !== 'false';
  // Stripe's first answer to the key, whatever it was, is what it goes on answering: that is no sign of an outage now.
  if (headers['idempotent-replayed'] === 'true') return { kind: 'answered' };
  if (status === 401 || (status === 403 && refusesAll(saidIn(result.answer)))) {
    return { kind: 'refused', refusal: keyRefused(saidIn(result.answer), { stage: 'read-stripe' }) };
  }
  if (status >= 500) return { kind: 'outage', again };
  if (status === 429) {
    const waitsForObject = headers['stripe-rate-limited-reason'] === 'resource-specific';
    const seconds = Number(headers['retry-after']);
    const retryAfterMs = seconds > 0 ? seconds * 1000 : undefined;
    return { kind: waitsForObject ? 'busy' : 'slow-down', again: true, retryAfterMs };
  }
  if (status === 409 || headers['stripe-should-retry'] === 'true') return { kind: 'busy', again };
  return { kind: 'answered' };
}

const refusals = new WeakMap<Answer, { error?: SaidByStripe }>();

const saidIn = (answer: Answer): SaidByStripe => refusals.get(answer)?.error ?? {};

/** Only the body tells whom a refusal is meant for; it is read here, and given to the SDK when it asks. */
async function readRefusal(answer: Answer): Promise<Answer> {
  if (![401, 403].includes(answer.getStatusCode())) return answer;
  // A refusal by a proxy has no JSON, and then says nothing.
  const body = (await answer.toJSON().catch(() => ({}))) as { error?: SaidByStripe };
  answer.toJSON = () => Promise.resolve(body);
  refusals.set(answer, body);
  return answer;
}

const rawOf = (answer: Answer) => answer.getRawResponse() as IncomingMessage;
