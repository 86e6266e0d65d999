import { extract, parse } from 'formulon';
import type { Literal } from 'formulon';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { Org } from '../org.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

/** A formula field, and how to read the other fields of its record. */
type Formula = { field: FieldDescribe; read(field: FieldDescribe): FieldValue };

// Stored records are never changed in place, so a value computed from one holds until the next day (TODAY() is UTC here).
const cache = new WeakMap<StoredRecord, { day: string; values: Map<string, FieldValue> }>();

/** The value of a formula field, evaluated from the metadata's own formula text. */
export function formulaValue(org: Org, record: StoredRecord, { field, read }: Formula): FieldValue {
  const day = org.now().toISOString().slice(0, 10);
  let cached = cache.get(record);
  if (cached?.day !== day) {
    cached = { day, values: new Map() };
    cache.set(record, cached);
  }
  const known = cached.values.get(field.name);
  if (known !== undefined) return known;
  const value = evaluate(org, record, { field, read });
  cached.values.set(field.name, value);
  return value;
}

function evaluate(org: Org, record: StoredRecord, { field: formula, read }: Formula): FieldValue {
  const text = formula.calculatedFormula ?? '';
  const object = org.schema.object(record.object);
  const inputs: Record<string, Literal> = {};
  for (const name of extract(text)) {
    const field = object?.field(name);
    if (!field)
      throw new Error(
        `The formula of ${record.object}.${formula.name} uses ${name}, which is not a field of the same object.`,
      );
    inputs[name] = literal(field, read(field), formula.formulaTreatNullNumberAsZero);
  }
  const result = parse(text, inputs);
  if (result.type === 'error')
    throw new Error(`The formula of ${record.object}.${formula.name} failed: ${result.message}`);
  if (result.value instanceof Date) {
    return formula.type === 'date' ? result.value.toISOString().slice(0, 10) : result.value.toISOString();
  }
  return result.value === '' ? null : (result.value as FieldValue);
}

function literal(field: FieldDescribe, value: FieldValue, nullIsZero: boolean): Literal {
  const numeric = ['double', 'currency', 'percent', 'int'].includes(field.type);
  if (value === null && !(numeric && nullIsZero)) return { type: 'literal', dataType: 'null', value: null };
  if (numeric) {
    const options = { length: field.precision - field.scale || 18, scale: field.scale };
    return { type: 'literal', dataType: 'number', value: Number(value ?? 0), options };
  }
  if (field.type === 'boolean')
    return { type: 'literal', dataType: 'checkbox', value: value === true, options: {} };
  if (field.type === 'date' || field.type === 'datetime') {
    return { type: 'literal', dataType: field.type, value: new Date(String(value)), options: {} };
  }
  if (field.type === 'picklist') {
    const values = field.picklistValues.map((entry) => entry.value);
    return { type: 'literal', dataType: 'picklist', value: String(value), options: { values } };
  }
  return {
    type: 'literal',
    dataType: 'text',
    value: String(value),
    options: { length: String(value).length },
  };
}
