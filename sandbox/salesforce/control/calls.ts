import { Router } from 'express';
import type { RequestHandler } from 'express';

type Counts = { total: number; byPath: Record<string, number>; queriesOf: Record<string, number> };

const none = (): Counts => ({ total: 0, byPath: {}, queriesOf: {} });

/** Counts requests by method and path, and queries by their object, for tests that promise a number of calls. */
export class Calls {
  #counts = none();

  readonly count: RequestHandler = (request, _response, next) => {
    if (request.path.startsWith('/services/')) {
      const key = `${request.method} ${request.path}`;
      this.#counts.total += 1;
      this.#counts.byPath[key] = (this.#counts.byPath[key] ?? 0) + 1;
      const [, object] = /\bFROM (\w+)(?!.*\bFROM\b)/.exec(String(request.query.q ?? '')) ?? [];
      if (object) this.#counts.queriesOf[object] = (this.#counts.queriesOf[object] ?? 0) + 1;
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
