import { createHash } from 'node:crypto';
import type { Sandbox } from '../sandbox.ts';
import { StripeError, invalidParameter } from './errors.ts';
import { canonicalForm } from './form.ts';

/** The first answer to a key; it is saved in the transaction that did the work, so a kill never separates the two. */
export interface SavedAnswer {
  id: string;
  method: string;
  path: string;
  fingerprint: string;
  status: number;
  body: unknown;
  requestId: string;
  created: number;
}

export interface KeyedRequest {
  key: string;
  method: string;
  path: string;
  parameters: Record<string, unknown>;
}

/** Stripe keeps keys for at least 24 hours (docs.stripe.com/api/idempotent_requests). */
const KEPT_SECONDS = 24 * 60 * 60;
const LONGEST_KEY = 255;

/** Guards the keys: one request per key at a time, one meaning per key. */
export class IdempotencyKeys {
  readonly #sandbox: Sandbox;
  readonly #inUse = new Set<string>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    for (const answer of [...sandbox.answers.values()])
      if (this.#isExpired(answer)) sandbox.answers.delete(answer.id);
  }

  /** Takes the key until `release`. Throws 409 while another request has it. */
  take(key: string): void {
    if (key.length > LONGEST_KEY)
      throw invalidParameter(
        `Invalid Idempotency-Key: it has ${key.length} characters, and at most ${LONGEST_KEY} are allowed.`,
      );
    if (this.#inUse.has(key))
      throw new StripeError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      });
    this.#inUse.add(key);
  }

  release(key: string): void {
    this.#inUse.delete(key);
  }

  /** What was answered to this key before. Throws when the key meant something else then. */
  saved(request: KeyedRequest): SavedAnswer | undefined {
    const { key, method, path } = request;
    const answer = this.#sandbox.answers.get(key);
    if (!answer || this.#isExpired(answer)) return undefined;
    const hint = `Try using a key other than '${key}' if you meant to execute a different request.`;
    if (answer.path !== path || answer.method !== method)
      throw reused(
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${answer.path}' vs '${path}'). ${hint}`,
      );
    if (answer.fingerprint !== fingerprint(request))
      throw reused(
        `Keys for idempotent requests can only be used with the same parameters they were first used with. ${hint}`,
      );
    return answer;
  }

  save(request: KeyedRequest, answer: Pick<SavedAnswer, 'status' | 'body' | 'requestId'>): void {
    const { key, method, path } = request;
    this.#sandbox.answers.put({
      id: key,
      method,
      path,
      fingerprint: fingerprint(request),
      created: this.#sandbox.clock(),
      ...answer,
    });
  }

  #isExpired(answer: SavedAnswer): boolean {
    return answer.created + KEPT_SECONDS < this.#sandbox.clock();
  }
}

function fingerprint({ parameters }: KeyedRequest): string {
  return createHash('sha256').update(canonicalForm(parameters)).digest('hex');
}

function reused(message: string): StripeError {
  return new StripeError(400, { type: 'idempotency_error', message });
}
