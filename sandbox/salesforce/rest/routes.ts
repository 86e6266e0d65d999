import { bulkRoutes } from '../bulk/bulkRoutes.ts';
import { OrgError, orgErrorsOf } from '../orgError.ts';
import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest, RestRoute } from './answer.ts';
import { createMany, deleteMany, retrieveMany, updateMany, upsertMany } from './collections.ts';
import { composite } from './composite.ts';
import { describeGlobal, describeObject, objectInfo } from './describe.ts';
import { limits } from './limits.ts';
import { query, queryAll, queryMore } from './query.ts';
import {
  createOne,
  deleteOne,
  retrieveBlob,
  retrieveByKey,
  retrieveOne,
  updateOne,
  upsertOne,
} from './records.ts';
import { getDeleted, getUpdated } from './replication.ts';
import { resources } from './resources.ts';

// A colon names a parameter. The first matching row wins, so literal segments stand above parameters.
const table: [method: string, path: string, route: RestRoute][] = [
  ['GET', '', resources],
  ['GET', 'limits', limits],
  ['GET', 'query', query],
  ['GET', 'query/:locator', queryMore],
  ['GET', 'queryAll', queryAll],
  ['GET', 'queryAll/:locator', queryMore],
  ['POST', 'composite', composite(dispatch)],
  ['POST', 'composite/sobjects', createMany],
  ['PATCH', 'composite/sobjects', updateMany],
  ['DELETE', 'composite/sobjects', deleteMany],
  ['GET', 'composite/sobjects/:object', retrieveMany],
  ['POST', 'composite/sobjects/:object', retrieveMany],
  ['PATCH', 'composite/sobjects/:object/:key', upsertMany],
  ['GET', 'sobjects', describeGlobal],
  ['GET', 'sobjects/:object', objectInfo],
  ['POST', 'sobjects/:object', createOne],
  ['GET', 'sobjects/:object/describe', describeObject],
  ['GET', 'sobjects/:object/updated', getUpdated],
  ['GET', 'sobjects/:object/deleted', getDeleted],
  ['GET', 'sobjects/:object/:id', retrieveOne],
  ['PATCH', 'sobjects/:object/:id', updateOne],
  ['DELETE', 'sobjects/:object/:id', deleteOne],
  ['GET', 'sobjects/ContentVersion/:id/VersionData', retrieveBlob],
  ['GET', 'sobjects/:object/:key/:value', retrieveByKey],
  ['PATCH', 'sobjects/:object/:key/:value', upsertOne],
  ...bulkRoutes,
];

const routes = table.map(([method, path, route]) => ({
  method,
  pattern: path === '' ? [] : path.split('/'),
  route,
}));

/** Runs a request; the platform's refusals become its error answers, anything else is a bug and is thrown. */
export function dispatch(request: RestRequest, context: RestContext): RestAnswer {
  try {
    return route(request)(request, context);
  } catch (error) {
    const errors = orgErrorsOf(error);
    if (!errors) throw error;
    return { status: errors[0].status, body: errors.map((one) => one.toJSON()) };
  }
}

function route({ method, segments }: RestRequest): RestRoute {
  const matches = routes.filter(({ pattern }) => fits(pattern, segments));
  const found = matches.find((candidate) => candidate.method === method);
  if (found) return found.route;
  if (method === 'HEAD' && matches.some((candidate) => candidate.method === 'GET'))
    return () => ok(undefined);
  if (matches.length === 0) throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  const allowed = [...new Set(matches.map((candidate) => candidate.method))].join(',');
  throw new OrgError('METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed. Allowed are ${allowed}`);
}

function fits(pattern: string[], segments: string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, i) => part.startsWith(':') || part === segments[i]);
}
