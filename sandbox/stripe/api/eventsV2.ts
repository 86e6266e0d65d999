import { Router } from 'express';
import type Stripe from 'stripe';
import type { Response } from 'express';
import type { Calls } from '../control/calls.ts';
import { newId } from '../ids.ts';
import { isKept } from '../resources/events.ts';
import type { Sandbox } from '../sandbox.ts';
import type { StoredEndpoint } from '../wire.ts';
import { snapshotIdOf, thinEvent } from '../webhooks/thinEvents.ts';
import { authenticate } from './authentication.ts';
import { StripeError } from './errors.ts';

interface V2Options {
  sandbox: Sandbox;
  secretKeys: readonly string[];
  calls: Calls;
}

/**
 * The little of /v2 that a receiver of thin events needs: the event itself, and the destinations that events are sent to.
 * The objects are read through /v1.
 */
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
  router.get('/core/event_destinations', (request, response) => {
    calls.count('GET /v2/core/event_destinations');
    // Lists are sent as include[0]=...
    const included = Object.entries(request.query).flatMap(([name, value]) =>
      /^include(\[\d*\])?$/.test(name) ? value : [],
    );
    const data = [...sandbox.endpoints.values()].map((endpoint) =>
      eventDestination(endpoint, included.includes('webhook_endpoint.url')),
    );
    response.json({ data, next_page_url: null, previous_page_url: null });
  });
  router.use((request, response) => {
    const message = `The sandbox Stripe does not serve ${request.method} ${request.originalUrl}.`;
    refuse(response, 404, { code: 'not_found', message });
  });
  return router;
}

/** Endpoints made through v1 are destinations of snapshot events. The address is told only to who asks for it. */
function eventDestination(endpoint: StoredEndpoint, withUrl: boolean): Stripe.V2.Core.EventDestination {
  const { id, created, description, enabled_events, metadata, payload = 'snapshot', status, url } = endpoint;
  const made = new Date(created * 1000).toISOString();
  return {
    id,
    object: 'v2.core.event_destination',
    created: made,
    description: description ?? '',
    enabled_events,
    event_payload: payload,
    events_from: ['self'],
    livemode: false,
    metadata,
    name: description ?? `Webhook endpoint ${id}`,
    ...(payload === 'snapshot' &&
      endpoint.api_version !== null && { snapshot_api_version: endpoint.api_version }),
    status: status === 'enabled' ? 'enabled' : 'disabled',
    type: 'webhook_endpoint',
    updated: made,
    ...(withUrl && { webhook_endpoint: { url } }),
  };
}

function refuse(response: Response, status: number, error: { code: string; message: string }): void {
  response.status(status).json({ error: { type: 'invalid_request_error', ...error } });
}
