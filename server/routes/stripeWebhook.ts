import express, { type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import Stripe from 'stripe';
import { receiveStripeEvent, receiveStripeNotification } from '../../sync/inbox/receiveStripeEvent.ts';
import type { Database } from '../../sync/store/database.ts';
import { Problem } from '../problem.ts';

export interface StripeWebhookOptions {
  database: Database;
  stripe: Stripe;
  /** Several at once, for rotation. */
  webhookSecrets: string[];
  /** Those of the endpoint for thin events. */
  thinWebhookSecrets: string[];
  livemode: boolean;
  log: Logger;
}

/**
 * `POST /webhooks/stripe` for snapshot events, `POST /webhooks/stripe/thin` for thin ones: verify, store once, mark
 * dirty, answer. Nothing else happens before the answer.
 */
export function stripeWebhook(options: StripeWebhookOptions): Router {
  const { database, stripe } = options;
  const router = express.Router();
  // The signature covers the bytes as they came, so these paths must not meet a JSON parser.
  const raw = express.raw({ type: () => true, limit: '2mb' });
  router.post(
    '/webhooks/stripe',
    raw,
    receiver<Stripe.Event>(options, {
      secrets: options.webhookSecrets,
      parse: ({ body, signature, secret }) => stripe.webhooks.constructEvent(body, signature, secret),
      receive: (event) => receiveStripeEvent(database, event),
    }),
  );
  router.post(
    '/webhooks/stripe/thin',
    raw,
    receiver<Stripe.V2.Core.EventNotification>(options, {
      secrets: options.thinWebhookSecrets,
      parse: ({ body, signature, secret }) => stripe.parseEventNotification(body, signature, secret),
      receive: (event) => receiveStripeNotification(database, event),
    }),
  );
  return router;
}

interface Kind<E> {
  secrets: string[];
  /** Checks the signature; throws when it is not the secret's, or when the event is of the other kind. */
  parse(request: { body: string; signature: string; secret: string }): E;
  receive(event: E): Promise<boolean>;
}

function receiver<E extends { id: string; type: string; livemode: boolean }>(
  { livemode, log }: Pick<StripeWebhookOptions, 'livemode' | 'log'>,
  kind: Kind<E>,
): RequestHandler {
  return async (request, response) => {
    const event = verified(kind, {
      // As text: of bytes, stripe-node makes the text twice.
      body: (request.body as Buffer).toString('utf8'),
      signature: request.get('stripe-signature') ?? '',
    });
    if (event.livemode !== livemode) {
      throw new Problem(
        'wrong_mode',
        `This endpoint takes ${livemode ? 'live' : 'test'} events only. Check which endpoint its secret belongs to.`,
      );
    }
    const isNew = await kind.receive(event);
    log.debug({ event: event.id, type: event.type, isNew }, 'Stripe event');
    // Stripe looks at the status only.
    response.status(200).end();
  };
}

function verified<E>({ secrets, parse }: Kind<E>, signed: { body: string; signature: string }): E {
  for (const secret of secrets) {
    try {
      return parse({ ...signed, secret });
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) continue;
      throw new Problem(
        'wrong_kind',
        'The signature is right, but the event is of the other kind. Snapshot events go to /webhooks/stripe, thin events to /webhooks/stripe/thin, each with its own secret.',
      );
    }
  }
  throw new Problem(
    'invalid_signature',
    secrets.length === 0
      ? 'No signing secret of this endpoint is set. Put it into STRIPE_THIN_WEBHOOK_SECRETS.'
      : 'The Stripe-Signature does not match any of our webhook secrets, or is older than 300 seconds.',
  );
}
