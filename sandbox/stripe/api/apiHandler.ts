import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Calls } from '../control/calls.ts';
import type { Fault, Faults, Struck } from '../control/faults.ts';
import type { Pace } from '../control/pace.ts';
import { newId } from '../ids.ts';
import { routes } from '../routes.ts';
import { API_VERSION } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { authenticate, checkVersion } from './authentication.ts';
import { StripeError, errorBody, invalidParameter } from './errors.ts';
import { execute } from './execute.ts';
import type { Answer, Work } from './execute.ts';
import { parseForm } from './form.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { matcher } from './route.ts';
import type { Match } from './route.ts';

/** One call of the API as it was asked and answered. */
export interface Exchange {
  method: string;
  path: string;
  /** Form-encoded, as in the address and in the body. */
  query: string;
  requestBody: string;
  status: number;
  responseBody: object;
  /** Of the request; the key is left out. */
  headers: Record<string, string | string[] | undefined>;
  responseHeaders: Record<string, string>;
}

export interface ApiOptions {
  sandbox: Sandbox;
  secretKeys: readonly string[];
  faults: Faults;
  calls: Calls;
  pace: Pace;
  /** Called after each transaction, when its events may be sent. */
  committed(): void;
  onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** Everything under /v1. */
export function apiHandler(options: ApiOptions): RequestHandler {
  const { sandbox, faults, calls, pace } = options;
  const find = matcher(routes);
  const keys = new IdempotencyKeys(sandbox);
  return async (request, response) => {
    const path = request.originalUrl.split('?')[0] ?? '';
    const match = find(request.method, path);
    calls.count(`${request.method} ${match?.route.path ?? path}`);
    const requestId = newId('req');
    if (!pace.admits(Date.now()))
      return reply(response, request, { answer: tooMany(sandbox, requestId), requestId });
    const struck = faults.strike(request.method, path);
    const { fault } = struck;
    const delayMs = struck.delayMs + pace.latencyOf(request.method, path);
    if (fault?.kind === 'resetBefore') return void request.socket.destroy();
    const answer = await answerFor({ ...struck, options, keys, request, requestId, match, delayMs });
    options.committed();
    await struck.answerReleased;
    if (fault?.kind === 'resetAfter') return void request.socket.destroy();
    reply(response, request, { answer, requestId });
    if (fault?.kind !== 'status') options.onExchange?.(exchange(request, { path, answer }));
  };
}

interface Incoming extends Struck {
  options: ApiOptions;
  keys: IdempotencyKeys;
  request: Request;
  requestId: string;
  match: Match | undefined;
}

async function answerFor(incoming: Incoming): Promise<Answer> {
  const { options, keys, request, requestId, delayMs, released, fault } = incoming;
  const { sandbox } = options;
  let taken: string | undefined;
  try {
    const work = understood(incoming);
    if (work.keyed) {
      keys.take(work.keyed.key);
      taken = work.keyed.key;
    }
    // While a slow request waits its key is in use, as it is with Stripe.
    if (delayMs > 0) await sleep(delayMs);
    await released;
    return fault?.kind === 'status' ? injected(fault, { sandbox, requestId }) : execute(work);
  } catch (error) {
    const known = error instanceof StripeError ? error : unexpected(error, request);
    const headers: Record<string, string> = known.status === 409 ? { 'Stripe-Should-Retry': 'true' } : {};
    return {
      status: known.status,
      body: errorBody(known, { accountId: sandbox.account.id, requestId }),
      headers,
    };
  } finally {
    if (taken !== undefined) keys.release(taken);
  }
}

/** Key, version, address and encoding; what is wrong here was never executed. */
function understood({ options, keys, request, requestId, match }: Incoming): Work {
  authenticate(request.get('authorization'), options.secretKeys);
  checkVersion(request.get('stripe-version'));
  const path = request.originalUrl.split('?')[0] ?? '';
  if (!match)
    throw new StripeError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${request.method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    });
  if (request.is('application/json'))
    throw invalidParameter(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    );
  const given = { ...parseForm(queryOf(request)), ...parseForm(bodyOf(request)) };
  const parameters = request.get('stripe-version') === undefined ? renamed(given, path) : given;
  const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
  const keyed = key === undefined ? undefined : { key, method: request.method, path, parameters };
  return { sandbox: options.sandbox, match, parameters, requestId, keys, keyed };
}

/** Whoever names no version, such as Stripe's own CLI, may still call the parameter as versions before this one did. */
function renamed(parameters: Record<string, unknown>, path: string): Record<string, unknown> {
  const { payment_method_types: types, ...rest } = parameters;
  if (types === undefined || !/^\/v1\/(payment_intents|checkout\/sessions)/.test(path)) return parameters;
  return { ...rest, allowed_payment_method_types: types };
}

/** Not executed and not saved under the idempotency key: the same request may come again. */
function tooMany(sandbox: Sandbox, requestId: string): Answer {
  return {
    status: 429,
    body: errorBody(rateLimit(), { accountId: sandbox.account.id, requestId }),
    headers: { 'Retry-After': '1', 'Stripe-Rate-Limited-Reason': 'global-rate' },
  };
}

function rateLimit(): StripeError {
  return new StripeError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  });
}

function injected(fault: Fault, { sandbox, requestId }: { sandbox: Sandbox; requestId: string }): Answer {
  const status = fault.status ?? 500;
  const error =
    status === 429
      ? rateLimit()
      : new StripeError(status, {
          type: 'api_error',
          message:
            'Sorry! There was an error while talking to one of our backends. Support has been notified.',
        });
  const body = (fault.body ?? errorBody(error, { accountId: sandbox.account.id, requestId })) as object;
  return { status, body, headers: fault.headers ?? {} };
}

function reply(
  response: Response,
  request: Request,
  { answer, requestId }: { answer: Answer; requestId: string },
): void {
  const key = request.get('idempotency-key');
  response
    .status(answer.status)
    .set({
      'Request-Id': requestId,
      'Stripe-Version': request.get('stripe-version') ?? API_VERSION,
      'Cache-Control': 'no-cache, no-store',
      ...(key !== undefined && { 'Idempotency-Key': key }),
      ...answer.headers,
    })
    .type('application/json')
    .send(JSON.stringify(answer.body, null, 2));
}

function exchange(request: Request, { path, answer }: { path: string; answer: Answer }): Exchange {
  const { authorization: _secret, ...headers } = request.headers;
  return {
    method: request.method,
    path,
    query: queryOf(request),
    requestBody: bodyOf(request),
    status: answer.status,
    responseBody: answer.body,
    headers,
    responseHeaders: answer.headers,
  };
}

function queryOf(request: Request): string {
  return request.originalUrl.split('?')[1] ?? '';
}

function bodyOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}

/** A fault of the sandbox itself: the answer stays an answer of Stripe's shape, the reason goes to the log. */
function unexpected(error: unknown, request: Request): StripeError {
  console.error(`Sandbox Stripe failed at ${request.method} ${request.path}:`, error);
  return new StripeError(500, {
    type: 'api_error',
    message: `The sandbox Stripe itself failed: ${error instanceof Error ? error.message : String(error)}`,
  });
}
