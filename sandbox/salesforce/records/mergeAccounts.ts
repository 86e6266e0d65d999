import { OrgError } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import { childrenOf } from './deleteRecord.ts';
import type { StoredRecord } from './storedRecord.ts';
import { stamp } from './updateRecord.ts';

/**
 * Merges accounts into one, as a person does in the org: all that points at a losing account points at the master
 * afterwards, and the loser goes to the recycle bin with the master's id on it.
 */
export function mergeAccounts(
  org: Org,
  actor: Actor,
  { masterId, mergedIds }: { masterId: string; mergedIds: string[] },
): void {
  const master = living(org, masterId);
  if (mergedIds.length < 1 || mergedIds.length > 2 || mergedIds.includes(masterId))
    throw new OrgError('INVALID_INPUT', 'One or two other accounts can be merged into a master at once.');
  org.transaction(() => {
    for (const id of mergedIds) {
      const loser = living(org, id);
      moveChildren(org, actor, { from: loser.id, to: master.id });
      const values = { ...loser.values, MasterRecordId: master.id };
      org.records.put({ ...stamp(org, actor, { ...loser, values }), deleted: true });
      org.noteChange({ objectApiName: 'Account', recordId: id, changeType: 'DELETE', changedFields: [] });
    }
    update(org, actor, { record: master, changed: [] });
  });
}

function moveChildren(org: Org, actor: Actor, { from, to }: { from: string; to: string }): void {
  for (const { childSObject, field } of org.schema.object('Account')!.childRelationships) {
    for (const child of childrenOf(org, { childSObject, field }, from)) {
      const record = { ...child, values: { ...child.values, [field]: to } };
      update(org, actor, { record, changed: [field] });
    }
  }
}

function update(
  org: Org,
  actor: Actor,
  { record, changed }: { record: StoredRecord; changed: string[] },
): void {
  org.records.put(stamp(org, actor, record));
  org.noteChange({
    objectApiName: record.object,
    recordId: record.id,
    changeType: 'UPDATE',
    changedFields: [...changed, 'LastModifiedDate'],
  });
}

function living(org: Org, id: string): StoredRecord {
  const record = org.records.get(id);
  if (record?.object !== 'Account' || record.deleted)
    throw new OrgError('INVALID_CROSS_REFERENCE_KEY', `There is no account ${id} to merge.`);
  return record;
}
