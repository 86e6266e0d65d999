import { OrgError, throwFirst } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import { checkRules, checkUnique, checkValues, refuseMissing, refuseUnwritable } from './checkRecord.ts';
import { refuseDuplicates } from './duplicateRules.ts';
import { completePerson, isPerson, refuseForeignNames } from './personAccounts.ts';
import { resolveParents } from './recordInput.ts';
import type { RecordInput } from './recordInput.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

/** Changes one record. Like the platform it stamps the record also when every value was the same before. */
export function updateRecord(
  org: Org,
  actor: Actor,
  { id, input }: { id: string; input: RecordInput },
): StoredRecord {
  const { object } = input;
  const before = org.records.get(id);
  if (!before || before.object !== object.name)
    throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  if (before.deleted) throw new OrgError('ENTITY_IS_DELETED', 'entity is deleted', { fields: [] });
  const rights = actor.access.object(object);
  if (!rights.edit)
    throw new OrgError('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', {
      fields: [],
    });
  throwFirst(input.problems);
  return org.transaction(() => {
    throwFirst(resolveParents(org, input));
    const given = [...input.values.entries()];
    throwFirst(refuseForeignNames(input, before.values));
    throwFirst(
      refuseUnwritable(
        given
          .map(([field]) => field)
          .filter((field) => !field.updateable || !actor.access.canEdit(object, field)),
      ),
    );
    throwFirst(
      refuseMissing(
        given.flatMap(([field, value]) =>
          value === null && !field.nillable && field.type !== 'boolean' ? [field] : [],
        ),
      ),
    );
    throwFirst(checkValues(org, input));

    const values: Record<string, FieldValue> = { ...before.values };
    const changed: string[] = [];
    for (const [field, value] of input.values) {
      if ((before.values[field.name] ?? null) === value) continue;
      // No record of a multi-currency org is without one.
      if (value === null && field.name === 'CurrencyIsoCode') continue;
      changed.push(field.name);
      if (value === null) delete values[field.name];
      else values[field.name] = value;
    }
    if (isPerson(input, before.values)) completePerson(values);
    if (values['Name'] !== before.values['Name'] && !changed.includes('Name')) changed.push('Name');
    const record = stamp(org, actor, { ...before, values });
    throwFirst(checkRules(org, object, record));
    throwFirst(checkUnique(org, object, record));
    refuseDuplicates(org, record, changed);
    org.locks.take(org, record);
    org.records.put(record);
    const changedFields = [...changed, 'LastModifiedDate'];
    org.noteChange({ objectApiName: object.name, recordId: id, changeType: 'UPDATE', changedFields });
    return record;
  });
}

/** The record as changed now by this user. */
export function stamp(org: Org, actor: Actor, record: StoredRecord): StoredRecord {
  const now = org.now().toISOString();
  const stamps = { LastModifiedDate: now, LastModifiedById: actor.userId, SystemModstamp: now };
  return { ...record, values: { ...record.values, ...stamps } };
}
