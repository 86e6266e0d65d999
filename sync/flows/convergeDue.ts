import type { SyncEntity } from '../domain/entity.ts';
import { nextLeaseOwner, type Convergence, type Engine } from '../engine.ts';
import { isSyncFailure, RetryableFailure } from '../failure.ts';
import { claimDueRecords, type ClaimedRecord } from '../store/syncRecords.ts';
import { convergeInvoices } from './convergeInvoices.ts';
import { convergePairs } from './convergePairs.ts';
import { customerKind } from './customerKind.ts';
import { productKind } from './productKind.ts';
import { settleAll } from './settle.ts';

/** Claims what is due of one entity, converges it and gives it back. Returns how many records it held. */
export async function convergeDue(engine: Engine, entity: SyncEntity, limit = 200): Promise<number> {
  const records = await claimDueRecords(engine.database, entity, {
    owner: nextLeaseOwner(engine),
    leaseSeconds: engine.settings.leaseSeconds,
    limit,
  });
  if (records.length > 0) await settleAll(engine, await convergeAll(engine, entity, records));
  return records.length;
}

async function convergeAll(
  engine: Engine,
  entity: SyncEntity,
  records: ClaimedRecord[],
): Promise<Convergence[]> {
  try {
    switch (entity) {
      case 'customer':
        return await convergePairs(engine, customerKind, records);
      case 'product':
        return await convergePairs(engine, productKind, records);
      case 'invoice':
        return await convergeInvoices(engine, records);
    }
  } catch (error) {
    // What failed before the records were looked at one by one (a login, a query) concerns all of them alike.
    if (!isSyncFailure(error))
      engine.log.error({ error, entity }, 'Converging failed for a reason of our own.');
    const failure = isSyncFailure(error) ? error : internalFailure(error);
    return records.map((record) => ({ record, kind: 'failed', failure }));
  }
}

/** A fault of this program: tried again, because the next version may have mended it, and never lost. */
export const internalFailure = (cause: unknown) =>
  new RetryableFailure({
    code: 'internal',
    stage: 'decide',
    message:
      'Invoicebridge itself made a mistake. It is tried again by itself; an administrator finds the details in the log.',
    cause,
  });
