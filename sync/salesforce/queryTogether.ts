import type { SalesforceOrg } from './connection.ts';
import { bodyOf, queryPath, requestTogether, type TogetherAnswer } from './requestTogether.ts';

export interface QueryPage<T> {
  done: boolean;
  nextRecordsUrl?: string;
  records: T[];
}

/**
 * Asks several queries in one call (five a call) and gives for each its rows, page by page: further pages are fetched
 * when they are read. A query that the org refuses throws when it is read, and leaves the others alone.
 */
export async function queryTogether<T extends object>(
  org: SalesforceOrg,
  queries: string[],
): Promise<AsyncGenerator<T[]>[]> {
  const answers = await requestTogether<QueryPage<T>>(org, queries.map(queryPath));
  return answers.map((answer) => pagesOf(org, answer));
}

/** The rows of a query that was asked together with others. */
export async function* pagesOf<T extends object>(
  org: SalesforceOrg,
  answer: TogetherAnswer<QueryPage<T>>,
): AsyncGenerator<T[]> {
  let page = bodyOf(answer);
  for (;;) {
    yield page.records;
    if (page.done || !page.nextRecordsUrl) return;
    page = await org.request<QueryPage<T>>(
      'GET',
      page.nextRecordsUrl.slice(page.nextRecordsUrl.indexOf('/query/')),
    );
  }
}
