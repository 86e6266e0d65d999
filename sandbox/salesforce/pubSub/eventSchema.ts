import { createHash } from 'node:crypto';
import avro from 'avsc';
import type { FieldDescribe, FieldType } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { eventName } from './channels.ts';

/** Where a field of the object is in its event: at the top, or within a compound field such as BillingAddress. */
export type Slot = { field: FieldDescribe; index: number; child?: { index: number; name: string } };

export type EventSchema = {
  id: string;
  json: string;
  type: avro.Type;
  /** By the API name of the stored field. */
  slots: Map<string, Slot>;
  /** Names of the top fields, by index; 0 is the header. */
  names: string[];
};

type AvroField = { name: string; type: unknown; default?: null };

// Change events leave out what the platform computes or keeps for itself.
const leftOut = new Set(['IsDeleted', 'SystemModstamp', 'LastViewedDate', 'LastReferencedDate']);

/** The Avro schema of an object's change events, for all its fields, whoever subscribes. */
export function eventSchema(object: ObjectSchema): EventSchema {
  const names = ['ChangeEventHeader'];
  const fields: AvroField[] = [{ name: 'ChangeEventHeader', type: header }];
  const slots = new Map<string, Slot>();
  const defined = new Set<string>();
  for (const field of object.fields) {
    const components = componentsOf(object, field.name);
    const index = names.length;
    if (components.length > 0) {
      const record = field.type === 'address' ? 'Address' : 'PersonName';
      const children = components.map((part) => ({ part, name: childName(part) }));
      children.forEach(({ part, name }, child) =>
        slots.set(part.name, { field: part, index, child: { index: child, name } }),
      );
      const inner = children.map(({ part, name }) => optional(name, primitive(part.type)));
      const type = defined.has(record) ? record : { type: 'record', name: record, fields: inner };
      defined.add(record);
      fields.push(optional(field.name, type));
      names.push(field.name);
    } else if (isCarried(object, field)) {
      slots.set(field.name, { field, index });
      fields.push(optional(field.name, primitive(field.type)));
      names.push(field.name);
    }
  }
  const schema = {
    type: 'record',
    name: eventName(object.name),
    namespace: 'com.sforce.eventbus',
    fields,
  } as avro.Schema;
  const json = JSON.stringify(schema);
  const id = createHash('md5').update(json).digest('base64url');
  return { id, json, type: avro.Type.forSchema(schema), slots, names };
}

/** The stored parts of a compound field: of an address, or of a person's name. */
function componentsOf(object: ObjectSchema, name: string): FieldDescribe[] {
  return object.fields.filter((part) => part.compoundFieldName === name && part.name !== name);
}

function isCarried(
  object: ObjectSchema,
  { name, type, calculated, compoundFieldName }: FieldDescribe,
): boolean {
  if (leftOut.has(name) || calculated || ['id', 'address', 'location'].includes(type)) return false;
  const inCompound = compoundFieldName !== null && compoundFieldName !== name;
  return !inCompound || object.field(compoundFieldName) === undefined;
}

/** BillingCity is City within BillingAddress; FirstName keeps its name within Name. */
function childName({ name, compoundFieldName }: FieldDescribe): string {
  return compoundFieldName?.endsWith('Address')
    ? name.slice(compoundFieldName.length - 'Address'.length)
    : name;
}

function optional(name: string, type: unknown): AvroField {
  return { name, type: ['null', type], default: null };
}

/** Dates and times are milliseconds since 1970. */
function primitive(type: FieldType): string {
  if (type === 'boolean') return 'boolean';
  if (type === 'int') return 'int';
  if (['double', 'currency', 'percent'].includes(type)) return 'double';
  return ['date', 'datetime', 'time'].includes(type) ? 'long' : 'string';
}

const strings = { type: 'array', items: 'string' };
const header = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', type: 'string' },
    { name: 'recordIds', type: strings },
    {
      name: 'changeType',
      type: {
        type: 'enum',
        name: 'ChangeType',
        symbols: [
          'CREATE',
          'UPDATE',
          'DELETE',
          'UNDELETE',
          'GAP_CREATE',
          'GAP_UPDATE',
          'GAP_DELETE',
          'GAP_UNDELETE',
          'GAP_OVERFLOW',
          'SNAPSHOT',
        ],
      },
    },
    { name: 'changeOrigin', type: 'string' },
    { name: 'transactionKey', type: 'string' },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', type: 'string' },
    { name: 'nulledFields', type: strings },
    { name: 'diffFields', type: strings },
    { name: 'changedFields', type: strings },
  ],
};
