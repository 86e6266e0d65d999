import { RetryableFailure } from '../../failure.ts';
import type { FetchResponse } from './protocol.ts';
import type { PubSubClient } from './pubSubClient.ts';
import { STREAM_SILENT, streamUnavailable, translateStreamError } from './translateStreamError.ts';

export interface Subscription {
  topic: string;
  /** Events after this one; without it, those from now on. */
  replayId: Buffer | null;
  /** Reconnect when neither an event nor a keepalive came for so long. */
  silenceMs?: number;
  signal: AbortSignal;
}

// The most that the API lets a subscriber ask for, and when to ask again: while half of it is still to come.
const REQUESTED = 100;
const LOW = 50;
/**
 * The org promises a keepalive within 270 s and mostly sends it far sooner. A needless reconnection goes on where
 * it was, which costs less than being deaf for minutes on a connection that died without a word.
 */
export const SILENCE_MS = 120_000;

/**
 * The org's answers as they come: events, or a keepalive without any. More is asked for only when the caller
 * has dealt with what it got. Ends when `signal` fires; everything else ends it with a failure.
 */
export async function* subscribe(
  client: PubSubClient,
  { topic, replayId, silenceMs = SILENCE_MS, signal }: Subscription,
): AsyncGenerator<FetchResponse> {
  const { canSubscribe } = await client.topic(topic);
  if (!canSubscribe) throw streamUnavailable(`the integration user may not subscribe to ${topic}`);
  const stream = await client.open();
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  let silent = false;
  const watchdog = () =>
    setTimeout(() => {
      silent = true;
      stream.cancel();
    }, silenceMs);
  let timer = watchdog();
  let outstanding = REQUESTED;
  try {
    if (signal.aborted) return;
    stream.write({
      topicName: topic,
      numRequested: REQUESTED,
      ...(replayId ? { replayPreset: 'CUSTOM', replayId } : { replayPreset: 'LATEST' }),
    });
    for await (const response of stream as AsyncIterable<FetchResponse>) {
      clearTimeout(timer);
      yield response;
      // Our own count: an answer's says how many were to come when it was sent, and others may be on their way.
      outstanding =
        response.events.length > 0 ? outstanding - response.events.length : response.pendingNumRequested;
      if (outstanding <= LOW) {
        stream.write({ topicName: topic, numRequested: REQUESTED - outstanding });
        outstanding = REQUESTED;
      }
      timer = watchdog();
    }
  } catch (error) {
    if (signal.aborted) return;
    throw silent ? silence(silenceMs) : translateStreamError(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  }
  if (!signal.aborted)
    throw silent ? silence(silenceMs) : translateStreamError(new Error('ended by the org'));
}

function silence(silenceMs: number): RetryableFailure {
  return new RetryableFailure({
    code: STREAM_SILENT,
    stage: 'read-crm',
    message: `The change stream said nothing for ${Math.round(silenceMs / 1000)} s. It is opened again.`,
  });
}
