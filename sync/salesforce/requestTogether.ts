import type { SyncFailure } from '../failure.ts';
import { SALESFORCE_API_VERSION, type SalesforceOrg } from './connection.ts';
import { translateSalesforceError } from './translateError.ts';

/** What the org says to one of several requests: what it was asked for, or why not. */
export type TogetherAnswer<T> = { body: T } | { failure: SyncFailure };

/** What was asked for; throws the org's refusal. */
export function bodyOf<T>(answer: TogetherAnswer<T>): T {
  if ('failure' in answer) throw answer.failure;
  return answer.body;
}

// Composite, REST API Developer Guide: at most 25 subrequests, of which at most five may be queries.
const REQUESTS_A_CALL = 25;
const QUERIES_A_CALL = 5;
const DATA = `/services/data/v${SALESFORCE_API_VERSION}`;

export const queryPath = (soql: string) => `/query?q=${encodeURIComponent(soql)}`;

/**
 * Reads several paths below /services/data/vNN.0 in one call, which counts as one, or in as few as the platform allows.
 * One that the org refuses leaves the others alone.
 */
export async function requestTogether<T>(org: SalesforceOrg, paths: string[]): Promise<TogetherAnswer<T>[]> {
  const answers: TogetherAnswer<T>[] = [];
  for (const batch of batches(paths)) {
    const { compositeResponse } = await org.request<{ compositeResponse: Subanswer<T>[] }>(
      'POST',
      '/composite',
      {
        allOrNone: false,
        compositeRequest: batch.map((path, index) => ({
          method: 'GET',
          referenceId: `request${index}`,
          url: `${DATA}${path}`,
        })),
      },
    );
    answers.push(...compositeResponse.map(answerOf));
  }
  return answers;
}

interface Subanswer<T> {
  httpStatusCode: number;
  body: T | { errorCode: string; message: string }[];
}

function answerOf<T>({ httpStatusCode, body }: Subanswer<T>): TogetherAnswer<T> {
  if (httpStatusCode < 300) return { body: body as T };
  const [{ errorCode, message } = { errorCode: `ERROR_HTTP_${httpStatusCode}`, message: '' }] = (
    Array.isArray(body) ? body : []
  ) as { errorCode: string; message: string }[];
  return { failure: translateSalesforceError(Object.assign(new Error(message), { errorCode }), 'read-crm') };
}

function batches(paths: string[]): string[][] {
  const all: string[][] = [];
  let queries = 0;
  for (const path of paths) {
    const isQuery = /^\/query(All)?\?/.test(path);
    const last = all.at(-1);
    if (!last || last.length === REQUESTS_A_CALL || (isQuery && queries === QUERIES_A_CALL)) {
      all.push([path]);
      queries = isQuery ? 1 : 0;
    } else {
      last.push(path);
      queries += isQuery ? 1 : 0;
    }
  }
  return all;
}
