import type { InvoiceSnapshot } from '../domain/crmSnapshot.ts';
import { withoutDeleted } from '../domain/deletedLines.ts';
import { asKnown, type StripeInvoice } from '../domain/invoice.ts';
import { stripeChangedSince } from '../domain/planGone.ts';
import { readBase } from '../domain/readBase.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, type SyncFailure } from '../failure.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { mapConcurrently } from './concurrency.ts';
import type { InvoiceAtStripe } from './convergeInvoices.ts';
import { asFailure } from './asFailure.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';
import { overwrittenTerms } from './overwrittenOf.ts';

export interface StripeAlone {
  /** Invoices for which what we know of the org suffices, and those whose read failed. */
  done: Map<ClaimedRecord, InvoiceAtStripe | SyncFailure>;
  /** Of the others, what has been read of Stripe. */
  read: Map<ClaimedRecord, StripeInvoice>;
}

/**
 * Most changes in Stripe are none of what people edit: an invoice is finalized, paid, overdue. Where nobody has told
 * of a change in the org either, its record is what we left there (`crm_snapshot`), and reading it would tell nothing.
 * An edit whose event is still on its way is safe: only fields that are Stripe's alone are written, and when the event
 * or a sweep tells of it, both sides are read.
 */
export async function readStripeAlone(engine: Engine, records: ClaimedRecord[]): Promise<StripeAlone> {
  const alone: StripeAlone = { done: new Map(), read: new Map() };
  await mapConcurrently(records.filter(isKnownInOrg), STRIPE_CONCURRENCY, async (record) => {
    const stripe = await asFailure(() => readStripeInvoice(engine.stripe, record.stripeId!));
    // Gone from Stripe: that needs both sides.
    if (stripe === null) return;
    if (isSyncFailure(stripe)) {
      alone.done.set(record, stripe);
      return;
    }
    const crm = withoutDeleted(record.crmSnapshot as InvoiceSnapshot);
    // What people edit: somebody may be editing it in the org at this moment, or has edited it in Stripe as we wrote there.
    const overwritten = await asFailure(() => overwrittenTerms(engine, record, stripe.terms));
    if (isSyncFailure(overwritten)) {
      alone.done.set(record, overwritten);
      return;
    }
    if (Object.keys(overwritten).length > 0 || stripeChangedSince(readBase(record.base), stripe)) {
      alone.read.set(record, stripe);
      return;
    }
    const products = new Set(crm.lines.map(({ terms }) => terms.product));
    const taxRates = new Set([crm.terms.taxRate, ...crm.lines.map(({ terms }) => terms.taxRate)]);
    alone.done.set(record, {
      record,
      crm,
      stripe: asKnown(stripe, {
        product: (id) => products.has(id),
        taxRate: (id) => taxRates.has(id),
      }),
      changes: [],
      conflicts: [],
    });
  });
  return alone;
}

// Five queries of 200 invoices are one call of the org.
const MOST_AT_ONCE = 1_000;

/**
 * Reads Stripe for a full claim, and as long as all that was claimed is known in the org but some of it has to be read
 * there, claims more: one call of the org reads 1,000 invoices. What is claimed is added to `records`. Claims stay small,
 * so that other workers get their share.
 */
export async function gatherForOneRead(
  engine: Engine,
  records: ClaimedRecord[],
  claimMore: () => Promise<ClaimedRecord[]>,
): Promise<StripeAlone> {
  const full = records.length;
  const alone = await readStripeAlone(engine, records);
  let last = records;
  while (
    last.length === full &&
    records.length + full <= MOST_AT_ONCE &&
    alone.read.size > 0 &&
    alone.done.size + alone.read.size === records.length
  ) {
    last = await claimMore();
    records.push(...last);
    const more = await readStripeAlone(engine, last);
    for (const [record, one] of more.done) alone.done.set(record, one);
    for (const [record, stripe] of more.read) alone.read.set(record, stripe);
  }
  return alone;
}

function isKnownInOrg(record: ClaimedRecord): boolean {
  const { base, stripeId, crmId, crmSnapshot, crmUnsure, attempts, crmGoneAt, stripeGoneAt } = record;
  const snapshot = crmSnapshot as Partial<InvoiceSnapshot> | null;
  return (
    attempts === 0 &&
    !crmUnsure &&
    crmGoneAt === null &&
    stripeGoneAt === null &&
    base !== null &&
    stripeId !== null &&
    crmId !== null &&
    snapshot?.id === crmId &&
    snapshot.stripeId === stripeId
  );
}
