import { Router, json } from 'express';
import type { ApiUsage } from '../rest/apiUsage.ts';

/** GET and POST /sandbox/usage: how many API calls of the day are used, and how many there are. */
export function usageControl(usage: ApiUsage): Router {
  const router = Router();
  router.get('/sandbox/usage', (_request, response) => {
    response.json({ used: usage.used, max: usage.max });
  });
  router.post('/sandbox/usage', json(), (request, response) => {
    const { used, max } = (request.body ?? {}) as { used?: number; max?: number };
    if ([used, max].some((count) => count !== undefined && !(Number.isInteger(count) && count >= 0))) {
      response.status(400).json({ message: 'used and max are counts of calls.' });
      return;
    }
    usage.set({ used, max });
    response.json({ used: usage.used, max: usage.max });
  });
  return router;
}
