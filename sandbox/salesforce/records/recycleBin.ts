import { OrgError, throwFirst } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import { checkUnique } from './checkRecord.ts';
import type { StoredRecord } from './storedRecord.ts';
import { stamp } from './updateRecord.ts';

/** The platform keeps deleted records for 15 days. */
export const recycleBinDays = 15;

/** Restores a deleted record with the details that were deleted with it; lookups that were cleared stay so. */
export function undeleteRecord(org: Org, actor: Actor, id: string): void {
  const record = org.records.get(id);
  if (!record?.deleted) throw new OrgError('UNDELETE_FAILED', 'Entity is not in the recycle bin');
  const withIt = [...deletedRecords(org)].filter(({ deletedWith }) => deletedWith === id);
  org.transaction(() => {
    for (const each of [record, ...withIt]) restore(org, actor, each);
  });
}

/** Forgets what was deleted longer ago than the recycle bin keeps it. */
export function emptyRecycleBin(org: Org): void {
  const before = org.now().getTime() - recycleBinDays * 86_400_000;
  const old = [...deletedRecords(org)].filter((record) => deletedAt(record) < before);
  if (old.length === 0) return;
  org.transaction(() => {
    for (const record of old) org.records.remove(record);
  });
}

export function deletedAt(record: StoredRecord): number {
  return Date.parse(String(record.values['SystemModstamp']));
}

function restore(org: Org, actor: Actor, { deletedWith: _root, ...record }: StoredRecord): void {
  const object = org.schema.object(record.object)!;
  const restored = { ...stamp(org, actor, record), deleted: false };
  throwFirst(checkUnique(org, object, restored));
  org.records.put(restored);
  org.noteChange({
    objectApiName: object.name,
    recordId: record.id,
    changeType: 'UNDELETE',
    changedFields: Object.keys(restored.values),
  });
}

function* deletedRecords(org: Org): IterableIterator<StoredRecord> {
  for (const object of org.schema.objects) {
    for (const record of org.records.values(object.name)) if (record.deleted) yield record;
  }
}
