import { OrgError } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import { readScalar } from './readField.ts';
import { stamp } from './updateRecord.ts';
import type { StoredRecord } from './storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';

/**
 * Moves a record to the recycle bin, with its detail records. A lookup that restricts deletion refuses it; other
 * lookups at the record are cleared.
 */
export function deleteRecord(org: Org, actor: Actor, id: string): void {
  const record = org.records.get(id);
  const object = org.schema.objectOfId(id);
  if (!record || !object) throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  if (record.deleted) throw new OrgError('ENTITY_IS_DELETED', 'entity is deleted', { fields: [] });
  if (!actor.access.object(object).delete) {
    throw new OrgError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', {
      fields: [],
    });
  }
  org.transaction(() => remove(org, actor, { record, rootId: id }));
}

function remove(org: Org, actor: Actor, { record, rootId }: { record: StoredRecord; rootId: string }): void {
  const object = org.schema.object(record.object)!;
  org.locks.take(org, record);
  refuseRestricted(org, object, record);
  for (const { childSObject, field, cascadeDelete } of object.childRelationships) {
    for (const child of childrenOf(org, { childSObject, field }, record.id)) {
      if (cascadeDelete) remove(org, actor, { record: child, rootId });
      else clearLookup(org, actor, { child, field });
    }
  }
  const deletedWith = record.id === rootId ? {} : { deletedWith: rootId };
  org.records.put({ ...stamp(org, actor, record), deleted: true, ...deletedWith });
  org.noteChange({
    objectApiName: object.name,
    recordId: record.id,
    changeType: 'DELETE',
    changedFields: [],
  });
}

function refuseRestricted(org: Org, object: ObjectSchema, record: StoredRecord): void {
  for (const { childSObject, field, restrictedDelete } of object.childRelationships) {
    if (!restrictedDelete) continue;
    const children = childrenOf(org, { childSObject, field }, record.id);
    const child = org.schema.object(childSObject);
    if (children.length === 0 || !child) continue;
    const nameOf = (of: ObjectSchema, target: StoredRecord) =>
      of.nameField ? readScalar(org, target, of.nameField) : target.id;
    const names = children.map((target) => nameOf(child, target)).join(', ');
    const message = `Your attempt to delete ${nameOf(object, record)} could not be completed because it is associated with the following ${child.flags.labelPlural.toLowerCase()}.: ${names}\n`;
    throw new OrgError('DELETE_FAILED', message, { fields: [] });
  }
}

function clearLookup(org: Org, actor: Actor, { child, field }: { child: StoredRecord; field: string }): void {
  const { [field]: _cleared, ...values } = child.values;
  org.records.put(stamp(org, actor, { ...child, values }));
  const changedFields = [field, 'LastModifiedDate'];
  org.noteChange({ objectApiName: child.object, recordId: child.id, changeType: 'UPDATE', changedFields });
}

export function childrenOf(
  org: Org,
  { childSObject, field }: { childSObject: string; field: string },
  parentId: string,
): StoredRecord[] {
  const child = org.schema.object(childSObject);
  const lookup = child?.field(field);
  return child && lookup ? (org.records.lookup(child, lookup, parentId) ?? []) : [];
}
