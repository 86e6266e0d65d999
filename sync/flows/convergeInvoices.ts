import {
  asKnown,
  outsidePayments,
  type CrmInvoice,
  type InvoiceBase,
  type StripeInvoice,
} from '../domain/invoice.ts';
import type { FieldChange, FieldConflict } from '../domain/change.ts';
import { baseOfSnapshot } from '../domain/crmSnapshot.ts';
import { crmChangedSince } from '../domain/planGone.ts';
import { readBase } from '../domain/readBase.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';
import { readCrmInvoices, type CrmInvoiceRead } from '../salesforce/readInvoices.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { markUnknownPayments } from '../store/unknownPayments.ts';
import { noteStripeBack, unlinkStripe } from '../store/tombstones.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import { joinPair } from './joinPair.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';
import { busy } from './claimWhenFree.ts';
import {
  followDeletedDrafts,
  followGoneInvoices,
  goneOnBothSides,
  invoiceIsBack,
  type WithoutDraft,
} from './goneInvoices.ts';
import { ensureProducts, orgProducts, stripeIdsOfAccounts } from './dependencies.ts';
import { orgTaxRates, type OrgRecords } from './orgTaxRates.ts';
import { gatherForOneRead, readStripeAlone, type StripeAlone } from './readStripeAlone.ts';
import { tendPaymentLinks } from './tendPaymentLinks.ts';
import { writeInvoicesToCrm } from './writeInvoicesToCrm.ts';
import { writeInvoiceToStripe } from './writeInvoiceToStripe.ts';

export interface ConvergeInvoicesOptions {
  /** Whether to note the time of sync on the org's record even if nothing differs: somebody asked for it. */
  touch?: boolean;
  /** Whether somebody has seen the conflicts that the record shows. */
  acknowledged?: boolean;
  /** Claims more, which is added to the records, where one call of the org can read them together. */
  claimMore?: () => Promise<ClaimedRecord[]>;
  /** What a command does in Stripe once the draft there is up to date, before the org is written. */
  afterStripe?: (
    record: ClaimedRecord,
    at: { crm: CrmInvoice; stripe: StripeInvoice },
  ) => Promise<StripeInvoice>;
}

/** A record as both sides have it now; at least one of them does. */
export interface InvoicePair {
  record: ClaimedRecord;
  base: InvoiceBase | null;
  crm: CrmInvoice | null;
  stripe: StripeInvoice | null;
}

/** A record whose Stripe side is as it shall be; the org's side is still to be written. */
export interface InvoiceAtStripe {
  record: ClaimedRecord;
  crm: CrmInvoice | null;
  stripe: StripeInvoice;
  changes: FieldChange[];
  conflicts: FieldConflict[];
  /** The Account from which somebody has moved it. */
  backTo?: string;
}

/**
 * Converges claimed invoices: reads Stripe, and the org where that may tell something, brings Stripe's drafts up to
 * date one by one, then writes the org in bulk. A record that fails does not hold up the others.
 */
export async function convergeInvoices(
  engine: Engine,
  records: ClaimedRecord[],
  options: ConvergeInvoicesOptions = {},
): Promise<Convergence[]> {
  const asked = options.touch === true || options.afterStripe !== undefined;
  const alone = options.claimMore
    ? await gatherForOneRead(engine, records, options.claimMore)
    : await readStripeAlone(engine, asked ? [] : records);
  const { atStripe, ended, inOrg } = await bringStripeUpToDate(
    engine,
    records.filter((record) => !alone.done.has(record)),
    { ...options, read: alone.read },
  );
  const all = await tendPaymentLinks(engine, new Map([...alone.done, ...atStripe]));
  const ready = [...all.values()].filter((one): one is InvoiceAtStripe => !isSyncFailure(one));
  const written = await writeInvoicesToCrm(engine, ready, {
    inOrg,
    touch: options.touch ?? false,
    acknowledged: options.acknowledged ?? false,
  });
  // Only their invoice tells of payments from outside; of their own no event comes.
  await markUnknownPayments(
    engine.database,
    ready.flatMap(({ stripe }) => outsidePayments(stripe)),
  );
  const convergences = records.map((record): Convergence => {
    const done = ended.get(record);
    if (done) return done;
    const one = all.get(record)!;
    return isSyncFailure(one) ? { record, kind: 'failed', failure: one } : written.get(record)!;
  });
  return readingTheRefused(engine, convergences, alone);
}

/** What the org refused although nobody had told of a change there is looked at whole: it may have been deleted. */
async function readingTheRefused(
  engine: Engine,
  convergences: Convergence[],
  { done }: StripeAlone,
): Promise<Convergence[]> {
  const refused = convergences.flatMap((one) => {
    const known = done.get(one.record);
    const isRefused = one.kind === 'failed' && one.failure instanceof PermanentFailure;
    return isRefused && known && !isSyncFailure(known) ? [one.record] : [];
  });
  if (refused.length === 0) return convergences;
  for (const record of refused) record.crmUnsure = true;
  const again = await convergeInvoices(engine, refused);
  return convergences.map((one) => again.find(({ record }) => record === one.record) ?? one);
}

interface StripeUpToDate {
  atStripe: Map<ClaimedRecord, InvoiceAtStripe | SyncFailure>;
  /** What nothing is left to be written for, because one side is gone. */
  ended: Map<ClaimedRecord, Convergence>;
  inOrg: OrgRecords;
}

/** Reads both sides and has Stripe's drafts say what they shall. */
async function bringStripeUpToDate(
  engine: Engine,
  records: ClaimedRecord[],
  options: ConvergeInvoicesOptions & { read: Map<ClaimedRecord, StripeInvoice> },
): Promise<StripeUpToDate> {
  const reads = await readWithProducts(engine, records);
  const gone = await followGoneInvoices(
    engine,
    records.filter(({ crmId }) => crmId && !reads.some(({ id }) => id === crmId)),
  );
  const living = await bringLivingUpToDate(
    engine,
    { records: records.filter((record) => !gone.has(record)), reads },
    options,
  );
  return { ...living, ended: new Map([...gone, ...living.ended]) };
}

/** The same for those that the org has, or never had. */
async function bringLivingUpToDate(
  engine: Engine,
  { records, reads }: { records: ClaimedRecord[]; reads: CrmInvoiceRead[] },
  options: ConvergeInvoicesOptions & { read: Map<ClaimedRecord, StripeInvoice> },
): Promise<StripeUpToDate> {
  // Of a draft that is in Stripe the customer is known; only who sends it wants the customer's newest address too.
  const drafts = reads.flatMap((read) =>
    'invoice' in read && read.invoice.status === 'draft' && (options.afterStripe || !read.stripeId)
      ? read.invoice.accountId
      : [],
  );
  const [customers, read] = await Promise.all([
    stripeIdsOfAccounts(engine, drafts),
    mapConcurrently(records, STRIPE_CONCURRENCY, (record) =>
      asFailure(() => readPair(engine, record, { reads, stripe: options.read.get(record) })),
    ),
  ]);
  const ended = await followDeletedDrafts(engine, read.filter(isWithoutDraft));
  for (const [index, one] of read.entries()) {
    const record = records[index]!;
    if (isSyncFailure(one)) ended.set(record, { record, kind: 'failed', failure: one });
    else if ('kind' in one) ended.set(record, one);
  }
  const pairs = read.filter(
    (one): one is InvoicePair => !isSyncFailure(one) && !('kind' in one) && !ended.has(one.record),
  );
  const [products, taxRates] = [await orgProducts(engine, pairs), await orgTaxRates(engine, pairs)];
  const known = (invoice: StripeInvoice) =>
    asKnown(invoice, { product: (id) => products.has(id), taxRate: (id) => taxRates.has(id) });
  const atStripe = await mapConcurrently(pairs, STRIPE_CONCURRENCY, (pair) =>
    asFailure(async () => {
      const written = await writeInvoiceToStripe(engine, pair, { customers, known });
      const { record, crm, stripe } = written;
      if (!options.afterStripe || !crm) return written;
      const after = await options.afterStripe(record, { crm, stripe });
      await addNamed(engine, { products, taxRates }, { ...pair, crm, stripe: after });
      return { ...written, stripe: known(after) };
    }),
  );
  return {
    inOrg: { products, taxRates },
    ended,
    atStripe: new Map(pairs.map(({ record }, index) => [record, atStripe[index]!])),
  };
}

/** The step of a command may have put products and tax rates onto an invoice that it did not name before. */
async function addNamed(engine: Engine, inOrg: OrgRecords, pair: InvoicePair): Promise<void> {
  for (const [stripeId, crmId] of await orgProducts(engine, [pair])) inOrg.products.set(stripeId, crmId);
  for (const [stripeId, crmId] of await orgTaxRates(engine, [pair])) inOrg.taxRates.set(stripeId, crmId);
}

/**
 * The org's invoices. Drafts with products that Stripe lacks are read again once Stripe has them; a draft
 * whose product could not be made fails for that reason.
 */
async function readWithProducts(engine: Engine, records: ClaimedRecord[]): Promise<CrmInvoiceRead[]> {
  const { defaultCurrency } = engine.settings;
  const reads = await readCrmInvoices(engine.org, {
    crmIds: records.flatMap(({ crmId }) => crmId ?? []),
    stripeIds: records.flatMap(({ crmId, stripeId }) => (crmId ? [] : (stripeId ?? []))),
    defaultCurrency,
  });
  const lacking = reads.flatMap((read) =>
    'invoice' in read && read.invoice.status === 'draft' && read.productsWithoutStripe.length > 0
      ? [read]
      : [],
  );
  if (lacking.length === 0) return reads;
  const failures = await ensureProducts(engine, [
    ...new Set(lacking.flatMap((read) => read.productsWithoutStripe)),
  ]);
  const again = await readCrmInvoices(engine.org, {
    crmIds: lacking.map((read) => read.invoice.id),
    stripeIds: [],
    defaultCurrency,
  });
  return reads.map((read): CrmInvoiceRead => {
    const newer = again.find(({ id }) => id === read.id);
    if (!newer || !('invoice' in newer)) return newer ?? read;
    const [stillMissing] = newer.productsWithoutStripe;
    if (!stillMissing) return newer;
    return { id: newer.id, stripeId: newer.stripeId, failure: failures.get(stillMissing) ?? busy('product') };
  });
}

function crmOf(reads: CrmInvoiceRead[], record: ClaimedRecord): CrmInvoice | null {
  const read = reads.find((one) =>
    record.crmId ? one.id === record.crmId : one.stripeId === record.stripeId,
  );
  if (read && 'failure' in read) throw read.failure;
  return read?.invoice ?? null;
}

async function readPair(
  engine: Engine,
  record: ClaimedRecord,
  { reads, stripe: read }: { reads: CrmInvoiceRead[]; stripe: StripeInvoice | undefined },
): Promise<InvoicePair | Convergence> {
  const crm = crmOf(reads, record);
  if (crm && record.crmGoneAt) await invoiceIsBack(engine, record);
  const stripeId = record.stripeId ?? crm?.stripeId;
  // What was read before the org was is too old to write Stripe by.
  const isFresh = read && crm && !crmChangedSince(readBase(record.base), crm);
  const stripe = isFresh ? read : stripeId ? await readStripeInvoice(engine.stripe, stripeId) : null;
  if (!crm && !stripe) return goneOnBothSides(engine, record);
  if (!crm && stripe) await joinPair(engine, record, stripe);
  if (stripe && record.stripeGoneAt) await noteStripeBack(engine.database, record);
  // Somebody has read that the draft is gone, and has cleared its id: that asks for another one.
  if (!stripe && record.stripeGoneAt && !crm?.stripeId) await unlinkStripe(engine.database, record);
  return linked(engine, record, { crm, stripe });
}

function isWithoutDraft(one: InvoicePair | Convergence | SyncFailure): one is WithoutDraft {
  return (
    !isSyncFailure(one) &&
    !('kind' in one) &&
    one.crm !== null &&
    one.stripe === null &&
    (one.record.stripeId ?? one.crm.stripeId) !== null
  );
}

async function linked(
  engine: Engine,
  record: ClaimedRecord,
  { crm, stripe }: { crm: CrmInvoice | null; stripe: StripeInvoice | null },
): Promise<InvoicePair> {
  if ((crm && record.crmId !== crm.id) || (stripe && record.stripeId !== stripe.id)) {
    await linkRecord(engine.database, record, {
      ...(crm ? { crmId: crm.id } : {}),
      ...(stripe ? { stripeId: stripe.id } : {}),
    });
  }
  const base = readBase(record.base) ?? baseOfSnapshot(record.crmSnapshot, crm);
  return { record, base, crm, stripe };
}
