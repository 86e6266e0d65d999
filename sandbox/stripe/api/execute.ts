import type { Sandbox } from '../sandbox.ts';
import { frozenTime } from '../time/frozenTime.ts';
import type { Call } from './call.ts';
import { StripeError, errorBody } from './errors.ts';
import { expanded } from './expand.ts';
import type { IdempotencyKeys, KeyedRequest } from './idempotency.ts';
import type { Match } from './route.ts';

export interface Answer {
  status: number;
  body: object;
  headers: Record<string, string>;
}

export interface Work {
  sandbox: Sandbox;
  match: Match;
  parameters: Record<string, unknown>;
  requestId: string;
  keys: IdempotencyKeys;
  keyed: KeyedRequest | undefined;
}

/**
 * Runs one call. What it does, its events and its saved answer are one transaction: a process killed at any moment, or
 * a client that never sees the answer, finds all of it or nothing when it asks again with the same key.
 */
export function execute(work: Work): Answer {
  const { sandbox, keys, keyed, requestId } = work;
  const saved = keyed && keys.saved(keyed);
  if (saved)
    return {
      status: saved.status,
      body: saved.body as object,
      headers: {
        'Idempotent-Replayed': 'true',
        'Original-Request': saved.requestId,
        'Stripe-Should-Retry': 'false',
      },
    };
  try {
    return sandbox.store.transaction(() => {
      const answer = run(work);
      if (keyed) keys.save(keyed, { status: answer.status, body: answer.body, requestId });
      return final(work, answer);
    });
  } catch (error) {
    if (!(error instanceof StripeError) || !error.replayable) throw error;
    const answer = failure(work, error);
    if (keyed) keys.save(keyed, { status: answer.status, body: answer.body, requestId });
    return final(work, answer);
  }
}

function run(work: Work): Answer {
  const { sandbox, match, parameters, requestId, keyed } = work;
  const { values, expand } = match.route.read(parameters);
  const call: Call = {
    sandbox,
    path: match.path,
    request: { id: requestId, idempotency_key: keyed?.key ?? null },
  };
  const at = frozenTime(sandbox, { method: match.route.method, path: match.path, values });
  const result = sandbox.time.at(at, () => match.route.run(call, values));
  if (result instanceof StripeError) return failure(work, result);
  return { status: 200, body: expanded(call, result, expand), headers: {} };
}

function failure({ sandbox, requestId }: Work, error: StripeError): Answer {
  return {
    status: error.status,
    body: errorBody(error, { accountId: sandbox.account.id, requestId }),
    headers: {},
  };
}

/** Recorded: an executed POST tells the client not to try again by itself. */
function final({ keyed, requestId }: Work, answer: Answer): Answer {
  if (!keyed) return answer;
  return { ...answer, headers: { 'Original-Request': requestId, 'Stripe-Should-Retry': 'false' } };
}
