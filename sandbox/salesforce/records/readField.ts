import type { FieldDescribe } from '../schema/describeTypes.ts';
import { formulaValue } from '../formula/formulaField.ts';
import type { Org } from '../org.ts';
import { derivedValue } from './derivedFields.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

export type Address = {
  city: string | null;
  country: string | null;
  geocodeAccuracy: string | null;
  latitude: number | null;
  longitude: number | null;
  postalCode: string | null;
  state: string | null;
  street: string | null;
};
export type ReadValue = FieldValue | Address;

/** The value of any field of a record, also of those that are computed and never stored. */
export function readField(org: Org, record: StoredRecord, field: FieldDescribe): ReadValue {
  if (field.type === 'id') return record.id;
  if (field.type === 'address') return address(record, field.name.replace(/Address$/, ''));
  if (field.name === 'IsDeleted') return record.deleted;
  return readScalar(org, record, field);
}

/** The same for fields that hold one value; a compound address reads as null. */
export function readScalar(org: Org, record: StoredRecord, field: FieldDescribe): FieldValue {
  if (field.type === 'id') return record.id;
  if (field.name === 'IsDeleted') return record.deleted;
  if (field.calculated) {
    return formulaValue(org, record, { field, readScalar: (other, part) => readScalar(org, other, part) });
  }
  const derived = derivedValue(org, record, field);
  if (derived !== undefined) return derived;
  // The bytes are asked for at an address of their own.
  if (field.type === 'base64' && record.values[field.name])
    return `/services/data/v67.0/sobjects/${record.object}/${record.id}/${field.name}`;
  return record.values[field.name] ?? (field.type === 'boolean' ? false : null);
}

/** A datetime as the REST API writes it: 2026-11-21T10:00:00.000+0000. */
export function toJsonValue(field: FieldDescribe, value: ReadValue): ReadValue {
  return field.type === 'datetime' && typeof value === 'string' ? value.replace('Z', '+0000') : value;
}

function address(record: StoredRecord, prefix: string): Address | null {
  const text = (part: string) => (record.values[prefix + part] ?? null) as string | null;
  const coordinate = (part: string) => (record.values[prefix + part] ?? null) as number | null;
  const composed: Address = {
    city: text('City'),
    country: text('Country'),
    geocodeAccuracy: text('GeocodeAccuracy'),
    latitude: coordinate('Latitude'),
    longitude: coordinate('Longitude'),
    postalCode: text('PostalCode'),
    state: text('State'),
    street: text('Street'),
  };
  return Object.values(composed).every((part) => part === null) ? null : composed;
}
