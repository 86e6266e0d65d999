import type { Org } from '../org.ts';
import { roundHalfUp } from '../records/checkValue.ts';
import type { FieldValue, StoredRecord } from '../records/storedRecord.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import { compileFormula } from './compileFormula.ts';

/** How to read any field of any record; the caller knows formulas too. */
export type ReadScalar = (record: StoredRecord, field: FieldDescribe) => FieldValue;

/** The value of a formula field, from the metadata's own formula text. TODAY() is the day in UTC. */
export function formulaValue(
  org: Org,
  record: StoredRecord,
  { field, readScalar }: { field: FieldDescribe; readScalar: ReadScalar },
): FieldValue {
  const { evaluate } = compileFormula(field.calculatedFormula ?? '');
  const read = (path: string) =>
    readPath(org, record, { path, readScalar, nullIsZero: field.formulaTreatNullNumberAsZero });
  const value = evaluate({ now: org.now(), read });
  if (typeof value === 'number') return roundHalfUp(value, field.scale);
  return value === '' ? null : value;
}

/** Whether a record meets a condition, as of a validation rule. */
export function meets(
  org: Org,
  record: StoredRecord,
  { condition, readScalar }: { condition: string; readScalar: ReadScalar },
): boolean {
  const read = (path: string) => readPath(org, record, { path, readScalar, nullIsZero: false });
  return compileFormula(condition).evaluate({ now: org.now(), read }) === true;
}

type Reading = { path: string; readScalar: ReadScalar; nullIsZero: boolean };

function readPath(org: Org, record: StoredRecord, { path, readScalar, nullIsZero }: Reading): FieldValue {
  const [name = '', ...rest] = path.split('.');
  const object = org.schema.object(record.object)!;
  if (rest.length > 0) {
    const lookup = object.relationship(name);
    const id = lookup && record.values[lookup.name];
    const parent = typeof id === 'string' ? org.records.get(id) : undefined;
    return parent ? readPath(org, parent, { path: rest.join('.'), readScalar, nullIsZero }) : null;
  }
  const field = object.field(name);
  if (!field) throw new Error(`A formula uses ${record.object}.${name}, which does not exist.`);
  const stored = readScalar(record, field);
  // A formula sees 10 % as 0.1, where the API says 10.
  const value = field.type === 'percent' && stored !== null ? Number(`${stored}e-2`) : stored;
  const numeric = ['double', 'currency', 'percent', 'int'].includes(field.type);
  return value === null && numeric && nullIsZero ? 0 : value;
}
