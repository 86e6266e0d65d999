import express, { type Router } from 'express';
import type { Database } from '../../sync/store/database.ts';
import { standstills } from '../../sync/store/workerStates.ts';
import { Problem } from '../problem.ts';

/**
 * `GET /health`: the process lives, and `standstill` says why the workers do nothing, if they do. The status is 200 all
 * the same, because to start the process anew would mend nothing. `GET /ready`: the database answers and is migrated, so send requests. */
export function health(database: Database): Router {
  const router = express.Router();
  router.get('/health', async (_request, response) => {
    response.json({ status: 'ok', standstill: await reasonsToStand(database) });
  });
  router.get('/ready', async (_request, response) => {
    if (await database.dataSource.showMigrations()) {
      throw new Problem('not_ready', 'The database is not migrated. Run `npm run migrate`.');
    }
    response.json({ status: 'ready' });
  });
  return router;
}

async function reasonsToStand(database: Database): Promise<string[]> {
  try {
    return await standstills(database);
  } catch (error) {
    return [`The database does not answer (${(error as { code?: string }).code ?? 'no reason given'}).`];
  }
}
