import { setTimeout as sleep } from 'node:timers/promises';
import { json, text } from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { BulkJobs } from '../bulk/bulkJobs.ts';
import { bearerToken, cookieToken } from '../oauth/authenticate.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Users } from '../access/users.ts';
import type { TransactionKnobs } from '../control/transactions.ts';
import type { Call, Org } from '../org.ts';
import { OrgError, orgErrorsOf } from '../orgError.ts';
import { dispatchUiApi } from '../uiApi/uiApiRoutes.ts';
import type { LayoutSource } from '../uiApi/layoutSource.ts';
import type { RestAnswer, RestRequest } from './answer.ts';
import type { ApiUsage } from './apiUsage.ts';
import { QueryCursors } from './queryCursors.ts';
import { apiVersions, isServed } from './resources.ts';
import { dispatch } from './routes.ts';

export type DataApi = {
  org: Org;
  users: Users;
  sessions: Sessions;
  usage: ApiUsage;
  layouts: LayoutSource;
  transactions: TransactionKnobs;
  bulk: BulkJobs;
};

/** /services/data: the REST API and the UI API under it, for bearer tokens and for the page's cookie. */
export function dataApi(api: DataApi): RequestHandler[] {
  const cursors = new QueryCursors();
  const parseJson = json({ limit: '50mb', strict: false });

  const handle = async (request: Request, response: Response): Promise<void> => {
    const url = new URL(request.originalUrl, 'http://org.invalid');
    const [, , , version = '', ...path] = url.pathname.replace(/\/+$/, '').split('/');
    try {
      if (version === '') return send(response, { status: 200, body: apiVersions });
      if (!isServed(version)) throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
      const bearer = bearerToken(request);
      const userId = api.sessions.userOf(bearer ?? cookieToken(request) ?? '');
      if (!userId) throw new OrgError('INVALID_SESSION_ID', 'Session expired or invalid');
      // Calls of an integration count against the daily limit; those of a person's page do not.
      if (bearer !== undefined) api.usage.count();
      response.set('Sforce-Limit-Info', api.usage.header);
      const segments = path.map(decodeURIComponent);
      const { method, headers, body } = request;
      const rest: RestRequest = {
        method,
        segments,
        query: url.searchParams,
        headers,
        body: body as unknown,
        version,
      };
      const context = {
        org: api.org,
        actor: api.users.actor(userId),
        cursors,
        usage: api.usage,
        bulk: api.bulk,
      };
      const stampedAt = api.org.now();
      const commitDelayMs = api.transactions.commitDelay(method, url.pathname);
      if (commitDelayMs > 0) await sleep(commitDelayMs);
      const call = { ...callOf(rest), ...(commitDelayMs > 0 && { stampedAt }) };
      const answer = api.org.withCall(call, () =>
        segments[0] === 'ui-api'
          ? dispatchUiApi(rest, { ...context, layouts: api.layouts })
          : dispatch(rest, context),
      );
      const { holdMs } = api.org.locks;
      if (holdMs > 0 && method !== 'GET') await sleep(holdMs);
      send(response, answer);
    } catch (error) {
      const errors = orgErrorsOf(error);
      if (!errors) throw error;
      send(response, { status: errors[0].status, body: errors.map((one) => one.toJSON()) });
    }
  };
  // Bulk API 2.0 takes files of up to 150 MB.
  return [parseBody(parseJson), text({ type: 'text/csv', limit: '150mb' }), handle];
}

/** Change events name com/salesforce/api/rest/67.0;client=Invoicebridge as the source. */
function callOf({ version, headers }: RestRequest): Call {
  const client = /(?:^|[;,\s])client=([^;,\s]+)/i.exec(String(headers['sforce-call-options'] ?? ''))?.[1];
  return {
    origin: `com/salesforce/api/rest/${version.slice(1)}${client ? `;client=${client}` : ''}`,
    allowDuplicates: /allowSave=true/i.test(String(headers['sforce-duplicate-rule-header'] ?? '')),
  };
}

/** A body that is not JSON is refused in the platform's words. */
function parseBody(parse: RequestHandler): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) =>
    parse(request, response, (error?: unknown) => {
      if (error === undefined) return next();
      const message = error instanceof Error ? error.message : String(error);
      send(response, { status: 400, body: [{ message, errorCode: 'JSON_PARSER_ERROR' }] });
    });
}

function send(response: Response, { status, headers = {}, body, text: csv, bytes }: RestAnswer): void {
  response.status(status).set(headers);
  if (csv !== undefined) response.type('text/csv').send(csv);
  else if (bytes !== undefined) response.type('application/octet-stream').send(bytes);
  else if (body === undefined) response.end();
  else response.json(body);
}
