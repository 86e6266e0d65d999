import { Router } from 'express';
import type { RequestHandler } from 'express';

type Counts = { total: number; byPath: Record<string, number> };

/** Counts requests by method and path, for tests that promise a number of calls. */
export class Calls {
  #counts: Counts = { total: 0, byPath: {} };

  readonly count: RequestHandler = (request, _response, next) => {
    if (request.path.startsWith('/services/')) {
      const key = `${request.method} ${request.path}`;
      this.#counts.total += 1;
      this.#counts.byPath[key] = (this.#counts.byPath[key] ?? 0) + 1;
    }
    next();
  };

  /** GET and DELETE /sandbox/calls. */
  routes(): Router {
    const router = Router();
    router.get('/sandbox/calls', (_request, response) => void response.json(this.#counts));
    router.delete('/sandbox/calls', (_request, response) => {
      this.#counts = { total: 0, byPath: {} };
      response.status(204).end();
    });
    return router;
  }
}
