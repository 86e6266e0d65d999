import type Stripe from 'stripe';
import type { SyncEntity } from '../domain/entity.ts';
import { isMissing, translateStripeError } from './translateError.ts';

export type WhyMissing = 'deleted' | 'of live mode' | 'of test mode' | 'unknown';

/** Why a customer or product cannot be read. Of products and all others Stripe does not say whether they ever were. */
export async function whyMissing(stripe: Stripe, entity: SyncEntity, id: string): Promise<WhyMissing> {
  try {
    await (entity === 'customer' ? stripe.customers.retrieve(id) : stripe.products.retrieve(id));
    // A deleted customer is still told of, as one that is deleted.
    return 'deleted';
  } catch (error) {
    if (!isMissing(error)) throw translateStripeError(error, 'read-stripe');
    const [, mode] = /similar object exists in (live|test) mode/.exec((error as Error).message) ?? [];
    return mode ? `of ${mode as 'live' | 'test'} mode` : 'unknown';
  }
}
