import type { Convergence, Engine } from '../engine.ts';
import type { ProductTerms } from '../domain/product.ts';
import { isSyncFailure } from '../failure.ts';
import { soqlList } from '../salesforce/connection.ts';
import { readPriceBook } from '../salesforce/readPrices.ts';
import { markIgnoredPrices } from '../store/priceRecords.ts';
import { markAllDirty } from '../store/syncRecords.ts';
import { readActivePrices } from '../stripe/prices.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import { convergePairs, STRIPE_CONCURRENCY, type PairWork } from './convergePairs.ts';
import { productKind } from './productKind.ts';

/** Products; with one that is synced for the first time its prices come as well. */
export async function convergeProducts(engine: Engine, work: PairWork): Promise<Convergence[]> {
  const { records } = work;
  const unknown = new Set(records.filter(({ base }) => base === null));
  const pairs = await convergePairs(engine, productKind, work);
  const convergences = await followRenamed(engine, pairs);
  if (engine.settings.priceBook === 'off') return convergences;
  await markIgnoredPrices(
    engine.database,
    records.flatMap(({ stripeId }) => stripeId ?? []),
  );
  const paired = convergences.filter((one) => one.kind === 'synced' && unknown.has(one.record));
  if (paired.length === 0) return convergences;
  // Before the products are settled: should it fail, they come again, and nothing needs to be remembered.
  const failure = await asFailure(() => markPricesOf(engine, paired));
  if (!failure) return convergences;
  return convergences.map((one) =>
    paired.includes(one) ? { record: one.record, kind: 'failed', failure } : one,
  );
}

/**
 * A line without a description of its own says its product's name. Drafts with such lines are marked when the name has
 * changed: before the product is settled, so that a worker that is killed in between does it again.
 */
async function followRenamed(engine: Engine, convergences: Convergence[]): Promise<Convergence[]> {
  const renamed = convergences.filter(
    (one) =>
      one.kind === 'synced' &&
      one.record.base !== null &&
      (one.record.base as ProductTerms).name !== (one.base as ProductTerms).name,
  );
  if (renamed.length === 0) return convergences;
  const failure = await asFailure(() => markDraftsOf(engine, renamed));
  if (!isSyncFailure(failure)) return convergences;
  return convergences.map((one) =>
    renamed.includes(one) ? { record: one.record, kind: 'failed', failure } : one,
  );
}

async function markDraftsOf(engine: Engine, renamed: Convergence[]): Promise<void> {
  const lines = await engine.org.query<{ Invoice__c: string }>(
    "SELECT Invoice__c FROM Invoice_Line__c WHERE Description__c = null AND Invoice__r.Status__c = 'Draft' " +
      `AND Product__c IN ${soqlList(renamed.flatMap(({ record }) => record.crmId ?? []))}`,
  );
  const drafts = new Set(lines.map(({ Invoice__c }) => Invoice__c));
  await markAllDirty(engine.database, 'invoice', { crmIds: [...drafts] });
}

async function markPricesOf(engine: Engine, paired: Convergence[]): Promise<void> {
  const book = await readPriceBook(engine.org, engine.settings.priceBook);
  const entries = await engine.org.query<{ Id: string }>(
    `SELECT Id FROM PricebookEntry WHERE Pricebook2Id = '${book.id}' AND IsActive = true ` +
      `AND Product2Id IN ${soqlList(paired.flatMap(({ record }) => record.crmId ?? []))}`,
  );
  const known = paired.filter((one) => !wasMade(one));
  const prices = await mapConcurrently(known, STRIPE_CONCURRENCY, ({ record }) =>
    readActivePrices(engine.stripe, record.stripeId!),
  );
  await markAllDirty(engine.database, 'price', {
    crmIds: entries.map(({ Id }) => Id),
    stripeIds: prices.flat().map(({ id }) => id),
  });
}

/** A product that was only now made in Stripe has no prices there. */
const wasMade = (one: Convergence): boolean =>
  one.kind === 'synced' && one.changes.some(({ side, field }) => side === 'stripe' && field === 'product');
