import type { StripeInvoice } from '../domain/invoice.ts';
import { asksForAnother, whyToClose } from '../domain/paymentLink.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';
import { linksOf, noteLinkState, type KnownLink } from '../store/paymentLinks.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { deactivateLink, expireSessions, isLinkActive, paidThrough } from '../stripe/paymentLinks.ts';
import { isFinalAnswer } from '../stripe/translateError.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import type { InvoiceAtStripe } from './convergeInvoices.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';
import { completeLink, makePaymentLink } from './makePaymentLink.ts';
import { settleLinkPayment, type PaidInvoice } from './settleLinkPayment.ts';

/**
 * Sees to the payment links of invoices: what was paid through them counts or is given back, and a link asks for what is
 * left to pay or is closed. It runs in the hold of the invoice's record, so that each payment is settled by one worker.
 */
export async function tendPaymentLinks(
  engine: Engine,
  atStripe: Map<ClaimedRecord, InvoiceAtStripe | SyncFailure>,
): Promise<Map<ClaimedRecord, InvoiceAtStripe | SyncFailure>> {
  const ready = [...atStripe.values()].filter((one): one is InvoiceAtStripe => !isSyncFailure(one));
  const links = await linksOf(
    engine.database,
    ready.map(({ stripe }) => stripe.id),
  );
  if (links.length === 0) return atStripe;
  const tended = new Map(atStripe);
  const invoices = new Set(links.map(({ invoice }) => invoice));
  await mapConcurrently(
    ready.filter(({ stripe }) => invoices.has(stripe.id)),
    STRIPE_CONCURRENCY,
    async (one) => {
      const ofInvoice = links.filter(({ invoice }) => invoice === one.stripe.id);
      const stripe = await asFailure(() => tend(engine, { invoice: one.stripe, gone: false }, ofInvoice));
      tended.set(one.record, isSyncFailure(stripe) ? stripe : { ...one, stripe });
    },
  );
  return tended;
}

/** The same for an invoice whose record was deleted in the org: nobody is to pay it through a link of ours. */
export async function closePaymentLinks(engine: Engine, invoice: StripeInvoice): Promise<void> {
  await tend(engine, { invoice, gone: true }, await linksOf(engine.database, [invoice.id]));
}

async function tend(
  engine: Engine,
  { invoice, gone }: PaidInvoice,
  links: KnownLink[],
): Promise<StripeInvoice> {
  let latest = invoice;
  const states: Pick<KnownLink, 'closedWhy'>[] = [];
  for (const noted of links) {
    // One that is not known to be made was asked for by somebody who was interrupted, and may be there.
    const link = await completeLink(engine, noted);
    const tended = await tendLink(engine, { invoice: latest, gone }, link);
    latest = tended.invoice;
    states.push(tended);
  }
  if (!gone && asksForAnother(latest, states)) await makeAnother(engine, latest, links.at(-1)!);
  return latest;
}

/** What Stripe does not take leaves the invoice without a link, and is no reason to stop its sync. */
async function makeAnother(engine: Engine, invoice: StripeInvoice, last: KnownLink): Promise<void> {
  try {
    await makePaymentLink(engine, invoice, last.params.crmId);
  } catch (error) {
    if (!(error instanceof PermanentFailure) || !isFinalAnswer(error)) throw error;
    engine.log.warn({ invoice: invoice.id, code: error.code }, 'No other payment link could be made.');
    await noteLinkState(engine.database, last, { active: false, closedWhy: 'refused' });
  }
}

async function tendLink(
  engine: Engine,
  { invoice, gone }: PaidInvoice,
  link: KnownLink & { stripeId: string },
): Promise<{ invoice: StripeInvoice; closedWhy: KnownLink['closedWhy'] }> {
  let latest = invoice;
  const settle = async () => {
    for (const paid of await paidThrough(engine.stripe, link.stripeId))
      // Nobody edits lines of a finalized invoice, and the caller knows which of their products the org has.
      latest = {
        ...(await settleLinkPayment(engine, { invoice: latest, gone }, paid)),
        lines: invoice.lines,
      };
  };
  const active = await isLinkActive(engine.stripe, link.stripeId);
  await settle();
  const closedWhy = link.closedWhy ?? whyToClose(gone ? null : latest, { amount: link.amount, active });
  if (closedWhy !== null && (active || link.closedWhy === null)) {
    if (active) await deactivateLink(engine.stripe, link.stripeId);
    await expireSessions(engine.stripe, link.stripeId);
    // Whoever was about to pay has either done so by now or cannot any more.
    await settle();
  }
  const next = { active: active && closedWhy === null, closedWhy };
  if (next.active !== link.active || closedWhy !== link.closedWhy)
    await noteLinkState(engine.database, link, next);
  return { invoice: latest, closedWhy };
}
