import type { Engine } from '../engine.ts';
import { moveCursor, readCursor, STRIPE_EVENTS } from '../store/cursors.ts';
import { translateStripeError } from '../stripe/translateError.ts';
import { receiveStripeEvent } from './receiveStripeEvent.ts';

// Events appear in the list a little after they happened, and not in order: look back over what was read.
const OVERLAP_SECONDS = 300;

/**
 * Reads Stripe's own log of events from where it was last read, and takes in what no webhook brought. Returns
 * how many events were new. The first run only notes where to start.
 */
export async function catchUpStripe(engine: Engine): Promise<number> {
  const startedAt = Math.floor(engine.now().getTime() / 1000);
  const from = await readCursor(engine.database, STRIPE_EVENTS);
  let received = 0;
  if (from !== null) {
    try {
      const events = engine.stripe.events.list({
        created: { gte: Number(from) - OVERLAP_SECONDS },
        limit: 100,
      });
      for await (const event of events) {
        if (await receiveStripeEvent(engine.database, event)) received += 1;
      }
    } catch (error) {
      throw translateStripeError(error, 'read-stripe');
    }
  }
  await moveCursor(engine.database, STRIPE_EVENTS, String(startedAt));
  return received;
}
