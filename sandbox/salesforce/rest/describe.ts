import type { Access } from '../access/access.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { ObjectDescribe } from '../schema/describeTypes.ts';
import type { Schema } from '../schema/schema.ts';
import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';
import { targetObject } from './target.ts';

export function describeGlobal(request: RestRequest, { org, actor }: RestContext): RestAnswer {
  const visible = org.schema.objects.filter((object) => actor.access.object(object).read);
  const sobjects = visible.map((object) => summary(request, actor.access, object));
  return ok({ encoding: 'UTF-8', maxBatchSize: 200, sobjects });
}

export function objectInfo(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  return ok({ objectDescribe: summary(request, context.actor.access, object), recentItems: [] });
}

/**
 * The schema changes only with a restart, so a client that asks again later need not read it again; but active currencies
 * are values of a picklist.
 */
export function describeObject(request: RestRequest, context: RestContext): RestAnswer {
  const object = targetObject(context, request.segments[1]!);
  const headers = { 'Last-Modified': startedAt.toUTCString() };
  const since = Date.parse(String(request.headers['if-modified-since'] ?? ''));
  if (startedAt.getTime() <= since && !object.field('CurrencyIsoCode')) return { status: 304, headers };
  return { status: 200, headers, body: describeFor(context.org.schema, context.actor.access, object) };
}

const startedAt = new Date(Math.floor(Date.now() / 1000) * 1000);

/** What this user sees of an object: hidden fields are missing, read-only ones say so. */
export function describeFor(schema: Schema, access: Access, object: ObjectSchema): ObjectDescribe {
  const rights = access.object(object);
  const fields = object.fields
    .filter((field) => access.canRead(object, field))
    .map((field) => {
      const writable = access.canEdit(object, field);
      return { ...field, createable: field.createable && writable, updateable: field.updateable && writable };
    });
  const childRelationships = object.childRelationships.filter(({ childSObject, field }) => {
    const child = schema.object(childSObject);
    const lookup = child?.field(field);
    return child && lookup && access.object(child).read && access.canRead(child, lookup);
  });
  return { ...object.flags, ...changeable(object, rights), fields, childRelationships };
}

function changeable({ flags }: ObjectSchema, rights: ReturnType<Access['object']>) {
  return {
    createable: flags.createable && rights.create,
    updateable: flags.updateable && rights.edit,
    deletable: flags.deletable && rights.delete,
  };
}

function summary({ version }: RestRequest, access: Access, object: ObjectSchema): Record<string, unknown> {
  const base = `/services/data/${version}/sobjects/${object.name}`;
  const {
    actionOverrides: _actions,
    recordTypeInfos: _types,
    supportedScopes: _scopes,
    ...flags
  } = object.flags;
  const urls = { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` };
  return { ...flags, ...changeable(object, access.object(object)), urls };
}
