import type { FieldChange } from '../domain/change.ts';
import { conflictWords } from '../domain/conflictWords.ts';
import { toMajorUnits } from '../domain/money.ts';
import type { PriceBase } from '../domain/price.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';
import {
  canSeeBook,
  readEntries,
  readPriceBook,
  type CrmPrice,
  type PriceBook,
} from '../salesforce/readPrices.ts';
import { updateRecords } from '../salesforce/writeRecords.ts';
import { forgetPrice, separatePrice } from '../store/priceRecords.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { noteWriting } from '../store/writings.ts';
import { readStripePrice } from '../stripe/prices.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import { STRIPE_CONCURRENCY, type PairWork } from './convergePairs.ts';
import { archivePrice, changeOf, finishBegun, mergePrice, type MergedPrice } from './mergePrice.ts';
import { pricesWithoutEntry } from './pricesWithoutEntry.ts';

/** Price book entries and Stripe's prices: Stripe is written one by one, the org in bulk. */
export async function convergePrices(
  engine: Engine,
  { records, asked = false }: PairWork,
): Promise<Convergence[]> {
  const name = engine.settings.priceBook;
  if (name === 'off') return Promise.all(records.map((record) => nothingToDo(engine, record)));
  const book = await readPriceBook(engine.org, name);
  const loose = await pricesWithoutEntry(
    engine,
    book,
    records.filter(({ crmId }) => !crmId),
  );
  const entries = [...records.filter(({ crmId }) => crmId), ...loose.paired];
  return [...loose.convergences, ...(await convergeEntries(engine, book, { records: entries, asked }))];
}

async function convergeEntries(
  engine: Engine,
  book: PriceBook,
  { records, asked }: Required<PairWork>,
): Promise<Convergence[]> {
  const entries = await readEntries(engine.org, {
    book,
    currency: engine.settings.defaultCurrency,
    crmIds: records.flatMap(({ crmId }) => crmId ?? []),
  });
  const found = new Map(entries.map((entry) => [entry.id, entry]));
  const seesBook = found.size === records.length || (await canSeeBook(engine.org, book));
  const outcomes = await mapConcurrently(records, STRIPE_CONCURRENCY, (record) =>
    asFailure(async () => {
      const entry = found.get(record.crmId!);
      if (!entry) return entryGone(engine, record, { seesBook, asked });
      // An entry of another book is none of ours, unless it was in a pair before another book was chosen.
      const ours = entry.bookId === book.id || record.stripeId !== null;
      const merged = ours && (await mergePrice(engine, { record, entry, book, asked }));
      if (!merged && asked) throw notForStripe(entry);
      return merged || nothingToDo(engine, record);
    }),
  );
  return writeCrm(engine, { records, outcomes, asked });
}

type Outcome = MergedPrice | Convergence | SyncFailure;

async function writeCrm(
  engine: Engine,
  { records, outcomes, asked }: Required<PairWork> & { outcomes: Outcome[] },
): Promise<Convergence[]> {
  const writes = outcomes.flatMap((one) => {
    if (isSyncFailure(one) || 'kind' in one) return [];
    const fields = crmFields(one);
    return asked || Object.keys(fields).length > 0 ? [{ one, fields }] : [];
  });
  const answers = await updateRecords(
    engine.org,
    writes.map(({ one, fields }) => ({
      object: 'PricebookEntry',
      id: one.entry.id,
      fields: { ...fields, Last_Synced_At__c: engine.now().toISOString() },
    })),
  );
  return outcomes.map((one, index): Convergence => {
    const record = records[index]!;
    if (isSyncFailure(one)) return { record, kind: 'failed', failure: one };
    if ('kind' in one) return one;
    const at = writes.findIndex((write) => write.one === one);
    const answer = answers[at];
    if (answer && 'failure' in answer) return { record, kind: 'failed', failure: answer.failure };
    return {
      record,
      kind: 'synced',
      base: one.plan.base,
      conflicts: one.conflicts,
      openConflicts: one.openConflicts,
      changes: [...one.changes, ...crmChanges(one, writes[at]?.fields ?? {})],
    };
  });
}

/** What the entry does not say yet. */
function crmFields({ entry, price, plan, openConflicts }: MergedPrice): Record<string, unknown> {
  const { unitAmount, active } = plan.crmChange;
  const wanted: Record<string, unknown> = {
    ...(unitAmount === undefined
      ? {}
      : // An entry that takes the standard price has no amount of its own to write.
        { UnitPrice: toMajorUnits(unitAmount, entry.currency), UseStandardPrice: false }),
    ...(active === undefined ? {} : { IsActive: active }),
    Stripe_Price_Id__c: price.id,
    Sync_Status__c: openConflicts.length > 0 ? 'Conflict' : 'Synced',
    Sync_Error__c: conflictWords(openConflicts),
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => (entry.fields[field] ?? null) !== value),
  );
}

const crmChanges = ({ entry }: MergedPrice, fields: Record<string, unknown>): FieldChange[] =>
  Object.entries(fields)
    .filter(([field]) => !field.startsWith('Sync_'))
    .map(([field, to]) => ({
      side: 'salesforce',
      object: 'PricebookEntry',
      objectId: entry.id,
      field,
      from: entry.fields[field] ?? null,
      to,
    }));

/** The price of an entry that was deleted is archived, once: what happens to it in Stripe later is not put back. */
async function entryGone(
  engine: Engine,
  record: ClaimedRecord,
  { seesBook, asked }: { seesBook: boolean; asked: boolean },
): Promise<Convergence> {
  const neverSynced = !record.stripeId && !record.intents.create;
  if (neverSynced && !asked) return nothingToDo(engine, record);
  if (neverSynced || !seesBook) {
    throw new PermanentFailure({
      code: 'crm_record_gone',
      stage: 'read-crm',
      message: `PricebookEntry ${record.crmId} is not in the org, or its price book is hidden from the integration user. Share the price book with that user.`,
    });
  }
  const begun = await finishBegun(engine, record);
  const base = record.base as PriceBase | null;
  if (!base && record.stripeId && !record.intents.create && !record.intents.first) {
    // Only the price's metadata has named the entry, which may be one of another org: the price is Stripe's own.
    await separatePrice(engine.database, record);
    return { record, kind: 'synced', base, conflicts: [], changes: [] };
  }
  const price = record.stripeId && !base?.gone ? await readStripePrice(engine.stripe, record.stripeId) : null;
  const archives = price?.terms.active === true;
  if (archives) {
    await noteWriting(engine.database, record, { active: false });
    await archivePrice(engine, price);
  }
  return {
    record,
    kind: 'synced',
    base: {
      unitAmount: price?.terms.unitAmount ?? base?.unitAmount ?? '0',
      active: false,
      retiredBy: 'salesforce',
      gone: true,
    } satisfies PriceBase,
    conflicts: [],
    changes: archives ? [...begun, changeOf(price, 'active', { from: true, to: false })] : begun,
  };
}

/** An entry or a price that is kept nowhere else needs no row. */
async function nothingToDo(engine: Engine, record: ClaimedRecord): Promise<Convergence> {
  if (!record.stripeId || !record.crmId) await forgetPrice(engine.database, record);
  return { record, kind: 'synced', base: record.base, conflicts: [], changes: [] };
}

/** Told to a person who asks for a sync; otherwise such an entry is simply left alone. */
const notForStripe = ({ stripeProductId, terms }: CrmPrice) =>
  new PermanentFailure({
    code: 'unpaired',
    stage: 'decide',
    message: !stripeProductId
      ? 'The Product of this price book entry is not in Stripe yet. Sync the Product first; its prices come with it.'
      : terms.active
        ? 'The entry belongs to another price book than the one that is kept in Stripe (SALESFORCE_PRICE_BOOK).'
        : 'The price book entry is not active, and it has no price in Stripe yet. Make it active to have one made.',
  });
