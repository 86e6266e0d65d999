import avro from 'avsc';

export type ChangeType =
  | 'CREATE'
  | 'UPDATE'
  | 'DELETE'
  | 'UNDELETE'
  | 'SNAPSHOT'
  | 'GAP_CREATE'
  | 'GAP_UPDATE'
  | 'GAP_DELETE'
  | 'GAP_UNDELETE'
  | 'GAP_OVERFLOW';

/** A change event as the org describes it. Source: Change Data Capture Developer Guide, "Change Event Header". */
export interface CrmChange {
  entityName: string;
  /** Several when the same change was made to several records at once. */
  recordIds: string[];
  changeType: ChangeType;
  changeOrigin: string;
  transactionKey: string;
  /** Milliseconds since 1970. */
  commitTimestamp: number;
  commitUser: string;
  /** Of a compound field as `Name.FirstName`. */
  changedFields: string[];
  /** Those of long texts that come as the difference to the text before, not as the text. */
  diffFields: string[];
  /** What the event says of the record: for an update only what has changed. Blanks are left out. */
  fields: Record<string, unknown>;
}

export type ChangeDecoder = (payload: Buffer) => CrmChange;

interface Header extends Omit<CrmChange, 'fields'> {
  nulledFields: string[];
  diffFields: string[];
}

/** Makes the decoder of one event schema, which is Avro in JSON. */
export function changeDecoder(schemaJson: string): ChangeDecoder {
  const type = avro.Type.forSchema(JSON.parse(schemaJson) as avro.Schema, {
    registry: { long: exactLong },
  }) as avro.types.RecordType;
  return (payload) => {
    const { ChangeEventHeader: header, ...fields } = type.fromBuffer(payload) as {
      ChangeEventHeader: Header;
    };
    return {
      entityName: header.entityName,
      recordIds: header.recordIds,
      changeType: header.changeType,
      changeOrigin: header.changeOrigin,
      transactionKey: header.transactionKey,
      commitTimestamp: Number(header.commitTimestamp),
      commitUser: header.commitUser,
      changedFields: [
        ...new Set([...fieldNames(type, header.changedFields), ...fieldNames(type, header.nulledFields)]),
      ],
      diffFields: fieldNames(type, header.diffFields),
      fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    };
  };
}

/**
 * Names of the fields in bitmaps: `0x12` are fields 1 and 4 of the event, counted from the lowest bit, and
 * `4-0x3` are the first two within its fifth field. Source: Pub/Sub API, "Event Deserialization Considerations".
 */
export function fieldNames(type: avro.types.RecordType, bitmaps: string[]): string[] {
  return bitmaps.flatMap((bitmap) => {
    const nested = /^(\d+)-(0x[0-9a-f]+)$/i.exec(bitmap);
    if (!nested) return namesOf(type, bitmap);
    const parent = type.fields[Number(nested[1])];
    const inner = parent && recordIn(parent.type);
    return inner ? namesOf(inner, nested[2]!).map((name) => `${parent.name}.${name}`) : [];
  });
}

function namesOf(type: avro.types.RecordType, bitmap: string): string[] {
  const bits = BigInt(bitmap);
  return type.fields.filter((_, index) => (bits >> BigInt(index)) & 1n).map((field) => field.name);
}

/** The record of a field that is one, or is one or null. */
function recordIn(type: avro.Type): avro.types.RecordType | undefined {
  const candidates = (type as Partial<avro.types.UnwrappedUnionType>).types ?? [type];
  return candidates.find((each): each is avro.types.RecordType => each.typeName === 'record');
}

/** A long beyond 2^53 stays exact as text; avsc itself refuses to read one. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => exact(bytes.readBigInt64LE()),
  toBuffer: (value: number | string) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number | string) => exact(BigInt(value)),
  toJSON: (value: number | string) => value,
  isValid: (value: unknown) =>
    Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value)),
  compare: (left: number | string, right: number | string) => Number(BigInt(left) - BigInt(right)),
});

function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
