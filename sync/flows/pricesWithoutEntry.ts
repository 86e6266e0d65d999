import { fitsDecimals, onlyPrice, type PriceBase, type StripePrice } from '../domain/price.ts';
import { toMajorUnits } from '../domain/money.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, RetryableFailure, type SyncFailure } from '../failure.ts';
import { soqlList } from '../salesforce/connection.ts';
import { readEntriesOfProducts, type CrmPrice, type PriceBook } from '../salesforce/readPrices.ts';
import { upsertRecords } from '../salesforce/writeRecords.ts';
import { forgetPrice, pairsOfEntries } from '../store/priceRecords.ts';
import { linkRecord, markAllDirty, type ClaimedRecord } from '../store/syncRecords.ts';
import { readActivePrices, readStripePrice } from '../stripe/prices.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import { STRIPE_CONCURRENCY } from './convergePairs.ts';

/** What is known of a Stripe price that stands for no entry, and why it does not. */
interface IgnoredBase {
  ignored: string;
  /** Stripe's: with the product the price is looked at again, its default price may be another one then. */
  productId: string;
}

type Verdict =
  | { kind: 'settled'; convergence: Convergence }
  | { kind: 'paired'; entryId: string }
  | { kind: 'make'; price: StripePrice; productId: string };

/** What becomes of an active price that stands for no entry yet. */
export type PriceDecision =
  /** `entryId`: an entry that may have waited for this price, as for the successor of one that was archived in Stripe. */
  | { kind: 'ignored'; reason: string; entryId?: string }
  | { kind: 'paired'; entryId: string }
  | { kind: 'make'; productId: string };

export interface Catalogue {
  book: PriceBook;
  entries: CrmPrice[];
  /** The org's Product of a Stripe product. */
  products: Map<string, string>;
  /** The Stripe price that the pair of an entry has. */
  pairs: Map<string, string>;
}

/**
 * Prices that were made in Stripe. Where a product of ours has no entry for the currency yet, one is made for the price
 * that Stripe means; the others are ignored, each with a reason in its history. Nothing is chosen silently.
 */
export async function pricesWithoutEntry(
  engine: Engine,
  book: PriceBook,
  records: ClaimedRecord[],
): Promise<{ convergences: Convergence[]; paired: ClaimedRecord[] }> {
  if (records.length === 0) return { convergences: [], paired: [] };
  const prices = await mapConcurrently(records, STRIPE_CONCURRENCY, ({ stripeId }) =>
    asFailure(() => readStripePrice(engine.stripe, stripeId!)),
  );
  const catalogue = await readCatalogue(engine, book, prices);
  const read = records.map((record, index) => ({ record, price: prices[index]! }));
  const verdicts = await mapConcurrently(read, STRIPE_CONCURRENCY, async ({ record, price }) => {
    if (isSyncFailure(price)) return failed(record, price);
    const verdict = await asFailure(() => judge(engine, { record, price, catalogue }));
    return isSyncFailure(verdict) ? failed(record, verdict) : verdict;
  });
  const paired: ClaimedRecord[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.kind !== 'paired') continue;
    await linkRecord(engine.database, records[index]!, { crmId: verdict.entryId });
    paired.push(records[index]!);
  }
  return { convergences: await makeEntries(engine, { book, records, verdicts }), paired };
}

const failed = (record: ClaimedRecord, failure: SyncFailure): Verdict => ({
  kind: 'settled',
  convergence: { record, kind: 'failed', failure },
});

/** What the org has for the Stripe products of these prices. */
export async function readCatalogue(
  engine: Pick<Engine, 'database' | 'org' | 'settings'>,
  book: PriceBook,
  prices: (StripePrice | null | SyncFailure)[],
): Promise<Catalogue> {
  const productIds = [
    ...new Set(prices.flatMap((price) => (price && !isSyncFailure(price) ? [price.productId] : []))),
  ];
  if (productIds.length === 0) return { book, entries: [], products: new Map(), pairs: new Map() };
  const rows = await engine.org.query<{ Id: string; Stripe_Product_Id__c: string }>(
    `SELECT Id, Stripe_Product_Id__c FROM Product2 WHERE Stripe_Product_Id__c IN ${soqlList(productIds)}`,
  );
  const products = new Map(rows.map((row) => [row.Stripe_Product_Id__c, row.Id]));
  const entries = await readEntriesOfProducts(engine.org, {
    book,
    currency: engine.settings.defaultCurrency,
    productIds: [...products.keys()],
  });
  const pairs = await pairsOfEntries(
    engine.database,
    entries.map(({ id }) => id),
  );
  return { book, entries, products, pairs };
}

async function judge(
  engine: Engine,
  { record, price, catalogue }: { record: ClaimedRecord; price: StripePrice | null; catalogue: Catalogue },
): Promise<Verdict> {
  const ignored = (reason: string): Verdict => ({
    kind: 'settled',
    convergence: ignoring(record, { ignored: reason, productId: price!.productId }),
  });
  if (!price || (!price.terms.active && record.base === null)) {
    // Stripe makes an archived price for every amount on an invoice: such a one needs no row.
    await forgetPrice(engine.database, record);
    return {
      kind: 'settled',
      convergence: { record, kind: 'synced', base: null, changes: [], conflicts: [] },
    };
  }
  if (!price.terms.active) return ignored('It is archived in Stripe.');
  const decision = await decideOnPrice(engine, price, catalogue);
  if (decision.kind === 'make') return { ...decision, price };
  if (decision.kind === 'paired') return decision;
  if (decision.entryId) await markAllDirty(engine.database, 'price', { crmIds: [decision.entryId] });
  return ignored(decision.reason);
}

/** Decides about an active price; nothing is written. */
export async function decideOnPrice(
  engine: Pick<Engine, 'stripe' | 'settings'>,
  price: StripePrice,
  catalogue: Catalogue,
): Promise<PriceDecision> {
  const ignored = (reason: string, entryId?: string): PriceDecision => ({
    kind: 'ignored',
    reason,
    ...(entryId && { entryId }),
  });
  const { currency, unlike, productId } = price;
  if (unlike) return ignored(`It ${unlike}, and a price book entry holds one fixed amount.`);
  const { book, entries, products, pairs } = catalogue;
  const product = products.get(productId);
  if (!product) return ignored(`The Stripe product ${productId} is linked to no Product of the org.`);

  const entry = entries.find((each) => each.stripeProductId === productId && each.currency === currency);
  const code = currency.toUpperCase();
  if (entry) {
    const pairedWith = pairs.get(entry.id);
    if (!pairedWith && entry.otherId === price.id) return { kind: 'paired', entryId: entry.id };
    return ignored(
      `The Product's price book entry in ${code}, ${entry.id}, ${pairedWith ? `stands for ${pairedWith}` : 'has a price of its own'}.`,
      pairedWith || entry.terms.active ? entry.id : undefined,
    );
  }
  if (!book.currencies && currency !== engine.settings.defaultCurrency)
    return ignored(
      `It is in ${code}, and the org has only ${engine.settings.defaultCurrency.toUpperCase()}.`,
    );
  if (book.currencies && !book.currencies.includes(code))
    return ignored(
      `It is in ${code}, which is no active currency of the org. Activate it there (Setup > Company Settings > Manage Currencies), then sync the Product.`,
    );
  if (!fitsDecimals(price.terms.unitAmount, currency, book.decimals))
    return ignored(`Its amount has more decimals than the ${book.decimals} of List Price in the org.`);
  const rivals = (await readActivePrices(engine.stripe, productId)).filter(
    (each) => !each.unlike && each.currency === currency,
  );
  const chosen = onlyPrice(rivals);
  if (!chosen)
    return ignored(
      `The Stripe product has ${rivals.length} prices in ${code}, and none of them is its default price. Make one the default price of the product in Stripe.`,
    );
  if (chosen.id !== price.id) return ignored(`${chosen.id} is the default price of the Stripe product.`);
  return { kind: 'make', productId: product };
}

/** Kept in the row, and in its history when it is another reason than before. */
function ignoring(record: ClaimedRecord, base: IgnoredBase): Convergence {
  const reason = base.ignored;
  const before = (record.base as Partial<IgnoredBase> | null)?.ignored ?? null;
  return {
    record,
    kind: 'synced',
    base,
    conflicts: [],
    changes:
      before === reason
        ? []
        : [
            {
              side: 'salesforce',
              object: 'PricebookEntry',
              objectId: null,
              field: 'not taken over',
              from: before,
              to: reason,
            },
          ],
  };
}

async function makeEntries(
  engine: Engine,
  { book, records, verdicts }: { book: PriceBook; records: ClaimedRecord[]; verdicts: Verdict[] },
): Promise<Convergence[]> {
  const makes = verdicts.filter((verdict) => verdict.kind === 'make');
  const answers = await upsertRecords(
    engine.org,
    { object: 'PricebookEntry', externalId: 'Stripe_Price_Id__c' },
    makes.map(({ price, productId }) => ({
      fields: {
        Pricebook2Id: book.id,
        Product2Id: productId,
        UnitPrice: toMajorUnits(price.terms.unitAmount, price.currency),
        IsActive: true,
        ...(book.currencies ? { CurrencyIsoCode: price.currency.toUpperCase() } : {}),
        Stripe_Price_Id__c: price.id,
        Sync_Status__c: 'Synced',
        Last_Synced_At__c: engine.now().toISOString(),
      },
    })),
  );
  const convergences: Convergence[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    const record = records[index]!;
    if (verdict.kind === 'settled') convergences.push(verdict.convergence);
    if (verdict.kind !== 'make') continue;
    const answer = answers[makes.indexOf(verdict)]!;
    if ('failure' in answer) {
      convergences.push({ record, kind: 'failed', failure: meanwhile(answer.failure) });
      continue;
    }
    const { terms, currency } = verdict.price;
    await linkRecord(engine.database, record, { crmId: answer.id, first: terms });
    convergences.push({
      record,
      kind: 'synced',
      base: terms satisfies PriceBase,
      conflicts: [],
      changes: [
        {
          side: 'salesforce',
          object: 'PricebookEntry',
          objectId: answer.id,
          field: 'UnitPrice',
          from: null,
          to: toMajorUnits(terms.unitAmount, currency),
        },
      ],
    });
  }
  return convergences;
}

/** An entry that somebody made at the same moment is there at the next try. */
const meanwhile = (failure: SyncFailure): SyncFailure =>
  failure.code === 'crm_duplicate_value'
    ? new RetryableFailure({
        code: failure.code,
        stage: failure.stage,
        message: 'Somebody else has just made an entry for this Product. It is looked at again by itself.',
        cause: failure,
      })
    : failure;
