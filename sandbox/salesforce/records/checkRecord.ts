import { meets } from '../formula/formulaField.ts';
import { OrgError } from '../orgError.ts';
import type { Org } from '../org.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { checkReference } from './checkReference.ts';
import { checkValue } from './checkValue.ts';
import { readScalar } from './readField.ts';
import type { RecordInput } from './recordInput.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

/** Checks every given value, replacing it by what is stored. */
export function checkValues(org: Org, input: RecordInput): OrgError[] {
  const errors: OrgError[] = [];
  for (const [field, value] of input.values) {
    const checked = field.type === 'reference' ? checkReference(org, field, value) : checkValue(field, value);
    if (checked instanceof OrgError) errors.push(checked);
    else input.values.set(field, checked);
  }
  return errors;
}

/** One error for all fields that this user, or anybody, may not write. */
export function refuseUnwritable(fields: FieldDescribe[]): OrgError[] {
  if (fields.length === 0) return [];
  const names = fields.map((field) => field.name);
  const message = `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  return [new OrgError('INVALID_FIELD_FOR_INSERT_UPDATE', message, { fields: names })];
}

export function refuseMissing(fields: FieldDescribe[]): OrgError[] {
  if (fields.length === 0) return [];
  const names = fields.map((field) => field.name);
  return [
    new OrgError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, {
      fields: names,
    }),
  ];
}

/** Fields that must hold something and that the platform does not fill in itself. */
export function isRequired(field: FieldDescribe): boolean {
  return !field.nillable && !field.defaultedOnCreate && field.createable && field.type !== 'boolean';
}

/** The org's validation rules, on the record as it would be saved. */
export function checkRules(org: Org, object: ObjectSchema, record: StoredRecord): OrgError[] {
  const read = (other: StoredRecord, field: FieldDescribe) => readScalar(org, other, field);
  return object.validationRules
    .filter(({ formula }) => meets(org, record, { condition: formula, readScalar: read }))
    .map(
      ({ message, field }) =>
        new OrgError('FIELD_CUSTOM_VALIDATION_EXCEPTION', message, { fields: field ? [field] : [] }),
    );
}

export function checkUnique(org: Org, object: ObjectSchema, record: StoredRecord): OrgError[] {
  return object.fields
    .filter((field) => field.unique)
    .flatMap((field) => {
      const value: FieldValue = record.values[field.name] ?? null;
      const other = org.records.lookup(object, field, value)?.find(({ id }) => id !== record.id);
      return other ? [duplicateValue(field.name, other.id)] : [];
    });
}

function duplicateValue(field: string, otherId: string): OrgError {
  const message = `duplicate value found: ${field} duplicates value on record with id: ${otherId.slice(0, 15)}`;
  return new OrgError('DUPLICATE_VALUE', message, { fields: [] });
}
