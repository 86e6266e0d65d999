import express, { type Router } from 'express';
import type { Logger } from 'pino';
import type Stripe from 'stripe';
import { receiveStripeEvent } from '../../sync/inbox/receiveStripeEvent.ts';
import type { Database } from '../../sync/store/database.ts';
import { Problem } from '../problem.ts';

export interface StripeWebhookOptions {
  database: Database;
  stripe: Stripe;
  /** Several at once, for rotation. */
  secrets: string[];
  livemode: boolean;
  log: Logger;
}

/** `POST /webhooks/stripe`: verify, store once, mark dirty, answer. Nothing else happens before the answer. */
export function stripeWebhook({ database, stripe, secrets, livemode, log }: StripeWebhookOptions): Router {
  const router = express.Router();
  // The signature covers the bytes as they came, so this path must not meet a JSON parser.
  router.post(
    '/webhooks/stripe',
    express.raw({ type: () => true, limit: '2mb' }),
    async (request, response) => {
      const event = verified(stripe, secrets, {
        // As text: of bytes, stripe-node makes the text twice.
        body: (request.body as Buffer).toString('utf8'),
        signature: request.get('stripe-signature'),
      });
      if (event.livemode !== livemode) {
        throw new Problem(
          'wrong_mode',
          `This endpoint takes ${livemode ? 'live' : 'test'} events only. Check which endpoint its secret belongs to.`,
        );
      }
      const isNew = await receiveStripeEvent(database, event);
      log.debug({ event: event.id, type: event.type, isNew }, 'Stripe event');
      // Stripe looks at the status only.
      response.status(200).end();
    },
  );
  return router;
}

function verified(
  stripe: Stripe,
  secrets: string[],
  { body, signature }: { body: string; signature: string | undefined },
): Stripe.Event {
  for (const secret of secrets) {
    try {
      return stripe.webhooks.constructEvent(body, signature ?? '', secret);
    } catch (error) {
      if (!(error instanceof Error && error.constructor.name === 'StripeSignatureVerificationError'))
        throw error;
    }
  }
  throw new Problem(
    'invalid_signature',
    'The Stripe-Signature does not match any of our webhook secrets, or is older than 300 seconds.',
  );
}
