import { Router, json } from 'express';
import type { BulkJobs } from '../bulk/bulkJobs.ts';

/** POST /sandbox/jobs {hold} makes bulk jobs wait, {failAfter} makes ingest jobs fail after so many records. */
export function jobControl(bulk: BulkJobs): Router {
  const router = Router();
  router.post('/sandbox/jobs', json(), (request, response) => {
    const { hold, failAfter } = (request.body ?? {}) as { hold?: boolean; failAfter?: number | null };
    if (hold !== undefined) bulk.knobs.hold = hold;
    if (hold === false) bulk.release();
    if (failAfter !== undefined) bulk.knobs.failAfter = failAfter ?? undefined;
    response.status(204).end();
  });
  return router;
}
