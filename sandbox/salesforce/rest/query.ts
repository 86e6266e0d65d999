import { OrgError } from '../orgError.ts';
import { emptyRecycleBin } from '../records/recycleBin.ts';
import { runSoql } from '../soql/query.ts';
import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';

export function query(request: RestRequest, context: RestContext): RestAnswer {
  return run(request, context, false);
}

/** Also deleted records. */
export function queryAll(request: RestRequest, context: RestContext): RestAnswer {
  emptyRecycleBin(context.org);
  return run(request, context, true);
}

function run(
  request: RestRequest,
  { org, actor, cursors }: RestContext,
  includeDeleted: boolean,
): RestAnswer {
  const text = request.query.get('q') ?? request.query.get('explain');
  if (!text) throw new OrgError('MALFORMED_QUERY', 'A query string has to be specified');
  const result = runSoql({ org, access: actor.access, text, version: request.version, includeDeleted });
  if (request.query.get('columns') === 'true')
    return ok({ columnMetadata: result.columns.map((name) => ({ columnName: name })) });
  return ok(cursors.first(result, { request, userId: actor.userId }));
}

export function queryMore(request: RestRequest, { actor, cursors }: RestContext): RestAnswer {
  return ok(cursors.next(request.segments[1]!, { request, userId: actor.userId }));
}
