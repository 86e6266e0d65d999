import type { SalesforceOrg } from './connection.ts';
import { SALESFORCE_API_VERSION } from './connection.ts';
import { translateSalesforceError } from './translateError.ts';

interface Page<T> {
  done: boolean;
  nextRecordsUrl?: string;
  records: T[];
}

interface Answer<T> {
  httpStatusCode: number;
  body: Page<T> | { errorCode: string; message: string }[];
}

// Composite, REST API Developer Guide: of its subrequests at most five may be queries.
const QUERIES_A_CALL = 5;
const DATA = `/services/data/v${SALESFORCE_API_VERSION}`;

/**
 * Asks several queries in one call (five a call) and gives for each its rows, page by page: further pages are fetched
 * when they are read. A query that the org refuses throws when it is read, and leaves the others alone.
 */
export async function queryTogether<T extends object>(
  org: SalesforceOrg,
  queries: string[],
): Promise<AsyncGenerator<T[]>[]> {
  const results: AsyncGenerator<T[]>[] = [];
  for (let start = 0; start < queries.length; start += QUERIES_A_CALL) {
    const batch = queries.slice(start, start + QUERIES_A_CALL);
    const { compositeResponse } = await org.request<{ compositeResponse: Answer<T>[] }>(
      'POST',
      '/composite',
      {
        allOrNone: false,
        compositeRequest: batch.map((soql, index) => ({
          method: 'GET',
          referenceId: `query${index}`,
          url: `${DATA}/query?q=${encodeURIComponent(soql)}`,
        })),
      },
    );
    results.push(...compositeResponse.map((answer) => pages(org, answer)));
  }
  return results;
}

async function* pages<T extends object>(
  org: SalesforceOrg,
  { httpStatusCode, body }: Answer<T>,
): AsyncGenerator<T[]> {
  if (Array.isArray(body)) {
    const [{ errorCode, message } = { errorCode: `ERROR_HTTP_${httpStatusCode}`, message: '' }] = body;
    throw translateSalesforceError(Object.assign(new Error(message), { errorCode }), 'read-crm');
  }
  let page = body;
  for (;;) {
    yield page.records;
    if (page.done || !page.nextRecordsUrl) return;
    page = await org.request<Page<T>>(
      'GET',
      page.nextRecordsUrl.slice(page.nextRecordsUrl.indexOf('/query/')),
    );
  }
}
