import { OrgError } from '../orgError.ts';
import { deletedAt, emptyRecycleBin, recycleBinDays } from '../records/recycleBin.ts';
import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';
import { targetObject } from './target.ts';

const minute = 60_000;
const day = 86_400_000;

/** Ids of records that were made or changed in a span of time. */
export function getUpdated(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const { start, end, latestDateCovered } = span(request, context);
  const ids: string[] = [];
  for (const record of context.org.records.values(object.name)) {
    const changed = Date.parse(String(record.values['SystemModstamp']));
    if (!record.deleted && changed >= start && changed < end) ids.push(record.id);
  }
  return ok({ ids, latestDateCovered });
}

/** Records that were deleted in a span of time and are still in the recycle bin. */
export function getDeleted(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const { start, end, latestDateCovered } = span(request, context);
  emptyRecycleBin(context.org);
  const deletedRecords: { deletedDate: string; id: string }[] = [];
  for (const record of context.org.records.values(object.name)) {
    const at = deletedAt(record);
    if (record.deleted && at >= start && at < end)
      deletedRecords.push({ deletedDate: dateTime(at), id: record.id });
  }
  const earliest = context.org.now().getTime() - recycleBinDays * day;
  return ok({ deletedRecords, earliestDateAvailable: dateTime(earliest), latestDateCovered });
}

/** Seconds are ignored on both sides, and the span must be a minute at least (SOAP API guide, getUpdated). */
function span({ query }: RestRequest, { org }: RestContext) {
  const moment = (name: string) => {
    const given = Date.parse(query.get(name) ?? '');
    if (Number.isNaN(given))
      throw new OrgError('INVALID_FIELD', `The ${name} date is missing or is not a date and time.`);
    return Math.floor(given / minute) * minute;
  };
  const [start, end] = [moment('start'), moment('end')];
  if (end - start < minute)
    throw new OrgError('INVALID_REPLICATION_DATE', 'startDate must be at least one minute before endDate');
  if (org.now().getTime() - start > 30 * day)
    throw new OrgError('INVALID_REPLICATION_DATE', 'startDate before org replication enabled date');
  const covered = Math.min(end, Math.floor(org.now().getTime() / minute) * minute);
  return { start, end, latestDateCovered: dateTime(covered) };
}

function dateTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
