import { OrgError } from '../orgError.ts';
import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';
import { fillReferences } from './references.ts';
import { bodyObject } from './target.ts';

type Subrequest = {
  method?: string;
  url?: string;
  referenceId?: string;
  body?: unknown;
  httpHeaders?: Record<string, string>;
};
type Subanswer = {
  body: unknown;
  httpHeaders: Record<string, string>;
  httpStatusCode: number;
  referenceId: string;
};

// Composite, REST API developer guide: at most 25 subrequests, of which five may be queries or collections.
const maxSubrequests = 25;
const maxQueriesAndCollections = 5;

class RollBack extends Error {}

/** Runs several requests in order, later ones naming results of earlier ones as @{referenceId.field}. */
export function composite(dispatch: (request: RestRequest, context: RestContext) => RestAnswer) {
  return (request: RestRequest, context: RestContext): RestAnswer => {
    const { compositeRequest, allOrNone } = bodyObject(request);
    const subrequests = checked(compositeRequest);
    const results = new Map<string, unknown>();
    const answers: Subanswer[] = [];
    const run = () => {
      for (const subrequest of subrequests) {
        const answer = runOne(request, { subrequest, results }, (inner) => dispatch(inner, context));
        answers.push(answer);
        if (answer.httpStatusCode < 300) results.set(answer.referenceId, answer.body);
        else if (allOrNone === true) throw new RollBack();
      }
    };
    try {
      if (allOrNone === true) context.org.transaction(run);
      else run();
    } catch (error) {
      if (!(error instanceof RollBack)) throw error;
      return ok({ compositeResponse: halted(subrequests, answers) });
    }
    return ok({ compositeResponse: answers });
  };
}

function checked(compositeRequest: unknown): Subrequest[] {
  if (!Array.isArray(compositeRequest) || compositeRequest.length === 0) {
    throw new OrgError('JSON_PARSER_ERROR', "Required field 'compositeRequest' is missing.");
  }
  if (compositeRequest.length > maxSubrequests) {
    throw new OrgError(
      'LIMIT_EXCEEDED',
      `The limit of ${maxSubrequests} subrequests in one composite request is exceeded.`,
    );
  }
  const subrequests = compositeRequest as Subrequest[];
  const heavy = subrequests.filter(({ url }) =>
    /^\/services\/data\/[^/]+\/(query|queryAll|composite\/sobjects)\b/.test(url ?? ''),
  );
  if (heavy.length > maxQueriesAndCollections) {
    throw new OrgError(
      'LIMIT_EXCEEDED',
      `The limit of ${maxQueriesAndCollections} queries and sObject Collections in one composite request is exceeded.`,
    );
  }
  const ids = subrequests.map((subrequest) => subrequest.referenceId);
  if (ids.some((id) => !id || !/^[A-Za-z][A-Za-z0-9_]*$/.test(id)) || new Set(ids).size < ids.length) {
    throw new OrgError(
      'INVALID_INPUT',
      'Every subrequest needs a referenceId of its own: letters, digits and underscores.',
    );
  }
  return subrequests;
}

function runOne(
  outer: RestRequest,
  { subrequest, results }: { subrequest: Subrequest; results: Map<string, unknown> },
  dispatch: (request: RestRequest) => RestAnswer,
): Subanswer {
  const referenceId = subrequest.referenceId!;
  try {
    const url = new URL(fillReferences(subrequest.url ?? '', results) as string, 'http://org.invalid');
    const [, services, data, version = '', ...segments] = url.pathname
      .replace(/\/+$/, '')
      .split('/')
      .map(decodeURIComponent);
    if (services !== 'services' || data !== 'data')
      throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
    const headers = Object.fromEntries(
      Object.entries(subrequest.httpHeaders ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const answer = dispatch({
      method: (subrequest.method ?? 'GET').toUpperCase(),
      segments,
      query: url.searchParams,
      headers: { ...pick(outer.headers, 'sforce-query-options'), ...headers },
      body: fillReferences(subrequest.body, results),
      version,
    });
    return {
      body: answer.body ?? null,
      httpHeaders: answer.headers ?? {},
      httpStatusCode: answer.status,
      referenceId,
    };
  } catch (error) {
    if (!(error instanceof OrgError)) throw error;
    return { body: [error.toJSON()], httpHeaders: {}, httpStatusCode: error.status, referenceId };
  }
}

/** With allOrNone the failing subrequest shows its error and all others that nothing of them remains. */
function halted(subrequests: Subrequest[], answers: Subanswer[]): Subanswer[] {
  return subrequests.map(({ referenceId }, i) => {
    if (i === answers.length - 1) return answers[i]!;
    const message = 'The transaction was rolled back since another operation in the same transaction failed.';
    const body = [{ errorCode: 'PROCESSING_HALTED', message }];
    return { body, httpHeaders: {}, httpStatusCode: 400, referenceId: referenceId! };
  });
}

function pick(headers: RestRequest['headers'], name: string): RestRequest['headers'] {
  return headers[name] === undefined ? {} : { [name]: headers[name] };
}
