import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import { RetryableFailure } from '../failure.ts';
import { nextLeaseOwner } from '../leases.ts';
import { claimRecord, type ClaimedRecord, type RecordId } from '../store/syncRecords.ts';

const LOOK_AGAIN_MS = 40;

/** Claims a record, waiting for whoever holds it; undefined when it is still held after `patienceMs`. */
export async function claimWhenFree(
  engine: Engine,
  entity: SyncEntity,
  { patienceMs, ...id }: RecordId & { patienceMs: number },
): Promise<ClaimedRecord | undefined> {
  const lease = { ...id, owner: nextLeaseOwner(engine), leaseSeconds: engine.settings.leaseSeconds };
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const record = await claimRecord(engine.database, entity, lease);
    if (record || Date.now() >= deadline) return record;
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Somebody else has held the record for long: a moment later it is done, or that worker's lease has run out. */
export const busy = (entity: SyncEntity) =>
  new RetryableFailure(
    {
      code: 'busy',
      stage: 'decide',
      message: `The ${entity} is being synced at this moment. It is tried again by itself.`,
    },
    500,
  );
