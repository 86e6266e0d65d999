import { OrgError } from '../orgError.ts';
import { makeRecordId } from '../recordId.ts';
import type { QueryResult } from '../soql/query.ts';
import type { RestRequest } from './answer.ts';

type Cursor = { result: QueryResult; userId: string; lastUsed: number };
type Caller = { request: RestRequest; userId: string };

// REST API developer guide: 2,000 records by default, 200 to 2,000 by header. Real cursors live two days; these 15 minutes.
const maxBatch = 2000;
const minBatch = 200;
const idleMs = 15 * 60_000;

/** Results that did not fit into one answer, kept in memory until they were read or forgotten. */
export class QueryCursors {
  readonly #cursors = new Map<string, Cursor>();
  #count = 0;

  first(result: QueryResult, caller: Caller): Record<string, unknown> {
    if (result.length <= batchSize(caller.request)) return batch(result, 0, result.length);
    this.#forgetIdle();
    const id = makeRecordId('01g', (this.#count += 1));
    this.#cursors.set(id, { result, userId: caller.userId, lastUsed: Date.now() });
    return this.#part(id, 0, { result, caller });
  }

  next(locator: string, caller: Caller): Record<string, unknown> {
    const [id = '', start] = locator.split('-');
    const cursor = this.#cursors.get(id);
    const from = Number(start);
    if (
      !cursor ||
      cursor.userId !== caller.userId ||
      !Number.isInteger(from) ||
      from < 0 ||
      from > cursor.result.length
    ) {
      throw new OrgError('INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    cursor.lastUsed = Date.now();
    return this.#part(id, from, { result: cursor.result, caller });
  }

  #part(
    id: string,
    from: number,
    { result, caller }: { result: QueryResult; caller: Caller },
  ): Record<string, unknown> {
    const to = Math.min(from + batchSize(caller.request), result.length);
    const answer = batch(result, from, to);
    if (to === result.length) return answer;
    return {
      ...answer,
      done: false,
      nextRecordsUrl: `/services/data/${caller.request.version}/query/${id}-${to}`,
    };
  }

  #forgetIdle(): void {
    for (const [id, cursor] of this.#cursors)
      if (Date.now() - cursor.lastUsed > idleMs) this.#cursors.delete(id);
  }
}

function batch(result: QueryResult, from: number, to: number): Record<string, unknown> {
  const records = Array.from({ length: to - from }, (_none, i) => result.record(from + i));
  return { totalSize: result.totalSize, done: true, records };
}

function batchSize({ headers }: RestRequest): number {
  const asked = Number(
    /batchSize=(\d+)/i.exec(String(headers['sforce-query-options'] ?? ''))?.[1] ?? maxBatch,
  );
  return Math.min(maxBatch, Math.max(minBatch, asked));
}
