import { OrgError } from '../orgError.ts';
import { toId18 } from '../recordId.ts';
import { deleteRecord } from '../records/deleteRecord.ts';
import { insertRecord } from '../records/insertRecord.ts';
import { readInput } from '../records/recordInput.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import { updateRecord } from '../records/updateRecord.ts';
import { ok } from '../rest/answer.ts';
import type { RestAnswer, RestRequest } from '../rest/answer.ts';
import { bodyObject, changedSince } from '../rest/target.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { represent } from './representation.ts';
import type { Wanted } from './representation.ts';
import type { UiContext } from './uiApiRoutes.ts';

export function getRecord(request: RestRequest, context: UiContext): RestAnswer {
  const { record, object } = find(request, context);
  return ok(
    represent(context.org, context.actor, { record, wanted: wantedFields(request, context, object) }),
  );
}

export function createRecord(request: RestRequest, context: UiContext): RestAnswer {
  const { apiName, fields } = bodyObject(request);
  const object = context.org.schema.object(String(apiName));
  if (!object || !context.actor.access.object(object).read)
    throw new OrgError('INVALID_TYPE', `Object ${String(apiName)} is not supported in UI API`);
  const input = readInput(context.org, context.actor.access, {
    object,
    raw: (fields ?? {}) as Record<string, unknown>,
  });
  const record = insertRecord(context.org, context.actor, input);
  return {
    status: 201,
    body: represent(context.org, context.actor, { record, wanted: everything(context, object) }),
  };
}

export function updateUiRecord(request: RestRequest, context: UiContext): RestAnswer {
  const { record, object } = find(request, context);
  if (changedSince(request, record))
    throw new OrgError('CONFLICT', 'The record was changed meanwhile. Load it again.', { status: 412 });
  const { Id: _id, ...fields } = (bodyObject(request)['fields'] ?? {}) as Record<string, unknown>;
  const input = readInput(context.org, context.actor.access, { object, raw: fields });
  const updated = updateRecord(context.org, context.actor, { id: record.id, input });
  return ok(represent(context.org, context.actor, { record: updated, wanted: everything(context, object) }));
}

export function deleteUiRecord(request: RestRequest, context: UiContext): RestAnswer {
  const { record } = find(request, context);
  deleteRecord(context.org, context.actor, record.id);
  return { status: 204 };
}

export function find(
  { segments }: RestRequest,
  { org, actor }: UiContext,
): { record: StoredRecord; object: ObjectSchema } {
  const id = toId18(segments.at(-1) ?? '') ?? '';
  return findById({ org, actor }, id);
}

export function findById(
  { org, actor }: Pick<UiContext, 'org' | 'actor'>,
  id: string,
): { record: StoredRecord; object: ObjectSchema } {
  const object = org.schema.objectOfId(id);
  const record = org.records.get(id);
  if (!object || !record || record.deleted)
    throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  if (!actor.access.object(object).read) {
    throw new OrgError(
      'INSUFFICIENT_ACCESS',
      "You don't have access to this record. Ask your administrator for help or to request access.",
    );
  }
  return { record, object };
}

/** Names come qualified by the object, as Invoice__c.Name; with layoutTypes all fields of the layout are meant. */
function wantedFields({ query }: RestRequest, context: UiContext, object: ObjectSchema): Wanted {
  const names = (parameter: string) =>
    (query.get(parameter) ?? '')
      .split(',')
      .filter(Boolean)
      .map((name) => unqualified(name.trim(), object));
  const [fields, optionalFields] = [names('fields'), names('optionalFields')];
  if (query.has('layoutTypes')) optionalFields.push(...layoutFields(context, object));
  if (fields.length + optionalFields.length === 0) {
    throw new OrgError(
      'ILLEGAL_QUERY_PARAMETER_VALUE',
      'At least one of fields, optionalFields and layoutTypes is required.',
    );
  }
  return { fields, optionalFields };
}

export function unqualified(name: string, object: ObjectSchema): string {
  const [first, ...rest] = name.split('.');
  if (first?.toLowerCase() === object.name.toLowerCase() && rest.length > 0) return rest.join('.');
  throw new OrgError(
    'INVALID_FIELD',
    `The field name ${name} must begin with the object, as in ${object.name}.Name.`,
  );
}

/** The layout's fields with the names behind its lookups, or all fields of an object without a layout. */
function layoutFields({ layouts }: UiContext, object: ObjectSchema): string[] {
  const sections = layouts.sections(object.name);
  if (!sections) return object.fields.map((field) => field.name);
  const names = sections.flatMap((section) => section.columns.flat().flatMap((item) => item?.field ?? []));
  return names.flatMap((name) => {
    const lookup = object.field(name)?.relationshipName;
    return lookup ? [name, `${lookup}.Name`] : [name];
  });
}

function everything({ actor }: UiContext, object: ObjectSchema): Wanted {
  const readable = object.fields.filter((field) => actor.access.canRead(object, field));
  return { fields: readable.map((field) => field.name), optionalFields: [] };
}
