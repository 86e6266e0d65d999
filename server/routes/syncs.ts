import express, { type Router } from 'express';
import { z } from 'zod';
import { answerCommand, type CommandPort } from './commandRoute.ts';
import { anyId, parsed, recordId } from './parsed.ts';

/** What one request of the org's collections takes, and so what one sync takes. */
export const MOST_RECORDS = 200;

const listBody = z.strictObject({
  ids: z
    .array(anyId)
    .min(1, 'names no record')
    .max(MOST_RECORDS, `names more than ${MOST_RECORDS} records: send several lists`)
    .transform((ids) => [...new Set(ids)]),
});

/** Syncs by hand: of an Account, of a product, and of a list of records of any kind. */
export function syncs(port: CommandPort): Router {
  const router = express.Router();

  router.post('/v1/accounts/:crmId/sync', (request, response) => {
    const crmId = parsed(recordId, 'The account id', request.params.crmId);
    return answerCommand(port, { request, response }, { kind: 'sync', entity: 'customer', crmId });
  });

  router.post('/v1/products/:crmId/sync', (request, response) => {
    const crmId = parsed(recordId, 'The product id', request.params.crmId);
    return answerCommand(port, { request, response }, { kind: 'sync', entity: 'product', crmId });
  });

  router.post('/v1/sync', express.json(), (request, response) => {
    const { ids } = parsed(listBody, 'The list', (request.body ?? {}) as unknown);
    return answerCommand(port, { request, response }, { kind: 'sync', entity: 'list', crmId: ids[0]!, ids });
  });
  return router;
}
