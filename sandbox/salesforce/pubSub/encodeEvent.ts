import type { Access } from '../access/access.ts';
import type { FieldValue } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { ChangeEvent } from './changeEvent.ts';
import type { EventSchema, Slot } from './eventSchema.ts';

export type Viewer = { object: ObjectSchema; schema: EventSchema; access: Access };

/** The Avro bytes of an event for a subscriber: fields this user may not read are neither shown nor named. */
export function encodeEvent(event: ChangeEvent, viewer: Viewer): Buffer {
  const { schema } = viewer;
  const body: Record<string, unknown> = Object.fromEntries(schema.names.map((name) => [name, null]));
  for (const slot of visibleSlots(Object.keys(event.values), viewer)) {
    const value = avroValue(slot, event.values[slot.field.name]!);
    const name = schema.names[slot.index]!;
    body[name] = slot.child ? { ...(body[name] as object | null), [slot.child.name]: value } : value;
  }
  body['ChangeEventHeader'] = eventHeader(event, viewer, bitmaps);
  return schema.type.toBuffer(body);
}

/** What every event says of itself; how it names fields depends on the protocol. */
export function eventHeader(event: ChangeEvent, viewer: Viewer, namesOf: (slots: Slot[]) => string[]) {
  const changed = visibleSlots(event.changed, viewer);
  return {
    entityName: event.entity,
    recordIds: event.recordIds,
    changeType: event.changeType,
    changeOrigin: event.origin,
    transactionKey: event.transactionKey,
    sequenceNumber: event.sequence,
    commitTimestamp: event.commitTimestamp,
    commitNumber: event.commitNumber,
    commitUser: event.commitUser,
    nulledFields: namesOf(changed.filter(({ field }) => event.values[field.name] === undefined)),
    // The platform sends long texts as differences in some cases, without saying when; here they come whole.
    diffFields: [],
    changedFields: namesOf(changed),
  };
}

/** Those of the named fields that an event carries and this user may read. */
export function visibleSlots(names: string[], { object, schema, access }: Viewer): Slot[] {
  return names.flatMap((name) => {
    const slot = schema.slots.get(name);
    return slot && access.canRead(object, slot.field) ? [slot] : [];
  });
}

/**
 * Sets of fields as the platform writes them: 0x20 is the top field with index 5, and 4-0x3 the first two fields within
 * the compound field with index 4.
 */
function bitmaps(slots: Slot[]): string[] {
  const top = bitmap(slots.filter(({ child }) => !child).map(({ index }) => index));
  const parents = [...new Set(slots.flatMap(({ index, child }) => (child ? [index] : [])))];
  const nested = parents.map((parent) => {
    const children = slots.flatMap(({ index, child }) => (child && index === parent ? [child.index] : []));
    return `${parent}-${bitmap(children)}`;
  });
  return [...(top === '0x0' ? [] : [top]), ...nested];
}

function bitmap(indexes: number[]): string {
  const bits = indexes.reduce((all, index) => all | (1n << BigInt(index)), 0n);
  return `0x${bits.toString(16).toUpperCase()}`;
}

function avroValue({ field }: Slot, value: FieldValue): unknown {
  if (field.type === 'date' || field.type === 'datetime') return Date.parse(String(value));
  if (field.type === 'time') return Date.parse(`1970-01-01T${String(value).replace(/Z?$/, 'Z')}`);
  return value;
}
