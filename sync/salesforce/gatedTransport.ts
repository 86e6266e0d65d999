import { PassThrough } from 'node:stream';
import { Transport } from 'jsforce/lib/transport.js';
import type { HttpRequest, HttpRequestOptions, HttpResponse } from 'jsforce/lib/types/common.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import { createLazyStream } from 'jsforce/lib/util/stream.js';
import type { Gate, Refused, Result, Verdict } from '../limits/gate.ts';
import { callsRefused, loginRefused } from './refusal.ts';

// Longer than the slowest bulk write; jsforce's own is half an hour.
const REQUEST_TIMEOUT_MS = 30_000;
// What reads only may be repeated without harm, whatever became of the first try.
const REPEATABLE = new Set(['GET', 'HEAD']);
const TOKEN_PATH = '/services/oauth2/token';

/**
 * jsforce's transport, behind the gate: whatever jsforce asks, it asks through here. jsforce's own gives up only on answers whose
 * headers are late: one that stalls after them stays open for minutes, and one that breaks off there ends the process.
 */
export class GatedTransport extends Transport {
  private readonly gate: Gate;

  constructor(gate: Gate) {
    super();
    this.gate = gate;
  }

  override httpRequest(request: HttpRequest, options: HttpRequestOptions = {}): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => {
      const repeatable = REPEATABLE.has(request.method);
      const { stream, setStream } = createLazyStream();
      const promise = this.gate.send<HttpResponse>({
        send: () => exchange(request, options.timeout ?? REQUEST_TIMEOUT_MS),
        judge: (result) =>
          request.url.includes(TOKEN_PATH) ? judgeLogin(result) : this.judge(result, repeatable),
      });
      // Only the last try's answer is anybody's; jsforce itself holds each answer whole.
      promise.then(
        ({ body }) => setStream(new PassThrough().end(body)),
        () => undefined,
      );
      return { stream, promise };
    });
  }

  private judge(result: Result<HttpResponse>, again: boolean): Verdict | Refused {
    if ('error' in result) return { kind: 'outage', again };
    const { statusCode, headers, body } = result.answer as HttpResponse & { body?: string };
    const usage = /(?:^|\s)api-usage=(\d+)\/(\d+)/.exec(headers['sforce-limit-info'] ?? '');
    if (statusCode === 403 && /REQUEST_LIMIT_EXCEEDED/.test(body ?? '')) {
      // The same code stands for the calls of a day and for too many slow calls at once.
      if (!/TotalRequests/i.test(body ?? '')) return { kind: 'slow-down', again: true };
      this.gate.budget?.noteRefusal();
      return { kind: 'answered' };
    }
    const refusal = statusCode === 403 || statusCode === 404 ? callsRefused(body ?? '') : undefined;
    if (refusal) return { kind: 'refused', refusal };
    if (usage) this.gate.budget?.note(Number(usage[1]), Number(usage[2]));
    if (statusCode >= 500) return { kind: 'outage', again };
    // The session has ended. What the org does with calls shows when there is another one.
    if (statusCode === 401) return { kind: 'undecided' };
    return statusCode === 429 ? { kind: 'slow-down', again: true } : { kind: 'answered' };
  }
}

/** One request with its whole answer, all of it within the time. */
async function exchange(
  { method, url, headers, body }: HttpRequest,
  timeoutMs: number,
): Promise<HttpResponse> {
  const answer = await fetch(url, {
    method,
    headers: headers ?? {},
    body: (body as string | undefined) ?? null,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  };
}

/** A session is no sign yet that the org takes calls; an org that gives none takes no call. */
function judgeLogin(result: Result<HttpResponse>): Verdict | Refused {
  if ('error' in result) return { kind: 'outage' };
  const { statusCode, body } = result.answer as HttpResponse & { body?: string };
  if (statusCode >= 500) return { kind: 'outage' };
  if (statusCode === 429) return { kind: 'slow-down', again: true };
  return statusCode >= 400 ? { kind: 'refused', refusal: loginRefused(body ?? '') } : { kind: 'undecided' };
}
