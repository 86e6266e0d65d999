import { OrgError } from '../orgError.ts';
import { deleteRecord } from '../records/deleteRecord.ts';
import { insertRecord } from '../records/insertRecord.ts';
import { readField, toJsonValue } from '../records/readField.ts';
import { readInput } from '../records/recordInput.ts';
import { parseValue } from '../records/parseValue.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import { updateRecord } from '../records/updateRecord.ts';
import { MultipleChoices, upsertKey, upsertRecord } from '../records/upsertRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { attributes } from '../soql/selectStep.ts';
import { noContent, ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';
import { bodyObject, changedSince, targetObject, targetRecord } from './target.ts';

const preconditionFailed: RestAnswer = { status: 412 };

export function createOne(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const raw = bodyObject(request);
  if (Object.keys(raw).some((name) => name.toLowerCase() === 'id')) {
    throw new OrgError('INVALID_FIELD', 'The Id field should not be specified in the sobject data.');
  }
  const input = readInput(context.org, context.actor.access, { object, raw });
  const record = insertRecord(context.org, context.actor, input);
  const headers = { Location: attributes(request, record).url };
  return { status: 201, headers, body: { id: record.id, success: true, errors: [] } };
}

export function retrieveOne(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const record = targetRecord(context, object, request.segments[2]!);
  if (changedSince(request, record)) return preconditionFailed;
  return ok(show(request, context, { object, record }));
}

export function retrieveByKey(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const [found, ...others] = findByKey(request, context, object);
  if (!found) throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  if (others.length > 0) return multipleChoices(request, [found, ...others]);
  return ok(show(request, context, { object, record: found }));
}

/** The bytes of a blob field, as of a file's version. */
export function retrieveBlob(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const record = targetRecord(context, object, request.segments[2]!);
  const field = object.field(request.segments[3]!);
  const data = field?.type === 'base64' ? record.values[field.name] : undefined;
  if (typeof data !== 'string') throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  return { status: 200, bytes: Buffer.from(data, 'base64') };
}

export function updateOne(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const raw = bodyObject(request);
  const record = targetRecord(context, object, request.segments[2]!);
  if (changedSince(request, record)) return preconditionFailed;
  if (Object.keys(raw).some((name) => name.toLowerCase() === 'id')) {
    throw new OrgError('INVALID_FIELD', 'The Id field should not be specified in the sobject data.');
  }
  const input = readInput(context.org, context.actor.access, { object, raw });
  updateRecord(context.org, context.actor, { id: record.id, input });
  return noContent;
}

export function deleteOne(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const record = targetRecord(context, object, request.segments[2]!);
  if (changedSince(request, record)) return preconditionFailed;
  deleteRecord(context.org, context.actor, record.id);
  return noContent;
}

export function upsertOne(request: RestRequest, context: RestContext): RestAnswer {
  const { org, actor } = context;
  const object = targetObject(context, request.segments[1]!);
  const raw = bodyObject(request);
  const key = upsertKey(object, request.segments[2]!);
  if (Object.keys(raw).some((name) => [key.name.toLowerCase(), 'id'].includes(name.toLowerCase()))) {
    throw new OrgError('INVALID_FIELD', `The ${key.name} field should not be specified in the sobject data.`);
  }
  try {
    const value = parseValue(key, request.segments[3]);
    const { record, created } = upsertRecord(org, actor, {
      key,
      value,
      input: readInput(org, actor.access, { object, raw }),
    });
    return { status: created ? 201 : 200, body: { id: record.id, success: true, errors: [], created } };
  } catch (error) {
    if (error instanceof MultipleChoices) return multipleChoices(request, error.records);
    throw error;
  }
}

function findByKey({ segments }: RestRequest, { org }: RestContext, object: ObjectSchema): StoredRecord[] {
  const key = upsertKey(object, segments[2]!);
  return org.records.lookup(object, key, parseValue(key, segments[3])) ?? [];
}

function multipleChoices(request: RestRequest, records: StoredRecord[]): RestAnswer {
  return { status: 300, body: records.map((record) => attributes(request, record).url) };
}

/** All fields this user can see, or those of `?fields=`. */
function show(
  request: RestRequest,
  { org, actor }: RestContext,
  { object, record }: { object: ObjectSchema; record: StoredRecord },
) {
  const wanted = request.query
    .get('fields')
    ?.split(',')
    .map((name) => name.trim());
  const fields = wanted
    ? wanted.map((name) => {
        const field = object.field(name);
        if (field && actor.access.canRead(object, field)) return field;
        throw new OrgError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
      })
    : object.fields.filter((field) => actor.access.canRead(object, field));
  const body: Record<string, unknown> = { attributes: attributes(request, record) };
  for (const field of fields) body[field.name] = toJsonValue(field, readField(org, record, field));
  return body;
}
