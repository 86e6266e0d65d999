import type Stripe from 'stripe';
import { whyToClose } from '../domain/paymentLink.ts';
import type { Database } from '../store/database.ts';
import { linksOf } from '../store/paymentLinks.ts';
import { findRecord, markDirty } from '../store/syncRecords.ts';
import { isLinkActive } from '../stripe/paymentLinks.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';

/** The addresses of an invoice as Stripe gives them now: those of its page and PDF expire, and whoever asks gets living ones. */
export interface LivingLinks {
  hostedInvoiceUrl: string | null;
  invoicePdfUrl: string | null;
  /** Null where nobody can pay through it. */
  paymentLinkUrl: string | null;
}

/** Asks Stripe; null for a record that is not in Stripe. The org's record gets what has changed through the engine. */
export async function livingLinks(
  { database, stripe }: { database: Database; stripe: Stripe },
  crmId: string,
): Promise<LivingLinks | null> {
  const stripeId = (await findRecord(database, 'invoice', crmId))?.stripe_id;
  const invoice = stripeId ? await readStripeInvoice(stripe, stripeId) : null;
  if (!invoice) return null;
  const link = (await linksOf(database, [invoice.id])).find(({ active, closedWhy }) => active && !closedWhy);
  const isAlive =
    link?.stripeId &&
    whyToClose(invoice, { amount: link.amount, active: true }) === null &&
    (await isLinkActive(stripe, link.stripeId));
  await markDirty(database, 'invoice', { crmId, stripeId: invoice.id, side: 'stripe' });
  return {
    hostedInvoiceUrl: invoice.hostedInvoiceUrl,
    invoicePdfUrl: invoice.invoicePdf,
    paymentLinkUrl: isAlive ? link.url : null,
  };
}
