import { toLongId } from '../domain/salesforceId.ts';
import { isSyncFailure } from '../failure.ts';
import type { SalesforceOrg } from './connection.ts';
import { orgTime } from './values.ts';

export interface DeletedRecord {
  id: string;
  deletedAt: Date;
}

export interface Deleted {
  deleted: DeletedRecord[];
  /** What was deleted before is not told of any more: the org purges its log when it grows too large. */
  earliest: Date;
  /** Where to go on next time: what began before may not have been committed yet. */
  coveredUntil: Date;
}

interface Answer {
  deletedRecords: { id: string; deletedDate: string }[];
  earliestDateAvailable: string;
  latestDateCovered: string;
}

const MINUTE_MS = 60_000;

/**
 * The records of an object that were deleted in a span of time. The org refuses to name more than 600,000 at once; the
 * span is then asked for in halves. Source: REST API Developer Guide, "sObject Get Deleted".
 */
export async function getDeleted(
  org: SalesforceOrg,
  object: string,
  { start, end }: { start: Date; end: Date },
): Promise<Deleted> {
  try {
    const span = `start=${encodeURIComponent(start.toISOString())}&end=${encodeURIComponent(end.toISOString())}`;
    const answer = await org.request<Answer>('GET', `/sobjects/${object}/deleted/?${span}`);
    return {
      deleted: answer.deletedRecords.map(({ id, deletedDate }) => ({
        id: toLongId(id) ?? id,
        deletedAt: orgTime(deletedDate),
      })),
      earliest: orgTime(answer.earliestDateAvailable),
      coveredUntil: orgTime(answer.latestDateCovered),
    };
  } catch (error) {
    const tooMany = isSyncFailure(error) && error.code === 'crm_exceeded_id_limit';
    const middle = new Date((start.getTime() + end.getTime()) / 2);
    if (!tooMany || middle.getTime() - start.getTime() < MINUTE_MS) throw error;
    const first = await getDeleted(org, object, { start, end: middle });
    const second = await getDeleted(org, object, { start: middle, end });
    return { ...second, deleted: [...first.deleted, ...second.deleted] };
  }
}
