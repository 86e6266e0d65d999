import { createHash } from 'node:crypto';
import type { Engine } from '../engine.ts';
import { KEY_HOLDS_MS } from '../stripe/idempotencyKeys.ts';
import { isFinalAnswer } from '../stripe/translateError.ts';
import { isSyncFailure, RetryableFailure } from '../failure.ts';
import { readCursor, STRIPE_EVENTS } from '../store/cursors.ts';
import { forgetStripeWrite, noteStripeWrite } from '../store/stripeWrites.ts';
import { dropIntent, noteIntent, startNewVersion, type ClaimedRecord } from '../store/syncRecords.ts';

// Events may appear in Stripe's log a little after they happened.
const LOG_LAG_MS = 300_000;

/**
 * Makes an object in Stripe once. What is about to be sent is noted first; after a crash or a lost answer the
 * noted parameters go out again under the same key, so Stripe gives back what it made the first time. When Stripe may have
 * forgotten the key, its log of events is read first: what was made joins its row by that.
 */
export async function createOnce<P, R>(
  engine: Engine,
  record: ClaimedRecord,
  { params, send }: { params: P; send: (params: P, key: string) => Promise<R> },
): Promise<R> {
  const intent = await noteIntent(engine.database, record, {
    name: 'create',
    intent: { key: `create-${record.id}-${record.version}`, params, at: engine.now().toISOString() },
  });
  await waitForLog(engine, intent.at);
  try {
    return await send(intent.params as P, intent.key);
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error)) {
      await dropIntent(engine.database, record, 'create');
      await startNewVersion(engine.database, record);
    }
    throw error;
  }
}

/**
 * Where Stripe may have forgotten the key of what was begun at that time, its log has to be read before it is asked again.
 * What it did is known then: it has made the object's row whole, or is told by an event.
 */
export async function waitForLog(engine: Engine, at: string | undefined): Promise<void> {
  const begunAt = at === undefined ? NaN : Date.parse(at);
  if (!(engine.now().getTime() - begunAt > KEY_HOLDS_MS)) return;
  const readTo = await readCursor(engine.database, STRIPE_EVENTS);
  if (readTo !== null && Number(readTo) * 1000 > begunAt + LOG_LAG_MS) return;
  throw new RetryableFailure(
    {
      code: 'log_unread',
      stage: 'read-stripe',
      message:
        'Whether Stripe has done this is not known since an interruption of more than a day. It goes on by itself when the events of that time have been read.',
    },
    5_000,
  );
}

/** What is written over in Stripe, and what was read there: see `sync/domain/overwrittenInStripe.ts`. */
export interface Over {
  read: object;
  written: object;
}

/** Changes an object in Stripe; the same change tried again within one version of the row is the same request. */
export async function updateOnce<R>(
  engine: Engine,
  record: ClaimedRecord,
  {
    operation,
    params,
    over,
    send,
  }: { operation: string; params: unknown; over?: Over; send: (key: string) => Promise<R> },
): Promise<R> {
  const content = createHash('sha256').update(JSON.stringify(params)).digest('base64url').slice(0, 22);
  const key = `${operation}-${record.id}-${record.version}-${content}`;
  try {
    return over ? await writeOver(engine, record, { key, over, send }) : await send(key);
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error)) await startNewVersion(engine.database, record);
    throw error;
  }
}

/** Writes over what people edit in Stripe, too; the write is noted first, until its event has told what it has replaced. */
export async function writeOver<R>(
  engine: Engine,
  record: ClaimedRecord,
  { key, over, send }: { key: string; over: Over; send: (key: string) => Promise<R> },
): Promise<R> {
  await noteStripeWrite(engine.database, record, { key, ...over });
  try {
    return await send(key);
  } catch (error) {
    // No event comes of it.
    if (isSyncFailure(error) && isFinalAnswer(error)) await forgetStripeWrite(engine.database, key);
    throw error;
  }
}
