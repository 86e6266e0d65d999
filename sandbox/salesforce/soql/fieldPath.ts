import { readField } from '../records/readField.ts';
import type { ReadValue } from '../records/readField.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { queriedField, queriedObject, queriedRelationship } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';

/** A field reached over lookups, for example Account__r.Owner.Name. */
export type FieldPath = {
  /** The lookup fields on the way. */
  hops: FieldDescribe[];
  object: ObjectSchema;
  field: FieldDescribe;
  read(record: StoredRecord): ReadValue;
};

export function resolvePath(
  scope: QueryScope,
  { object, alias, path }: { object: ObjectSchema; alias?: string | undefined; path: string },
): FieldPath {
  const names = withoutAlias(path.split('.'), object, alias);
  const hops: FieldDescribe[] = [];
  let current = object;
  for (const name of names.slice(0, -1)) {
    const lookup = queriedRelationship(scope, current, name);
    hops.push(lookup);
    current = queriedObject(scope, lookup.referenceTo[0]!);
  }
  const field = queriedField(scope, current, names.at(-1)!);
  const read = (record: StoredRecord): ReadValue => {
    const target = follow(scope, record, hops);
    return target ? readField(scope.org, target, field) : null;
  };
  return { hops, object: current, field, read };
}

/** The record at the end of the lookups; undefined when one on the way is empty. */
export function follow(
  scope: QueryScope,
  record: StoredRecord,
  hops: FieldDescribe[],
): StoredRecord | undefined {
  let current: StoredRecord | undefined = record;
  for (const { name } of hops) {
    const id: unknown = current.values[name];
    current = typeof id === 'string' ? scope.org.records.get(id) : undefined;
    if (!current) return undefined;
  }
  return current;
}

function withoutAlias(names: string[], object: ObjectSchema, alias: string | undefined): string[] {
  const first = names[0]!.toLowerCase();
  const prefixed =
    first === alias?.toLowerCase() || (first === object.name.toLowerCase() && !object.relationship(first));
  return names.length > 1 && prefixed ? names.slice(1) : names;
}
