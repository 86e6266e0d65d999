import { OrgError } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import { toId18 } from '../recordId.ts';
import { deleteRecord } from '../records/deleteRecord.ts';
import { insertRecord } from '../records/insertRecord.ts';
import { parseValue } from '../records/parseValue.ts';
import { readInput } from '../records/recordInput.ts';
import { updateRecord } from '../records/updateRecord.ts';
import { MultipleChoices, upsertKey, upsertRecord } from '../records/upsertRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';

export type Operation = 'insert' | 'update' | 'upsert' | 'delete';
export type RowWriter = (row: string[]) => { id: string; created: boolean };
type Raw = Record<string, unknown>;
type Writing = {
  org: Org;
  actor: Actor;
  object: ObjectSchema;
  operation: Operation;
  externalIdFieldName: string | undefined;
  columns: string[];
};

/** A column that is neither a field nor a parent's external id, for example Account__r.Stripe_Customer_Id__c. */
export function unknownColumn(org: Org, object: ObjectSchema, columns: string[]): string | undefined {
  return columns.find((column) => {
    const [name = '', key] = column.split('.');
    if (key === undefined) return !object.field(name);
    const parent = org.schema.object(object.relationship(name)?.referenceTo[0] ?? '');
    return !parent?.field(key);
  });
}

/** Saves one row of the file; throws the platform's refusals. */
export function rowWriter(writing: Writing): RowWriter {
  const { org, actor, object, operation } = writing;
  const input = (raw: Raw) => readInput(org, actor.access, { object, raw });
  switch (operation) {
    case 'insert':
      return (row) => {
        const { Id: _none, ...raw } = rawRecord(writing, row);
        return { id: insertRecord(org, actor, input(raw)).id, created: true };
      };
    case 'update':
      return (row) => {
        const { Id, ...raw } = rawRecord(writing, row);
        return { id: updateRecord(org, actor, { id: recordId(Id), input: input(raw) }).id, created: false };
      };
    case 'delete':
      return (row) => {
        const id = recordId(rawRecord(writing, row)['Id']);
        deleteRecord(org, actor, id);
        return { id, created: false };
      };
    case 'upsert':
      return upsertWriter(writing, input);
  }
}

function upsertWriter(writing: Writing, input: (raw: Raw) => ReturnType<typeof readInput>): RowWriter {
  const { org, actor, object, externalIdFieldName = 'Id' } = writing;
  const key = upsertKey(object, externalIdFieldName);
  return (row) => {
    const { Id, ...raw } = rawRecord(writing, row);
    const given = key.type === 'id' ? Id : raw[key.name];
    delete raw[key.name];
    try {
      const value = parseValue(key, given);
      const { record, created } = upsertRecord(org, actor, { key, value, input: input(raw) });
      return { id: record.id, created };
    } catch (error) {
      if (!(error instanceof MultipleChoices)) throw error;
      throw new OrgError('DUPLICATE_VALUE', `More than one record found for external id field: ${key.name}`);
    }
  };
}

/** An empty cell leaves the field as it is, #N/A empties it (Bulk API 2.0 guide, "Valid CSV Record Rows"). */
function rawRecord({ object, columns }: Writing, row: string[]): Raw {
  const raw: Raw = {};
  columns.forEach((column, i) => {
    const cell = row[i] ?? '';
    if (cell === '') return;
    const value = cell === '#N/A' ? null : cell;
    const [name = '', key] = column.split('.');
    if (key === undefined) raw[object.field(name)!.name] = value;
    else raw[name] = value === null ? null : { [key]: value };
  });
  return raw;
}

function recordId(given: unknown): string {
  if (given === undefined || given === null)
    throw new OrgError('MISSING_ARGUMENT', 'Id not specified in an update call', { fields: ['Id'] });
  const id = toId18(String(given));
  if (!id) throw new OrgError('MALFORMED_ID', `malformed id ${String(given)}`, { fields: ['Id'] });
  return id;
}
