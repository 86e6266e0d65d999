import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { makePaymentLink } from '../flows/makePaymentLink.ts';
import { linksOf, noteLinkState } from '../store/paymentLinks.ts';
import { expireSessions } from '../stripe/paymentLinks.ts';
import type { StepContext } from './stepContext.ts';

/** Makes a payment link over what is left of the invoice. One that a person has switched off in Stripe makes room for it. */
export async function createPaymentLink(
  engine: Engine,
  { stripe, crm }: StepContext,
): Promise<StripeInvoice> {
  for (const link of await linksOf(engine.database, [stripe.id])) {
    if (link.stripeId === null || link.active || link.closedWhy !== null) continue;
    await expireSessions(engine.stripe, link.stripeId);
    await noteLinkState(engine.database, link, { active: false, closedWhy: 'switched_off' });
  }
  await makePaymentLink(engine, stripe, crm.id);
  return stripe;
}
