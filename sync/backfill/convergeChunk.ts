import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncEntity } from '../domain/entity.ts';
import type { Convergence, Engine } from '../engine.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import { settleAll } from '../flows/settle.ts';
import { nextLeaseOwner } from '../leases.ts';
import { markForBackfill, statesOf, type MarkedIds, type MarkedState } from '../store/markedRecords.ts';
import { claimRecord, type ClaimedRecord, type RecordId } from '../store/syncRecords.ts';

export interface Chunk {
  entity: SyncEntity;
  ids: MarkedIds;
  converge(engine: Engine, records: ClaimedRecord[]): Promise<Convergence[]>;
}

export interface ConvergedChunk {
  /** Of what was converged here; a worker may have been faster. */
  convergences: Convergence[];
  /** The rows as they are afterwards. */
  states: MarkedState[];
}

const CLAIMS_AT_ONCE = 8;

/**
 * Marks records, which no kill can undo, and converges them here. They are not due for a while, so that they do not queue
 * before people's work in a worker; what a worker holds all the same is waited for.
 */
export async function convergeChunk(
  engine: Engine,
  { entity, ids, converge }: Chunk,
): Promise<ConvergedChunk> {
  const { leaseSeconds } = engine.settings;
  await markForBackfill(engine.database, { entity, ids, dueInSeconds: 2 * leaseSeconds });
  const owner = nextLeaseOwner(engine);
  const each: RecordId[] =
    'crmIds' in ids
      ? ids.crmIds.map((crmId) => ({ crmId }))
      : ids.stripeIds.map((stripeId) => ({ stripeId }));
  const claims = await mapConcurrently(each, CLAIMS_AT_ONCE, (id) =>
    claimRecord(engine.database, entity, { ...id, owner, leaseSeconds }),
  );
  const convergences = await converge(
    engine,
    claims.filter((record) => record !== undefined),
  );
  await settleAll(engine, convergences);
  return { convergences, states: await settledStates(engine, entity, ids) };
}

const LOOK_AGAIN_MS = 200;
const PATIENCE_MS = 60_000;

async function settledStates(engine: Engine, entity: SyncEntity, ids: MarkedIds): Promise<MarkedState[]> {
  const deadline = engine.now().getTime() + PATIENCE_MS;
  for (;;) {
    const states = await statesOf(engine.database, entity, ids);
    if (states.every(({ isHeld }) => !isHeld) || engine.now().getTime() > deadline) return states;
    await sleep(LOOK_AGAIN_MS);
  }
}
