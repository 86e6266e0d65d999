import express, { type Router } from 'express';
import type { Database } from '../../sync/store/database.ts';
import { Problem } from '../problem.ts';

/** `GET /health`: the process lives. `GET /ready`: the database answers and is migrated, so send requests. */
export function health(database: Database): Router {
  const router = express.Router();
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/ready', async (_request, response) => {
    if (await database.dataSource.showMigrations()) {
      throw new Problem('not_ready', 'The database is not migrated. Run `npm run migrate`.');
    }
    response.json({ status: 'ready' });
  });
  return router;
}
