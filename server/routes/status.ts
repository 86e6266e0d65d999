import express, { type Router } from 'express';
import type { Database } from '../../sync/store/database.ts';
import { readStatus } from '../../sync/store/queueStatus.ts';

/** `GET /v1/status`: queues, commands, cursors, last events, and how each worker and both sides are. */
export function status(database: Database): Router {
  const router = express.Router();
  router.get('/v1/status', async (_request, response) => {
    response.json(await readStatus(database));
  });
  return router;
}
