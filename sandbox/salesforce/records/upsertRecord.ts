import { OrgError } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { insertRecord } from './insertRecord.ts';
import { resolveParents } from './recordInput.ts';
import type { RecordInput } from './recordInput.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';
import { updateRecord } from './updateRecord.ts';

export type Upsert = { key: FieldDescribe; value: FieldValue; input: RecordInput };
export type Upserted = { record: StoredRecord; created: boolean };

/** More than one record has the external id; a single upsert answers 300 with their addresses. */
export class MultipleChoices extends Error {
  readonly records: StoredRecord[];

  constructor(records: StoredRecord[]) {
    super('Multiple records match the external id.');
    this.records = records;
  }
}

/** The field a request may upsert by: an external id, or Id itself. */
export function upsertKey(object: ObjectSchema, name: string): FieldDescribe {
  const field = object.field(name);
  if (field && (field.externalId || field.type === 'id')) return field;
  throw new OrgError('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`);
}

/** Changes the record with this external id, or makes it. */
export function upsertRecord(org: Org, actor: Actor, { key, value, input }: Upsert): Upserted {
  const { object } = input;
  if (value === null) throw new OrgError('MISSING_ARGUMENT', `${key.name} not specified`, { fields: [] });
  const matches = org.records.lookup(object, key, value) ?? [];
  if (matches.length > 1) throw new MultipleChoices(matches);
  const [found] = matches;
  if (found) {
    dropUnchangedParent(org, input, found);
    return { record: updateRecord(org, actor, { id: found.id, input }), created: false };
  }
  if (key.type === 'id')
    throw new OrgError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', { fields: [] });
  input.values.set(key, value);
  return { record: insertRecord(org, actor, input), created: true };
}

/**
 * An upsert must name the master for the case of an insert, so naming the same master again is not a change of it;
 * another master is refused like in any update.
 */
function dropUnchangedParent(org: Org, input: RecordInput, found: StoredRecord): void {
  const fixed = input.object.fields.filter(
    (field) => field.type === 'reference' && field.createable && !field.updateable,
  );
  if (fixed.length === 0 || resolveParents(org, input).length > 0) return;
  input.parents = [];
  for (const field of fixed) {
    if (input.values.get(field) === found.values[field.name]) input.values.delete(field);
  }
}
