import type { FieldChange, FieldConflict } from '../domain/change.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { readBase } from '../domain/readBase.ts';
import { crmChangedSince, keptValues, stripeChangedSince } from '../domain/planGone.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { readFates, type Fate } from '../salesforce/readFates.ts';
import { deleteRecords } from '../salesforce/writeRecords.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import {
  keepLosingSide,
  noteCrmBack,
  noteCrmGone,
  noteStripeGone,
  wasToldDeleted,
} from '../store/tombstones.ts';
import { retryWaitingFor } from '../store/waitingMirrors.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { createInvoice, deleteDraft, type NewInvoice } from '../stripe/writeInvoice.ts';
import { asFailure } from './asFailure.ts';
import { busy } from './claimWhenFree.ts';
import { refuseIfOnlyHidden } from './refuseIfOnlyHidden.ts';
import { mapConcurrently } from './concurrency.ts';
import type { InvoicePair } from './convergeInvoices.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';
import { closePaymentLinks } from './tendPaymentLinks.ts';
import { createOnce } from './writeOnce.ts';

const OBJECT = 'Invoice__c';

/**
 * Follows the deletion of invoices in the org: Stripe's draft is deleted too; what is still to be paid is parked with
 * the next step; what is over stays as it is. None is made in the org again, whatever Stripe says of it later.
 */
export async function followGoneInvoices(
  engine: Engine,
  records: ClaimedRecord[],
): Promise<Map<ClaimedRecord, Convergence>> {
  if (records.length === 0) return new Map();
  const fates = await readFates(
    engine.org,
    OBJECT,
    records.map(({ crmId }) => crmId!),
  );
  const followed = await mapConcurrently(records, STRIPE_CONCURRENCY, async (record) => {
    const one = await asFailure(() => followOne(engine, record, fates.get(record.crmId!)));
    return isSyncFailure(one) ? { record, kind: 'failed' as const, failure: one } : one;
  });
  return new Map(followed.map((one) => [one.record, one]));
}

async function followOne(
  engine: Engine,
  record: ClaimedRecord,
  fate: Fate | undefined,
): Promise<Convergence> {
  // It was made, or taken out of the Recycle Bin, between the two reads.
  if (fate && !fate.deleted) throw busy('invoice');
  await refuseIfOnlyHidden(engine, record, { fate, object: OBJECT });
  const stripe = await stripeSide(engine, record);
  if (stripe?.status === 'draft') return deleteInStripe(engine, record, stripe);
  await noteCrmGone(engine.database, record);
  if (stripe) await closePaymentLinks(engine, stripe);
  if (stripe && (stripe.status === 'open' || stripe.status === 'uncollectible')) throw stillOwed(stripe);
  if (!stripe && record.stripeId) await noteStripeGone(engine.database, record);
  return followed(record, { gone: 'This invoice was deleted in Salesforce. There is nothing left to do.' });
}

/** Stripe's invoice, also the one that a worker made and was killed before it could note its id. */
async function stripeSide(engine: Engine, record: ClaimedRecord): Promise<StripeInvoice | null> {
  if (record.stripeId) return readStripeInvoice(engine.stripe, record.stripeId);
  if (!record.intents.create) return null;
  const made = await createOnce(engine, record, {
    params: record.intents.create.params as NewInvoice,
    send: (params, key) => createInvoice(engine.stripe, params, key),
  });
  await linkRecord(engine.database, record, { stripeId: made.id });
  // What is given back under the noted key is the invoice as it was made.
  return readStripeInvoice(engine.stripe, made.id);
}

async function deleteInStripe(
  engine: Engine,
  record: ClaimedRecord,
  stripe: StripeInvoice,
): Promise<Convergence> {
  if (stripe.subscriptionId) throw draftOfSubscription(stripe);
  const edited: FieldConflict[] = stripeChangedSince(readBase(record.base), stripe)
    ? [{ field: 'invoice', stripe: keptValues(stripe), crm: null, winner: 'salesforce' }]
    : [];
  // Kept first: after the deletion nothing could tell any more what Stripe said.
  await keepLosingSide(engine.database, record, edited);
  await noteCrmGone(engine.database, record);
  try {
    await deleteDraft(engine.stripe, stripe.id);
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    const now = await readStripeInvoice(engine.stripe, stripe.id);
    // Somebody finalized it at the same moment.
    if (now?.status === 'open' || now?.status === 'uncollectible') throw stillOwed(now);
    if (now?.status === 'draft') throw error;
  }
  await noteStripeGone(engine.database, record);
  return followed(record, {
    gone: 'This invoice was deleted in Salesforce, and its draft in Stripe with it.',
    change: {
      side: 'stripe',
      object: 'invoice',
      objectId: stripe.id,
      field: 'invoice',
      from: stripe.id,
      to: null,
    },
  });
}

/** An invoice of the org whose draft is no longer in Stripe. */
export type WithoutDraft = InvoicePair & { crm: NonNullable<InvoicePair['crm']>; stripe: null };

/** Follows the deletion of drafts in Stripe: the org's drafts go to the Recycle Bin, which keeps them for 15 days. */
export async function followDeletedDrafts(
  engine: Engine,
  pairs: WithoutDraft[],
): Promise<Map<ClaimedRecord, Convergence>> {
  const ended = new Map<ClaimedRecord, Convergence>();
  const toDelete: WithoutDraft[] = [];
  for (const pair of pairs) {
    const failure = await whyNotDeleted(engine, pair);
    if (failure) ended.set(pair.record, { record: pair.record, kind: 'failed', failure });
    else toDelete.push(pair);
  }
  for (const { record, base, crm } of toDelete) {
    if (!crmChangedSince(base, crm)) continue;
    await keepLosingSide(engine.database, record, [
      { field: 'invoice', stripe: null, crm: keptValues(crm), winner: 'stripe' },
    ]);
  }
  const answers = await deleteRecords(
    engine.org,
    toDelete.map(({ crm }) => crm.id),
  );
  for (const [index, { record, crm }] of toDelete.entries()) {
    const answer = answers[index]!;
    if ('failure' in answer) {
      ended.set(record, { record, kind: 'failed', failure: answer.failure });
      continue;
    }
    await noteStripeGone(engine.database, record);
    await noteCrmGone(engine.database, record);
    ended.set(
      record,
      followed(record, {
        gone: `The draft of ${crm.name} was deleted in Stripe, so the invoice was moved to the Recycle Bin.`,
        change: {
          side: 'salesforce',
          object: OBJECT,
          objectId: crm.id,
          field: 'invoice',
          from: crm.name,
          to: null,
        },
      }),
    );
  }
  return ended;
}

/**
 * Only a draft whose deletion Stripe told of is deleted here: with the key of another account every invoice would seem
 * to be gone. One that somebody restored after its deletion was followed is not deleted again.
 */
async function whyNotDeleted(
  { database }: Engine,
  { record, crm }: WithoutDraft,
): Promise<PermanentFailure | null> {
  const stripeId = record.stripeId ?? crm.stripeId!;
  const words = record.stripeGoneAt
    ? `The draft ${stripeId} of ${crm.name} was deleted in Stripe and cannot be restored there. Raise the invoice again, and delete this one.`
    : `${stripeId} is no longer in Stripe. If the draft was deleted there, delete this invoice here, or raise it again; if not, an administrator has to check that STRIPE_SECRET_KEY belongs to the right account.`;
  if (!record.stripeGoneAt && crm.status === 'draft') {
    if (await wasToldDeleted(database, deletedInStripe(stripeId))) return null;
  }
  return new PermanentFailure({ code: 'stripe_record_gone', stage: 'read-stripe', message: words });
}

/** Somebody took the invoice out of the Recycle Bin: it is synced again, and so is what was held back with it. */
export async function invoiceIsBack(engine: Engine, record: ClaimedRecord): Promise<void> {
  await noteCrmBack(engine.database, record);
  if (record.stripeId) await retryWaitingFor(engine.database, record.stripeId);
}

/** Neither side has the invoice any more. One that nobody has ever told of is somebody's mistake. */
export async function goneOnBothSides(engine: Engine, record: ClaimedRecord): Promise<Convergence> {
  const gone = `${record.stripeId} is neither in Stripe nor in the org any more. There is nothing left to do.`;
  const wasThere =
    record.base !== null ||
    record.stripeGoneAt !== null ||
    (await wasToldDeleted(engine.database, deletedInStripe(record.stripeId!)));
  if (!wasThere) throw new PermanentFailure({ code: 'gone', stage: 'read-stripe', message: gone });
  await noteStripeGone(engine.database, record);
  return followed(record, { gone });
}

const deletedInStripe = (id: string) => ({ source: 'stripe' as const, types: ['invoice.deleted'], id });

const followed = (
  record: ClaimedRecord,
  { gone, change }: { gone: string; change?: FieldChange },
): Convergence => ({
  record,
  kind: 'synced',
  base: record.base,
  changes: change ? [change] : [],
  conflicts: [],
  gone,
});

const stillOwed = (stripe: StripeInvoice) =>
  new PermanentFailure({
    code: 'deleted_but_owed',
    stage: 'decide',
    message: `${stripe.number ?? stripe.id} was deleted in Salesforce but is still ${stripe.status} in Stripe, where the customer can pay it. Void it in Stripe, or restore the record from the Recycle Bin.`,
  });

const draftOfSubscription = (stripe: StripeInvoice) =>
  new PermanentFailure({
    code: 'deleted_but_owed',
    stage: 'decide',
    message: `${stripe.id} was deleted in Salesforce, but it is the draft of a subscription, which Stripe does not let be deleted. Restore the record from the Recycle Bin, or finalize and void the invoice in Stripe.`,
  });
