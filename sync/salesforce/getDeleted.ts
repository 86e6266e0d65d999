import { toLongId } from '../domain/salesforceId.ts';
import type { SalesforceOrg } from './connection.ts';
import { requestTogether, type TogetherAnswer } from './requestTogether.ts';
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

export interface Span {
  start: Date;
  end: Date;
}

export interface DeletedAnswer {
  deletedRecords: { id: string; deletedDate: string }[];
  earliestDateAvailable: string;
  latestDateCovered: string;
}

const MINUTE_MS = 60_000;

/** Where the org names the records of an object that were deleted in a span of time. */
export const deletedPath = (object: string, { start, end }: Span) =>
  `/sobjects/${object}/deleted/?start=${encodeURIComponent(start.toISOString())}&end=${encodeURIComponent(end.toISOString())}`;

/**
 * What the org has said there. It refuses to name more than 600,000 records at once; the span is then asked for in
 * halves. Source: REST API Developer Guide, "sObject Get Deleted".
 */
export async function readDeleted(
  org: SalesforceOrg,
  { object, span }: { object: string; span: Span },
  answer: TogetherAnswer<DeletedAnswer>,
): Promise<Deleted> {
  if ('body' in answer) return deletedOf(answer.body);
  const [start, end] = [span.start.getTime(), span.end.getTime()];
  const middle = new Date((start + end) / 2);
  if (answer.failure.code !== 'crm_exceeded_id_limit' || middle.getTime() - start < MINUTE_MS)
    throw answer.failure;
  const halves = [
    { start: span.start, end: middle },
    { start: middle, end: span.end },
  ];
  const answers = await requestTogether<DeletedAnswer>(
    org,
    halves.map((half) => deletedPath(object, half)),
  );
  const first = await readDeleted(org, { object, span: halves[0]! }, answers[0]!);
  const second = await readDeleted(org, { object, span: halves[1]! }, answers[1]!);
  return { ...second, deleted: [...first.deleted, ...second.deleted] };
}

const deletedOf = ({ deletedRecords, earliestDateAvailable, latestDateCovered }: DeletedAnswer): Deleted => ({
  deleted: deletedRecords.map(({ id, deletedDate }) => ({
    id: toLongId(id) ?? id,
    deletedAt: orgTime(deletedDate),
  })),
  earliest: orgTime(earliestDateAvailable),
  coveredUntil: orgTime(latestDateCovered),
});
