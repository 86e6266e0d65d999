import { OrgError } from '../orgError.ts';
import { toId18 } from '../recordId.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { RestContext, RestRequest } from './answer.ts';

/** The object a path names; one this user cannot read does not exist. */
export function targetObject({ org, actor }: RestContext, name: string): ObjectSchema {
  const object = org.schema.object(name);
  if (object && actor.access.object(object).read) return object;
  throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
}

/** The record a path names by its id. */
export function targetRecord({ org }: RestContext, object: ObjectSchema, id: string): StoredRecord {
  const id18 = toId18(id);
  if (!id18)
    throw new OrgError('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${id}`);
  const record = org.records.get(id18);
  if (!record || record.object !== object.name)
    throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  if (record.deleted) throw new OrgError('ENTITY_IS_DELETED', 'entity is deleted', { fields: [] });
  return record;
}

/** The request's JSON object, as a record; a body that is something else is refused. */
export function bodyObject({ body }: Pick<RestRequest, 'body'>): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new OrgError(
    'JSON_PARSER_ERROR',
    'The HTTP entity body is required, but this request has no entity body.',
  );
}

/** True when a conditional request must not go on, because the record was changed after the given moment. */
export function changedSince({ headers }: RestRequest, record: StoredRecord): boolean {
  const header = headers['if-unmodified-since'];
  const limit = typeof header === 'string' ? Date.parse(header) : NaN;
  return Date.parse(String(record.values['LastModifiedDate'])) > limit;
}
