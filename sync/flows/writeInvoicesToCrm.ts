import { conflictWords } from '../domain/conflictWords.ts';
import { snapshotAfter, type InvoiceSnapshot } from '../domain/crmSnapshot.ts';
import { withDeletions } from '../domain/deletedLines.ts';
import { stillOpen, type OpenConflict } from '../domain/openConflict.ts';
import { withOverwritings } from '../domain/overwritten.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { shownIn } from '../domain/recordCurrency.ts';
import {
  invoiceBase,
  pairedLines,
  planCrmInvoice,
  valueInBase,
  type CrmFields,
  type CrmInvoicePlan,
} from '../domain/planCrmInvoice.ts';
import { wantInvoicePdfs } from '../documents/wantedDocuments.ts';
import type { Convergence, Engine } from '../engine.ts';
import type { SyncFailure } from '../failure.ts';
import { orgCurrencies } from '../salesforce/orgCurrencies.ts';
import { deleteRecords, updateRecords, upsertRecords, type WriteResult } from '../salesforce/writeRecords.ts';
import { shownLinks } from '../store/paymentLinks.ts';
import { refundedAmounts } from '../store/refunds.ts';
import { remindedInvoices } from '../store/reminders.ts';
import { chainsOf, noteRevisions, tellChains } from '../store/revisions.ts';
import { firstSentAt } from '../store/sentInvoices.ts';
import { noteSnapshots } from '../store/crmSnapshots.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { busy } from './claimWhenFree.ts';
import type { InvoiceAtStripe } from './convergeInvoices.ts';
import { accountsOfCustomers, unlinkedCustomer } from './dependencies.ts';
import { openValues } from './openValues.ts';
import type { OrgRecords } from './orgTaxRates.ts';

export interface CrmWriteOptions {
  inOrg: OrgRecords;
  /** Whether to note the time even where nothing differs: somebody asked for this sync. */
  touch: boolean;
  acknowledged: boolean;
}

interface Writing extends InvoiceAtStripe {
  plan: CrmInvoicePlan;
  openConflicts: OpenConflict[];
  /** The org's id: known, or given by the upsert that makes the record. */
  crmId: string | null;
  /** The org's line of each Stripe line. */
  lineIds: Map<string, string>;
  failure?: SyncFailure;
}

/**
 * Writes what differs to the org, in as few calls as the number of records allows: invoices that are new, then
 * all changes of known invoices and lines together, then new lines and deletions.
 */
export async function writeInvoicesToCrm(
  engine: Engine,
  ready: InvoiceAtStripe[],
  options: CrmWriteOptions,
): Promise<Map<ClaimedRecord, Convergence>> {
  const writings = await plan(engine, ready, options);
  await findAccounts(
    engine,
    writings.filter(({ crm }) => crm === null),
  );
  await noteWhatWillBe(engine, writings);
  // One Account's records stand together: the platform locks the parent for every child that is written.
  const possible = writings.filter(({ failure }) => !failure).sort(byAccount);
  await insertInvoices(
    engine,
    possible.filter(({ crm }) => crm === null),
  );
  const known = possible.filter(({ crm }) => crm !== null);
  await updateInvoicesAndLines(engine, known);
  await insertLines(
    engine,
    possible.filter(({ crmId, failure }) => crmId && !failure),
  );
  await deleteLines(
    engine,
    known.filter(({ failure }) => !failure),
  );
  await tellOthers(engine, writings);
  await wantInvoicePdfs(
    engine,
    writings.filter(({ failure }) => !failure),
  );
  return new Map(writings.map((writing) => [writing.record, convergence(writing, engine.now())]));
}

async function plan(
  engine: Engine,
  ready: InvoiceAtStripe[],
  { inOrg, touch, acknowledged }: CrmWriteOptions,
): Promise<Writing[]> {
  const stripeIds = ready.map(({ stripe }) => stripe.id);
  await noteRevisions(
    engine.database,
    ready.map(({ stripe }) => stripe),
  );
  const [sent, refunded, chains, reminded, links] = await Promise.all([
    firstSentAt(engine.database, stripeIds),
    refundedAmounts(engine.database, stripeIds),
    chainsOf(engine.database, stripeIds),
    remindedInvoices(
      engine.database,
      ready.flatMap(({ crm }) => crm?.id ?? []),
    ),
    shownLinks(engine.database, stripeIds),
  ]);
  const currencies = await orgCurrencies(
    engine.org,
    ready.map(({ stripe }) => stripe.currency),
  );
  return ready.map((one): Writing => {
    const lineIds = one.crm ? pairedLines(one.crm, one.stripe) : new Map<string, string>();
    const openConflicts = stillOpen(one.record.openConflicts, {
      valueOf: (field) =>
        field === 'currency'
          ? one.stripe.currency.toUpperCase()
          : valueInBase(invoiceBase(lineIds, one.stripe), field),
      acknowledged,
    });
    const sentAt = one.record.sentAt ?? sent.get(one.stripe.id) ?? null;
    const crmPlan = planCrmInvoice(one.crm, one.stripe, {
      sentAt: sentAt?.toISOString() ?? null,
      reminded: one.crm ? reminded.get(one.crm.id) : undefined,
      amountRefunded: refunded.get(one.stripe.id) ?? 0,
      chain: chains.get(one.stripe.id)!,
      link: links.get(one.stripe.id) ?? null,
      account: one.backTo,
      productOf: (stripeId) => inOrg.products.get(stripeId) ?? null,
      taxRateOf: (stripeId) => inOrg.taxRates.get(stripeId) ?? null,
      touch,
      conflictNote: conflictNote(one.stripe, { openConflicts, lineIds }),
      currencies,
      now: engine.now().toISOString(),
    });
    return { ...one, plan: crmPlan, crmId: one.crm?.id ?? null, lineIds, openConflicts };
  });
}

/** What others of a chain show of the invoices that the org has now. */
async function tellOthers(engine: Engine, writings: Writing[]): Promise<void> {
  const done = writings.filter(({ failure }) => !failure);
  const ids = (some: Writing[]) => some.map(({ stripe }) => stripe.id);
  const written = ids(done.filter(({ stripe }) => stripe.revisionOf !== null));
  const firstWritten = ids(done.filter(({ record }) => record.base === null));
  if (written.length + firstWritten.length > 0) await tellChains(engine.database, { written, firstWritten });
}

/** What a conflict on a line calls it is Stripe's description, which is known whether the org was read or not. */
function conflictNote(
  stripe: StripeInvoice,
  { openConflicts, lineIds }: Pick<Writing, 'openConflicts' | 'lineIds'>,
): string | null {
  const lineName = (crmId: string) =>
    stripe.lines.find(({ id }) => lineIds.get(id) === crmId)?.terms.description;
  return conflictWords(openConflicts, { ...stripe, lineName });
}

/** The Accounts of invoices that are not in the org yet. */
async function findAccounts(engine: Engine, writings: Writing[]): Promise<void> {
  const accounts = await accountsOfCustomers(engine, [
    ...new Set(writings.flatMap(({ stripe }) => stripe.customerId ?? [])),
  ]);
  for (const writing of writings) {
    const account = writing.stripe.customerId && accounts.get(writing.stripe.customerId);
    if (!account) writing.failure = unlinkedCustomer(writing.stripe);
    else writing.plan.fields.Account__c = account;
  }
}

/** The events of our own writes come back; what they say is noted first, so that they are known for what they are. */
async function noteWhatWillBe(engine: Engine, writings: Writing[]): Promise<void> {
  const writes = writings.filter(
    ({ plan: { fields }, failure }) => !failure && Object.keys(fields).length > 0,
  );
  const at = engine.now().toISOString();
  for (const { record, crm, plan: crmPlan } of writes)
    if (crm) record.crmWrites = withOverwritings(record.crmWrites, crm, { plan: crmPlan, at });
  const ours = await noteSnapshots(
    engine.database,
    writes.map((writing) => ({
      record: writing.record,
      crmSnapshot: snapshotOf(writing, at),
      crmWrites: writing.record.crmWrites,
    })),
  );
  for (const writing of writes) if (!ours.has(writing.record.id)) writing.failure = busy('invoice');
}

const snapshotOf = ({ record, crm, stripe, ...writing }: Writing, now: string): InvoiceSnapshot =>
  snapshotAfter(crm ?? { id: writing.crmId ?? '', name: '', fields: {}, lines: [] }, stripe, {
    plan: writing.plan,
    ids: writing.lineIds,
    deleted: withDeletions(record.crmSnapshot, { crm, ids: writing.plan.deleteLines, now }),
  });

const accountOf = ({ crm, plan: { fields } }: Writing) => crm?.accountId ?? String(fields.Account__c);

const byAccount = (a: Writing, b: Writing) =>
  accountOf(a) === accountOf(b) ? 0 : accountOf(a) < accountOf(b) ? -1 : 1;

/** Invoices that were made in Stripe, or by its subscriptions: the external id keeps a repeat from making two. */
async function insertInvoices(engine: Engine, writings: Writing[]): Promise<void> {
  const answers = await upsertRecords(
    engine.org,
    { object: 'Invoice__c', externalId: 'Stripe_Invoice_Id__c' },
    writings.map(({ plan: { fields } }) => ({ fields })),
  );
  for (const [index, writing] of writings.entries()) {
    const answer = answers[index]!;
    if ('failure' in answer) writing.failure = answer.failure;
    else {
      writing.crmId = answer.id;
      await linkRecord(engine.database, writing.record, { crmId: answer.id, stripeId: writing.stripe.id });
    }
  }
}

async function updateInvoicesAndLines(engine: Engine, writings: Writing[]): Promise<void> {
  const writes: { writing: Writing; object: string; id: string; fields: CrmFields }[] = [];
  for (const writing of writings) {
    const { fields, updateLines } = writing.plan;
    if (Object.keys(fields).length > 0)
      writes.push({ writing, object: 'Invoice__c', id: writing.crmId!, fields });
    for (const line of updateLines) writes.push({ writing, object: 'Invoice_Line__c', ...line });
  }
  // Invoices first, then lines: a call may change between objects ten times at most.
  writes.sort((a, b) => (a.object === b.object ? 0 : a.object === 'Invoice__c' ? -1 : 1));
  note(writes, await updateRecords(engine.org, writes));
}

async function insertLines(engine: Engine, writings: Writing[]): Promise<void> {
  const writes = writings.flatMap((writing) =>
    writing.plan.insertLines.map(({ stripeId, fields }) => ({
      writing,
      stripeId,
      fields: { ...fields, Invoice__c: writing.crmId },
    })),
  );
  const answers = await upsertRecords(
    engine.org,
    { object: 'Invoice_Line__c', externalId: 'Stripe_Line_Id__c' },
    writes,
  );
  note(writes, answers);
  for (const [index, { writing, stripeId }] of writes.entries()) {
    const answer = answers[index]!;
    if ('id' in answer) writing.lineIds.set(stripeId, answer.id);
  }
}

async function deleteLines(engine: Engine, writings: Writing[]): Promise<void> {
  const writes = writings.flatMap((writing) => writing.plan.deleteLines.map((id) => ({ writing, id })));
  note(
    writes,
    await deleteRecords(
      engine.org,
      writes.map(({ id }) => id),
    ),
  );
}

function note(writes: { writing: Writing }[], answers: WriteResult[]): void {
  for (const [index, { writing }] of writes.entries()) {
    const answer = answers[index]!;
    if ('failure' in answer) writing.failure ??= answer.failure;
  }
}

function convergence(writing: Writing, now: Date): Convergence {
  const {
    record,
    stripe,
    plan: crmPlan,
    changes,
    conflicts,
    openConflicts,
    lineIds,
    crmId,
    failure,
  } = writing;
  if (failure) return { record, kind: 'failed', failure };
  const snapshot = snapshotOf(writing, now.toISOString());
  return {
    record,
    kind: 'synced',
    base: { ...invoiceBase(lineIds, stripe), ...shownIn(snapshot.fields) },
    crmSnapshot: snapshot,
    crmTold: writing.crm ? openValues(record, writing.crm, now) : {},
    changes: [
      ...changes,
      ...crmPlan.changes.map((change) => ({ ...change, objectId: change.objectId ?? crmId })),
    ],
    conflicts,
    openConflicts,
  };
}
