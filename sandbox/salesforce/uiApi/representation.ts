import { createHash } from 'node:crypto';
import type { Actor, Org } from '../org.ts';
import { OrgError } from '../orgError.ts';
import { displayValue } from '../records/displayValue.ts';
import { readField } from '../records/readField.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { masterRecordType } from '../schema/objectFlags.ts';

export type FieldValueRepresentation = { displayValue: string | null; value: unknown };
export type RecordRepresentation = {
  id: string;
  apiName: string;
  fields: Record<string, FieldValueRepresentation>;
  [key: string]: unknown;
};

/** Fields to show, as paths without the object's name: Name, Account__r.Name. */
export type Wanted = { fields: string[]; optionalFields: string[] };

/** A record as the UI API shows it. An unknown field is refused unless it is optional. */
export function represent(
  org: Org,
  actor: Actor,
  { record, wanted }: { record: StoredRecord; wanted: Wanted },
): RecordRepresentation {
  const representation = shell(record);
  for (const path of wanted.fields) {
    if (!addPath(org, actor, { record, into: representation, path: path.split('.') }))
      throw unknownField(record.object, path);
  }
  for (const path of wanted.optionalFields)
    addPath(org, actor, { record, into: representation, path: path.split('.') });
  return representation;
}

type Adding = { record: StoredRecord; into: RecordRepresentation; path: string[] };

/** False when this user cannot see such a field. */
function addPath(org: Org, actor: Actor, { record, into, path }: Adding): boolean {
  const [name = '', ...rest] = path;
  const object = org.schema.object(record.object)!;
  if (rest.length > 0) return addSpanning(org, actor, { record, into, path });
  const field = object.field(name);
  if (!field || !actor.access.canRead(object, field)) return false;
  const value = readField(org, record, field);
  into.fields[field.name] = {
    displayValue: displayValue(field, value, record.values['CurrencyIsoCode']),
    value,
  };
  return true;
}

/** A field over a lookup nests the parent's record; its display value is the parent's name. */
function addSpanning(
  org: Org,
  actor: Actor,
  { record, into, path: [relationship = '', ...rest] }: Adding,
): boolean {
  const object = org.schema.object(record.object)!;
  const lookup = object.relationship(relationship);
  const parentType = lookup && org.schema.object(lookup.referenceTo[0] ?? '');
  if (
    !lookup ||
    !parentType ||
    !actor.access.canRead(object, lookup) ||
    !actor.access.object(parentType).read
  )
    return false;
  if (rest.length === 1 && !visible(actor, parentType, rest[0]!)) return false;
  const parentId = record.values[lookup.name];
  const parent = typeof parentId === 'string' ? org.records.get(parentId) : undefined;
  if (!parent) {
    into.fields[lookup.relationshipName!] ??= { displayValue: null, value: null };
    return true;
  }
  const nested = (into.fields[lookup.relationshipName!] ??= {
    displayValue: nameOf(org, parent),
    value: shell(parent),
  });
  return addPath(org, actor, { record: parent, into: nested.value as RecordRepresentation, path: rest });
}

function visible(actor: Actor, object: ObjectSchema, name: string): boolean {
  const field = object.field(name);
  return field !== undefined && actor.access.canRead(object, field);
}

export function nameOf(org: Org, record: StoredRecord): string | null {
  const field = org.schema.object(record.object)?.nameField;
  return field ? (readField(org, record, field) as string | null) : null;
}

function shell(record: StoredRecord): RecordRepresentation {
  const { LastModifiedById = null, LastModifiedDate = null, SystemModstamp = null } = record.values;
  const eTag = createHash('md5').update(JSON.stringify(record)).digest('hex');
  return {
    apiName: record.object,
    childRelationships: {},
    eTag,
    fields: {},
    id: record.id,
    lastModifiedById: LastModifiedById,
    lastModifiedDate: LastModifiedDate,
    recordTypeId: masterRecordType.recordTypeId,
    recordTypeInfo: null,
    systemModstamp: SystemModstamp,
    weakEtag: Date.parse(String(SystemModstamp)),
  };
}

function unknownField(object: string, path: string): OrgError {
  return new OrgError(
    'INVALID_FIELD',
    `The requested field does not exist or is not accessible: ${object}.${path}`,
  );
}
