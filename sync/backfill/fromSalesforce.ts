import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import type { Convergence, Engine } from '../engine.ts';
import { convergeInvoices } from '../flows/convergeInvoices.ts';
import { convergePairs, type PairKind } from '../flows/convergePairs.ts';
import { customerKind } from '../flows/customerKind.ts';
import { convergePrices } from '../flows/convergePrices.ts';
import { convergeProducts } from '../flows/convergeProducts.ts';
import { productKind } from '../flows/productKind.ts';
import { soqlString } from '../salesforce/connection.ts';
import { readEntries, readPriceBook } from '../salesforce/readPrices.ts';
import { pairsOfEntries } from '../store/priceRecords.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { checkpoint, countsOf, note, type BackfillContext } from './context.ts';
import { convergeChunk } from './convergeChunk.ts';
import { tellEntries } from './tellPrices.ts';

interface Source {
  entity: SyncEntity;
  /** Records that Stripe does not have. */
  condition(context: BackfillContext): string | Promise<string>;
  /** In a dry run: what would be made in Stripe. */
  tell(context: BackfillContext, crmIds: string[]): Promise<void>;
  converge(engine: Engine, records: ClaimedRecord[]): Promise<Convergence[]>;
}

const SOURCES: readonly Source[] = [
  {
    entity: 'customer',
    condition: () => 'Stripe_Customer_Id__c = null',
    tell: (context, crmIds) => tellPairs(context, customerKind, crmIds),
    converge: (engine, records) => convergePairs(engine, customerKind, { records }),
  },
  {
    entity: 'product',
    condition: () => 'Stripe_Product_Id__c = null',
    tell: (context, crmIds) => tellPairs(context, productKind, crmIds),
    converge: (engine, records) => convergeProducts(engine, { records }),
  },
  {
    entity: 'price',
    condition: entriesWithoutPrice,
    tell: tellPrices,
    converge: (engine, records) => convergePrices(engine, { records }),
  },
  {
    entity: 'invoice',
    condition: () => `Stripe_Invoice_Id__c = null AND Status__c = 'Draft'`,
    tell: tellInvoices,
    converge: (engine, records) => convergeInvoices(engine, records),
  },
];

const RECORDS_AT_ONCE = 200;

/** Brings the org's records that Stripe lacks over there, a chunk after the other: by the engine, and after people's work. */
export async function backfillFromSalesforce(context: BackfillContext): Promise<void> {
  const { run, signal } = context;
  const begin = SOURCES.findIndex(({ entity }) => entity === run.phase);
  for (const source of SOURCES.slice(Math.max(0, begin))) {
    if (!run.options.entities.includes(source.entity)) continue;
    if (source.entity === 'price' && context.engine.settings.priceBook === 'off') continue;
    if (run.phase !== source.entity) {
      run.phase = source.entity;
      await checkpoint(context, null);
    }
    await bringOver(context, source);
    if (signal.aborted) return;
  }
}

async function bringOver(context: BackfillContext, source: Source): Promise<void> {
  const { engine, run, signal } = context;
  const { entity } = source;
  const condition = [await source.condition(context), run.options.where && `(${run.options.where})`]
    .filter(Boolean)
    .join(' AND ');
  const counts = countsOf(context, entity);
  counts.total ??= await countOf(engine, `${orgObjects[entity]} WHERE ${condition}`);
  let after = String(run.position?.['after'] ?? '');
  while (!signal.aborted) {
    const rows = await engine.org.query<{ Id: string }>(
      `SELECT Id FROM ${orgObjects[entity]} WHERE ${condition}` +
        `${after ? ` AND Id > ${soqlString(after)}` : ''} ORDER BY Id LIMIT ${RECORDS_AT_ONCE}`,
    );
    if (rows.length === 0) return;
    const crmIds = rows.map(({ Id }) => Id);
    after = crmIds.at(-1)!;
    counts.read += crmIds.length;
    if (context.dry) await source.tell(context, crmIds);
    else await convergeRows(context, source, crmIds);
    await checkpoint(context, { after });
  }
}

async function tellPairs<T extends object>(
  context: BackfillContext,
  { entity, readCrm }: PairKind<T>,
  crmIds: string[],
): Promise<void> {
  for (const { id, terms } of await readCrm(context.engine.org, { crmIds, stripeIds: [] })) {
    const fields = Object.entries(terms)
      .filter(([, to]) => to !== null)
      .map(([field, to]: [string, unknown]) => ({ side: 'stripe' as const, field, from: null, to }));
    note(context, { entity, outcome: 'create', stripeId: null, crmId: id, fields });
  }
}

/** An entry may also take over a price that is there. */
async function tellPrices(context: BackfillContext, crmIds: string[]): Promise<void> {
  const { database, org, settings } = context.engine;
  const book = await readPriceBook(org, settings.priceBook);
  const entries = await readEntries(org, { book, currency: settings.defaultCurrency, crmIds });
  await tellEntries(context, book, { entries, pairs: await pairsOfEntries(database, crmIds) });
}

async function tellInvoices(context: BackfillContext, crmIds: string[]): Promise<void> {
  for (const crmId of crmIds)
    note(context, { entity: 'invoice', outcome: 'create', stripeId: null, crmId, fields: [] });
}

async function convergeRows(context: BackfillContext, source: Source, crmIds: string[]): Promise<void> {
  const { entity, converge } = source;
  const { convergences, states } = await convergeChunk(context.engine, { entity, ids: { crmIds }, converge });
  for (const { crmId, stripeId, state, message } of states) {
    const made = convergences.find(({ record }) => record.crmId === crmId);
    const changes = made?.kind === 'synced' ? made.changes : [];
    // Stripe's own news of what was just made there marks it again at once.
    const isThere = made?.kind === 'synced' || (!made && state !== 'parked' && stripeId !== null);
    note(context, {
      entity,
      outcome: isThere ? 'create' : state === 'parked' ? 'ambiguous' : 'failed',
      stripeId,
      crmId,
      fields: changes.map(({ side, field, from, to }) => ({ side, field, from, to })),
      ...(message ? { note: message } : {}),
    });
  }
}

/** In the price book that is kept in Stripe: on sale, and of a Product that is there; in a dry run, or would be. */
async function entriesWithoutPrice({ engine, run, dry }: BackfillContext): Promise<string> {
  const book = await readPriceBook(engine.org, engine.settings.priceBook);
  const ofProduct =
    dry && run.options.entities.includes('product') ? '' : ' AND Product2.Stripe_Product_Id__c != null';
  return `Pricebook2Id = '${book.id}' AND IsActive = true AND Stripe_Price_Id__c = null${ofProduct}`;
}

async function countOf({ org }: Engine, from: string): Promise<number> {
  const path = `/query?q=${encodeURIComponent(`SELECT COUNT() FROM ${from}`)}`;
  return (await org.request<{ totalSize: number }>('GET', path)).totalSize;
}
