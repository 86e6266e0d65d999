import { OrgError, throwFirst } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import {
  checkRules,
  checkUnique,
  checkValues,
  isRequired,
  refuseMissing,
  refuseUnwritable,
} from './checkRecord.ts';
import { defaultCurrencyOf } from '../schema/currencies.ts';
import { defaultValue } from './defaults.ts';
import { refuseDuplicates } from './duplicateRules.ts';
import { completePerson, isPerson, refuseForeignNames } from './personAccounts.ts';
import { resolveParents } from './recordInput.ts';
import type { RecordInput } from './recordInput.ts';
import { completeStandardRecord } from './standardRules.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

/** Makes one record of what a request gave, or throws OrgErrors and leaves everything as it was. */
export function insertRecord(org: Org, actor: Actor, input: RecordInput): StoredRecord {
  const { object } = input;
  if (!actor.access.object(object).create) {
    throw new OrgError(
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      `entity type cannot be inserted: ${object.flags.label}`,
      { fields: [] },
    );
  }
  throwFirst(input.problems);
  return org.transaction(() => {
    throwFirst(resolveParents(org, input));
    const given = [...input.values.keys()];
    throwFirst(refuseForeignNames(input));
    const person = isPerson(input);
    throwFirst(
      refuseUnwritable(given.filter((field) => !field.createable || !actor.access.canEdit(object, field))),
    );
    throwFirst(
      refuseMissing(
        object.fields
          .filter((field) => isRequired(field) && !(person && field.name === 'Name'))
          .filter((field) => (input.values.get(field) ?? null) === null),
      ),
    );
    throwFirst(checkValues(org, input));

    const now = org.now().toISOString();
    const values: Record<string, FieldValue> = {};
    for (const field of object.fields) {
      const value = input.values.has(field) ? input.values.get(field)! : defaultValue(org, object, field);
      if (value !== null) values[field.name] = value;
    }
    if (object.field('OwnerId')) values['OwnerId'] ??= actor.userId;
    if (object.field('CurrencyIsoCode')) values['CurrencyIsoCode'] ??= defaultCurrencyOf(org, actor.userId)!;
    Object.assign(values, { CreatedDate: now, CreatedById: actor.userId });
    Object.assign(values, { LastModifiedDate: now, LastModifiedById: actor.userId, SystemModstamp: now });
    delete values['IsDeleted'];
    if (person) completePerson(values);

    const record = completeStandardRecord(org, {
      id: org.records.nextId(object),
      object: object.name,
      deleted: false,
      values,
    });
    throwFirst(checkRules(org, object, record));
    throwFirst(checkUnique(org, object, record));
    refuseDuplicates(org, record);
    org.locks.take(org, record, { isNew: true });
    org.records.put(record);
    const changedFields = Object.keys(record.values);
    org.noteChange({ objectApiName: object.name, recordId: record.id, changeType: 'CREATE', changedFields });
    return record;
  });
}
