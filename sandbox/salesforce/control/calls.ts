import { Router } from 'express';
import type { RequestHandler } from 'express';

interface Counts {
  total: number;
  byPath: Record<string, number>;
  /** Calls that are one query, by its object. */
  queriesOf: Record<string, number>;
  /** Composite calls with queries, by the objects of all of them: "Account+Invoice__c". */
  queriesTogether: Record<string, number>;
}

const none = (): Counts => ({ total: 0, byPath: {}, queriesOf: {}, queriesTogether: {} });

/** Counts requests by method and path, and queries by their objects, for tests that promise a number of calls. */
export class Calls {
  #counts = none();

  readonly count: RequestHandler = (request, response, next) => {
    if (request.path.startsWith('/services/')) {
      this.#counts.total += 1;
      increment(this.#counts.byPath, `${request.method} ${request.path}`);
      increment(this.#counts.queriesOf, objectOf(String(request.query.q ?? '')));
      // The body has been read when the answer goes out.
      const counts = this.#counts;
      response.once('finish', () => increment(counts.queriesTogether, objectsTogether(request.body)));
    }
    next();
  };

  /** GET and DELETE /sandbox/calls. */
  routes(): Router {
    const router = Router();
    router.get('/sandbox/calls', (_request, response) => void response.json(this.#counts));
    router.delete('/sandbox/calls', (_request, response) => {
      this.#counts = none();
      response.status(204).end();
    });
    return router;
  }
}

function increment(counts: Record<string, number>, key: string | undefined): void {
  if (key) counts[key] = (counts[key] ?? 0) + 1;
}

const objectOf = (soql: string): string | undefined => /\bFROM (\w+)(?!.*\bFROM\b)/.exec(soql)?.[1];

function objectsTogether(body: unknown): string | undefined {
  const { compositeRequest = [] } = (body ?? {}) as { compositeRequest?: { url?: string }[] };
  if (!Array.isArray(compositeRequest)) return undefined;
  const queries = compositeRequest.flatMap(({ url = '' }) =>
    /\/query(All)?\?/.test(url) ? (new URL(url, 'http://org.invalid').searchParams.get('q') ?? []) : [],
  );
  return [...new Set(queries.flatMap((soql) => objectOf(soql) ?? []))].sort().join('+') || undefined;
}
