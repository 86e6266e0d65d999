import { randomUUID } from 'node:crypto';
import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure } from '../failure.ts';
import { forgetLink, noteLink, noteLinkMade, type KnownLink } from '../store/paymentLinks.ts';
import { KEY_HOLDS_MS } from '../stripe/idempotencyKeys.ts';
import { createPaymentLink, findPaymentLink, type MadeLink } from '../stripe/paymentLinks.ts';
import { isFinalAnswer } from '../stripe/translateError.ts';

/**
 * Makes the payment link of an invoice, or gives the one that there is. The request is noted first, and an invoice has
 * one note that is not closed, so that two who ask at once, and whoever goes on after a crash, send the same request.
 */
export async function makePaymentLink(engine: Engine, invoice: StripeInvoice, crmId: string): Promise<void> {
  const link = await noteLink(engine.database, {
    invoice: invoice.id,
    key: `payment-link-${randomUUID()}`,
    amount: invoice.amountRemaining,
    currency: invoice.currency,
    params: {
      name: `Invoice ${invoice.number ?? invoice.id}`,
      crmId,
      orgId: engine.org.orgId ?? '',
      customerId: invoice.customerId,
    },
  });
  await completeLink(engine, link);
}

/** Makes a link that was noted, unless that has been done: the same request gives what it made the first time. */
export async function completeLink(
  engine: Engine,
  link: KnownLink,
): Promise<KnownLink & { stripeId: string }> {
  const { stripeId, url } = link.stripeId === null ? await made(engine, link) : link;
  if (link.stripeId === null) await noteLinkMade(engine.database, link, { stripeId: stripeId!, url: url! });
  return { ...link, stripeId: stripeId!, url };
}

async function made(engine: Engine, link: KnownLink): Promise<MadeLink> {
  const { invoice, amount, currency, params, key } = link;
  const isOld = engine.now().getTime() - link.createdAt.getTime() > KEY_HOLDS_MS;
  const before = isOld ? await findPaymentLink(engine.stripe, key) : undefined;
  if (before) return before;
  try {
    return await createPaymentLink(engine.stripe, { invoice, amount, currency, key, ...params });
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error)) await forgetLink(engine.database, link);
    throw error;
  }
}
