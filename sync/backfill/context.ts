import type { PoolClient } from 'pg';
import type { SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { retryingCollisions } from '../store/collisions.ts';
import type { DryNotes } from './dryNotes.ts';
import { moveRun, type BackfillRun, type EntityCounts } from '../store/backfillRuns.ts';

export type Outcome = 'create' | 'update' | 'skip' | 'ambiguous' | 'failed';

/** What a backfill did with one record, or would do. */
export interface Effect {
  entity: SyncEntity;
  outcome: Outcome;
  stripeId: string | null;
  crmId: string | null;
  /** Why, in words, where it is not plain. */
  note?: string;
  fields: { side: 'stripe' | 'salesforce'; field: string; from: unknown; to: unknown }[];
}

export interface BackfillContext {
  engine: Engine;
  /** Its phase, position and counts change as it goes on. */
  run: BackfillRun;
  /** In a dry run, what would be there by now; nothing is written then. */
  dry?: DryNotes;
  /** Fires when somebody has asked it to stop: it ends after the chunk in hand. */
  signal: AbortSignal;
  /** Told of every record when somebody wants to know. */
  onEffect?(effect: Effect): void;
  onProgress?(entity: SyncEntity, counts: EntityCounts): void;
}

const COUNTED: Record<Outcome, Exclude<keyof EntityCounts, 'total'>> = {
  create: 'created',
  update: 'updated',
  skip: 'skipped',
  ambiguous: 'queued',
  failed: 'failed',
};

export function countsOf({ run }: BackfillContext, entity: SyncEntity): EntityCounts {
  return (run.counts[entity] ??= { read: 0, created: 0, updated: 0, skipped: 0, queued: 0, failed: 0 });
}

export function note(context: BackfillContext, effect: Effect): void {
  countsOf(context, effect.entity)[COUNTED[effect.outcome]] += 1;
  context.onEffect?.(effect);
}

/**
 * Stores what was done with a chunk and how far the run has come, in one commit: wherever it is killed, it goes on
 * behind the last chunk that was stored. A dry run stores nothing.
 */
export async function checkpoint(
  context: BackfillContext,
  position: Record<string, unknown> | null,
  store?: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const { engine, run, dry } = context;
  run.position = position;
  if (run.phase) context.onProgress?.(run.phase, countsOf(context, run.phase));
  if (dry) return;
  // What events and workers lock at the same time may be in another order.
  await retryingCollisions(async () => {
    const client = await engine.database.pool.connect();
    try {
      await client.query('BEGIN');
      await store?.(client);
      await moveRun(client, run);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  });
}

/** The org's id of each object of Stripe that is paired, or in a dry run would be. */
export function pairedIds(
  { engine, dry }: BackfillContext,
  entity: SyncEntity,
  stripeIds: string[],
): Promise<Map<string, string>> {
  return dry ? dry.pairedIds(entity, stripeIds) : crmIdsOf(engine.database, entity, stripeIds);
}
