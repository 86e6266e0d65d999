import { Router } from 'express';
import type { Sessions } from '../oauth/sessions.ts';

/** DELETE /sandbox/sessions: every access token is worth nothing from now on. */
export function sessionControl(sessions: Sessions): Router {
  const router = Router();
  router.delete('/sandbox/sessions', (_request, response) => {
    sessions.expireAll();
    response.status(204).end();
  });
  return router;
}
