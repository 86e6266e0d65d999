import { compileFormula } from '../formula/compileFormula.ts';
import type { Org } from '../org.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { FieldValue } from './storedRecord.ts';

/** What an insert fills in for fields that the record does not name: autonumbers and default values. */
export function defaultValue(org: Org, object: ObjectSchema, field: FieldDescribe): FieldValue {
  const format = object.autoNumberFormats.get(field.name);
  if (format) return org.records.nextAutoNumber(object.name, field.name, format);
  if (field.type === 'picklist')
    return field.picklistValues.find((entry) => entry.defaultValue)?.value ?? null;
  if (field.defaultValueFormula === null) return field.defaultValue;
  const value = compileFormula(field.defaultValueFormula).evaluate({ now: org.now(), read: () => null });
  return value === '' ? null : value;
}
