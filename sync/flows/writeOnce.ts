import { createHash } from 'node:crypto';
import type { Engine } from '../engine.ts';
import { isFinalAnswer } from '../stripe/translateError.ts';
import { isSyncFailure } from '../failure.ts';
import { dropIntent, noteIntent, startNewVersion, type ClaimedRecord } from '../store/syncRecords.ts';

/**
 * Makes an object in Stripe once. What is about to be sent is noted first; after a crash or a lost answer the
 * noted parameters go out again under the same key, so Stripe gives back what it made the first time.
 */
export async function createOnce<P, R>(
  engine: Engine,
  record: ClaimedRecord,
  { params, send }: { params: P; send: (params: P, key: string) => Promise<R> },
): Promise<R> {
  const intent = await noteIntent(engine.database, record, {
    name: 'create',
    intent: { key: `create-${record.id}-${record.version}`, params },
  });
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

/** Changes an object in Stripe; the same change tried again within one version of the row is the same request. */
export async function updateOnce<R>(
  engine: Engine,
  record: ClaimedRecord,
  { operation, params, send }: { operation: string; params: unknown; send: (key: string) => Promise<R> },
): Promise<R> {
  const content = createHash('sha256').update(JSON.stringify(params)).digest('base64url').slice(0, 22);
  try {
    return await send(`${operation}-${record.id}-${record.version}-${content}`);
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error)) await startNewVersion(engine.database, record);
    throw error;
  }
}
