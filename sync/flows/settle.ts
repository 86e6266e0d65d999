import { backoffMs, MAX_ATTEMPTS } from '../domain/backoff.ts';
import { orgObjects } from '../domain/entity.ts';
import type { Convergence, Engine } from '../engine.ts';
import { RetryableFailure, type SyncFailure } from '../failure.ts';
import { isOutage } from '../limits/standstill.ts';
import { soqlList } from '../salesforce/connection.ts';
import { updateRecords } from '../salesforce/writeRecords.ts';
import type { FollowUpKind } from '../store/followUps.ts';
import { settleRecords, type Settlement } from '../store/settleRecords.ts';
import { noteShown } from '../store/crmSnapshots.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';

/** Gives converged records back: clean, to be tried again, or parked with the reason on the org's record. */
export async function settleAll(
  engine: Engine,
  convergences: Convergence[],
  { commandId }: { commandId?: string } = {},
): Promise<void> {
  await settleRecords(
    engine.database,
    convergences.map((convergence) => ({
      record: convergence.record,
      settlement:
        convergence.kind === 'synced'
          ? { ...convergence, followUp: followUpOf(convergence) }
          : settlementOf(engine, convergence.record, convergence.failure),
    })),
    commandId ? { commandId } : {},
  );
  await showParked(engine, convergences);
}

function settlementOf(engine: Engine, record: ClaimedRecord, failure: SyncFailure): Settlement {
  const { code, message, stage } = failure;
  const passing = failure instanceof RetryableFailure;
  engine.log.warn(
    { entity: record.entity, crmId: record.crmId, stripeId: record.stripeId, code, stage },
    message,
  );
  // However long a side is down, no record is parked for it, and all are tried soon after it is back.
  const counts = !isOutage(engine, failure);
  if (!passing || (counts && record.attempts + 1 >= MAX_ATTEMPTS))
    return { kind: 'parked', followUp: followUpOfFailure(record, code), code, message, stage };
  const delayMs = failure.retryAfterMs ?? backoffMs(counts ? record.attempts : 0, engine.random());
  return { kind: 'retry', delayMs, counts, code, message, stage };
}

/** See `followUpCustomers.ts`. */
function followUpOf({ record, changes }: Extract<Convergence, { kind: 'synced' }>): FollowUpKind | undefined {
  if (record.entity !== 'customer' || !record.stripeId) return undefined;
  if (record.base === null) return 'first';
  return changes.length > 0 ? 'changed' : undefined;
}

function followUpOfFailure({ entity, stripeId }: ClaimedRecord, code: string): FollowUpKind | undefined {
  if (entity !== 'customer' || !stripeId) return undefined;
  return code === 'unpaired' ? 'unpaired' : code === 'crm_record_gone' ? 'gone' : undefined;
}

/**
 * Writes the reason to the org's record, unless it stands there already: the write is itself a change that
 * comes back to us, and must not start another round for ever. An org that cannot be written to keeps its old
 * text; the reason is then still in our own row.
 */
async function showParked(engine: Engine, convergences: Convergence[]): Promise<void> {
  const parked = convergences.flatMap((convergence) =>
    convergence.kind === 'failed' &&
    !(convergence.failure instanceof RetryableFailure) &&
    convergence.record.crmId
      ? [
          {
            record: convergence.record,
            crmId: convergence.record.crmId,
            message: convergence.failure.message.slice(0, 2000),
          },
        ]
      : [],
  );
  for (const entity of new Set(parked.map(({ record }) => record.entity))) {
    const object = orgObjects[entity];
    const ofObject = parked.filter(({ record }) => record.entity === entity);
    try {
      const shown = await engine.org.query<{
        Id: string;
        Sync_Status__c: string | null;
        Sync_Error__c: string | null;
      }>(
        `SELECT Id, Sync_Status__c, Sync_Error__c FROM ${object} WHERE Id IN ${soqlList(ofObject.map(({ crmId }) => crmId))}`,
      );
      const writes = ofObject.filter(({ crmId, message }) =>
        shown.some(
          (row) => row.Id === crmId && !(row.Sync_Status__c === 'Error' && row.Sync_Error__c === message),
        ),
      );
      const shownAs = (message: string) => ({ Sync_Status__c: 'Error', Sync_Error__c: message });
      await noteShown(
        engine.database,
        writes.map(({ record, message }) => ({ record, fields: shownAs(message) })),
      );
      const answers = await updateRecords(
        engine.org,
        writes.map(({ crmId, message }) => ({ object, id: crmId, fields: shownAs(message) })),
      );
      for (const answer of answers) {
        if ('failure' in answer)
          engine.log.warn({ code: answer.failure.code }, `The reason could not be written to the ${object}.`);
      }
    } catch (error) {
      engine.log.warn({ error }, `The reason could not be written to the ${object}.`);
    }
  }
}
