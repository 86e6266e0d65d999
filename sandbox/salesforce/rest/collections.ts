import { OrgError, orgErrorsOf } from '../orgError.ts';
import { toId18 } from '../recordId.ts';
import { deleteRecord } from '../records/deleteRecord.ts';
import { insertRecord } from '../records/insertRecord.ts';
import { readField, toJsonValue } from '../records/readField.ts';
import { parseValue } from '../records/parseValue.ts';
import { readInput } from '../records/recordInput.ts';
import type { RecordInput } from '../records/recordInput.ts';
import { updateRecord } from '../records/updateRecord.ts';
import { MultipleChoices, upsertKey, upsertRecord } from '../records/upsertRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { attributes } from '../soql/selectStep.ts';
import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';
import { allowedRecords, runRows } from './collectionRows.ts';
import type { RawRecord } from './collectionRows.ts';
import { bodyObject, targetObject } from './target.ts';

export function createMany(request: RestRequest, context: RestContext): RestAnswer {
  const { records, allOrNone } = collection(request);
  const inputs = records.map((raw) => readRow(context, objectOfRow(context, raw), { raw }));
  return runRows(context.org, { allOrNone, rows: inputs }, (input) => {
    return { id: insertRecord(context.org, context.actor, usable(input)).id };
  });
}

export function updateMany(request: RestRequest, context: RestContext): RestAnswer {
  const { records, allOrNone } = collection(request);
  const rows = records.map((raw) => ({
    id: raw['id'] ?? raw['Id'],
    input: readRow(context, objectOfRow(context, raw), { raw }),
  }));
  return runRows(context.org, { allOrNone, rows }, ({ id, input }) => {
    const known = usable(input);
    if (id === undefined)
      throw new OrgError('MISSING_ARGUMENT', 'Id not specified in an update call', { fields: [] });
    const id18 = toId18(String(id));
    if (!id18 || context.org.schema.objectOfId(id18) !== known.object)
      throw malformedId(known.object, String(id));
    if (!context.org.records.get(id18)) throw unknownId();
    return { id: updateRecord(context.org, context.actor, { id: id18, input: known }).id };
  });
}

export function upsertMany(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[2]!);
  const key = upsertKey(object, request.segments[3]!);
  const { records, allOrNone } = collection(request);
  const isKey = (name: string) => name.toLowerCase() === key.name.toLowerCase();
  const rows = records.map((raw) => {
    const named = Object.entries(raw).find(([name]) => isKey(name));
    const rest = Object.fromEntries(Object.entries(raw).filter(([name]) => !isKey(name)));
    return { value: parseValue(key, named?.[1]), input: readRow(context, object, { raw: rest }) };
  });
  const twice = new Set(
    rows.map((row) => row.value).filter((value, i, all) => value !== null && all.indexOf(value) !== i),
  );
  return runRows(context.org, { allOrNone, rows, failed: { created: true } }, ({ value, input }) => {
    if (twice.has(value)) {
      throw new OrgError('DUPLICATE_VALUE', `Duplicate external id specified: ${value}`, {
        fields: [key.name],
      });
    }
    try {
      const { record, created } = upsertRecord(context.org, context.actor, {
        key,
        value,
        input: usable(input),
      });
      return { id: record.id, created };
    } catch (error) {
      if (!(error instanceof MultipleChoices)) throw error;
      const message = `More than one record found for external id field: [${error.records.map(({ id }) => id).join(', ')}]`;
      throw new OrgError('DUPLICATE_VALUE', message, { fields: [key.name] });
    }
  });
}

export function deleteMany(request: RestRequest, context: RestContext): RestAnswer {
  const ids = (request.query.get('ids') ?? '').split(',').filter(Boolean);
  allowedRecords(ids);
  const allOrNone = request.query.get('allOrNone') === 'true';
  return runRows(context.org, { allOrNone, rows: ids }, (id) => {
    const id18 = toId18(id);
    if (!id18 || !context.org.schema.objectOfId(id18))
      throw new OrgError('MALFORMED_ID', `malformed id ${id}`, { fields: [] });
    if (!context.org.records.get(id18)) throw unknownId();
    deleteRecord(context.org, context.actor, id18);
    return { id: id18 };
  });
}

/** Answers one entry for each id, null for those that are not there. */
export function retrieveMany(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[2]!);
  const asked = request.method === 'POST' ? bodyObject(request) : Object.fromEntries(request.query);
  const list = (value: unknown) =>
    typeof value === 'string' ? value.split(',') : ((value ?? []) as string[]);
  const fields = list(asked['fields']).map((name) => {
    const field = object.field(name);
    if (field && context.actor.access.canRead(object, field)) return field;
    throw new OrgError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
  });
  const ids = list(asked['ids']);
  if (ids.length > 2000)
    throw new OrgError(
      'EXCEEDED_ID_LIMIT',
      'record limit reached. cannot submit more than 2000 records in this call',
    );
  return ok(
    ids.map((id) => {
      const id18 = toId18(id);
      if (!id18) throw malformedId(object, id);
      const record = context.org.records.get(id18);
      if (!record || record.deleted || record.object !== object.name) return null;
      const body: Record<string, unknown> = { attributes: attributes(request, record) };
      for (const field of fields)
        body[field.name] = toJsonValue(field, readField(context.org, record, field));
      if (!fields.some((field) => field.type === 'id')) body['Id'] = record.id;
      return body;
    }),
  );
}

function collection(request: RestRequest): { records: RawRecord[]; allOrNone: boolean } {
  const { records, allOrNone } = bodyObject(request);
  if (!Array.isArray(records))
    throw new OrgError('JSON_PARSER_ERROR', "Required field 'records' is missing or is not a list.");
  allowedRecords(records);
  return { records: records as RawRecord[], allOrNone: allOrNone === true };
}

type Row = RecordInput | OrgError;

/** A row whose object is unknown fails alone; a value of the wrong kind refuses the request. */
function readRow(
  { org, actor }: RestContext,
  object: ObjectSchema | OrgError,
  { raw }: { raw: RawRecord },
): Row {
  if (object instanceof OrgError) return object;
  const { id: _lower, Id: _upper, ...fields } = raw;
  return readInput(org, actor.access, { object, raw: fields });
}

function usable(row: Row): RecordInput {
  if (row instanceof OrgError) throw row;
  return row;
}

function objectOfRow(context: RestContext, raw: RawRecord): ObjectSchema | OrgError {
  const type = raw.attributes?.type;
  if (!type)
    throw new OrgError('INVALID_INPUT', 'The type attribute is required in each record of the collection.');
  try {
    return targetObject(context, type);
  } catch (error) {
    if (!orgErrorsOf(error)) throw error;
    return new OrgError('INVALID_TYPE', `sObject type '${type}' is not supported.`, { fields: [] });
  }
}

function malformedId(object: ObjectSchema, id: string): OrgError {
  return new OrgError('MALFORMED_ID', `${object.flags.label} ID: id value of incorrect type: ${id}`, {
    fields: ['Id'],
  });
}

function unknownId(): OrgError {
  return new OrgError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', { fields: [] });
}
