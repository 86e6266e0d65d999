import type { SyncEntity } from '../domain/entity.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, RetryableFailure } from '../failure.ts';
import { nextLeaseOwner } from '../leases.ts';
import { roomForWork } from '../limits/standstill.ts';
import { followUpCustomers } from '../matching/followUpCustomers.ts';
import { claimDueRecords, type ClaimedRecord } from '../store/syncRecords.ts';
import { convergeInvoices } from './convergeInvoices.ts';
import { convergeMirrors } from './convergeMirrors.ts';
import { convergePairs } from './convergePairs.ts';
import { convergePrices } from './convergePrices.ts';
import { convergeProducts } from './convergeProducts.ts';
import { customerKind } from './customerKind.ts';
import { creditNoteKind, paymentKind, refundKind, taxRateKind } from './mirrorKinds.ts';
import { settleAll } from './settle.ts';

// What one call of the org writes.
const FULL_CLAIM = 200;

/**
 * Claims what is due of one entity, converges it and gives it back. Returns how many records it held: none while a
 * side is down.
 */
export async function convergeDue(engine: Engine, entity: SyncEntity, limit = FULL_CLAIM): Promise<number> {
  const room = roomForWork(engine, limit);
  if (room === 0) return 0;
  const claim = () =>
    claimDueRecords(engine.database, entity, {
      owner: nextLeaseOwner(engine),
      leaseSeconds: engine.settings.leaseSeconds,
      limit: room,
    });
  const records = await claim();
  if (records.length > 0) {
    const claimMore = async () => (roomForWork(engine, limit) === limit ? claim() : []);
    const convergences = await convergeAll(engine, entity, {
      records,
      ...(records.length === limit && { claimMore }),
    });
    await settleAll(engine, convergences);
  }
  const followed = entity === 'customer' ? await followUpCustomers(engine) : 0;
  return records.length + followed;
}

/**
 * Converges claimed records of one entity; a failure of the whole is each record's. `asked`: by a person, who waits;
 * `claimMore`: claims what may be added to the records.
 */
export async function convergeAll(
  engine: Engine,
  entity: SyncEntity,
  {
    records,
    asked = false,
    claimMore,
  }: { records: ClaimedRecord[]; asked?: boolean; claimMore?: () => Promise<ClaimedRecord[]> },
): Promise<Convergence[]> {
  try {
    switch (entity) {
      case 'customer':
        return await convergePairs(engine, customerKind, { records, asked });
      case 'product':
        return await convergeProducts(engine, { records, asked });
      case 'price':
        return await convergePrices(engine, { records, asked });
      case 'invoice':
        return await convergeInvoices(engine, records, {
          touch: asked,
          acknowledged: asked,
          ...(claimMore && { claimMore }),
        });
      case 'payment':
        return await convergeMirrors(engine, paymentKind, records);
      case 'refund':
        return await convergeMirrors(engine, refundKind, records);
      case 'tax_rate':
        return await convergeMirrors(engine, taxRateKind, records);
      case 'credit_note':
        return await convergeMirrors(engine, creditNoteKind, records);
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
