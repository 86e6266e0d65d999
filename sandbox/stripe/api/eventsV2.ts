import { Router } from 'express';
import type { Response } from 'express';
import type { Calls } from '../control/calls.ts';
import { newId } from '../ids.ts';
import { isKept } from '../resources/events.ts';
import type { Sandbox } from '../sandbox.ts';
import { snapshotIdOf, thinEvent } from '../webhooks/thinEvents.ts';
import { authenticate } from './authentication.ts';
import { StripeError } from './errors.ts';

interface V2Options {
  sandbox: Sandbox;
  secretKeys: readonly string[];
  calls: Calls;
}

/** The little of /v2 that a receiver of thin events needs: the event itself. The objects are read through /v1. */
export function eventsV2({ sandbox, secretKeys, calls }: V2Options): Router {
  const router = Router();
  router.use((request, response, next) => {
    response.set('Request-Id', newId('req'));
    try {
      authenticate(request.get('authorization'), secretKeys);
      next();
    } catch (error) {
      if (!(error instanceof StripeError)) throw error;
      refuse(response, error.status, { code: 'unauthenticated', message: error.message });
    }
  });
  router.get('/core/events/:event', (request, response) => {
    calls.count('GET /v2/core/events/:event');
    const { event: id } = request.params;
    const event = sandbox.events.get(snapshotIdOf(id) ?? '');
    if (event && isKept(sandbox, event)) response.json(thinEvent(event));
    else refuse(response, 404, { code: 'not_found', message: `Event ${id} not found.` });
  });
  router.use((request, response) => {
    const message = `The sandbox Stripe does not serve ${request.method} ${request.originalUrl}.`;
    refuse(response, 404, { code: 'not_found', message });
  });
  return router;
}

function refuse(response: Response, status: number, error: { code: string; message: string }): void {
  response.status(status).json({ error: { type: 'invalid_request_error', ...error } });
}
