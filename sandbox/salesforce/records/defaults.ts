import { parse } from 'formulon';
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
  if (field.defaultValueFormula !== null) return evaluateDefault(object, field, field.defaultValueFormula);
  return field.defaultValue;
}

function evaluateDefault(object: ObjectSchema, field: FieldDescribe, formula: string): FieldValue {
  const result = parse(formula);
  if (result.type === 'error')
    throw new Error(`The default value of ${object.name}.${field.name} failed: ${result.message}`);
  if (result.value instanceof Date) {
    return field.type === 'date' ? result.value.toISOString().slice(0, 10) : result.value.toISOString();
  }
  return result.value as FieldValue;
}
