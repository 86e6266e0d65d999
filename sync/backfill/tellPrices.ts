import { toMajorUnits } from '../domain/money.ts';
import { priceToAdopt, type StripePrice } from '../domain/price.ts';
import { freePrices } from '../flows/mergePrice.ts';
import { decideOnPrice, readCatalogue, type Catalogue } from '../flows/pricesWithoutEntry.ts';
import { readEntriesOfProducts, type CrmPrice, type PriceBook } from '../salesforce/readPrices.ts';
import { note, pairedIds, type BackfillContext } from './context.ts';

/** In a dry run: what would become of these prices, and of the entries of their products. */
export async function tellPrices(
  context: BackfillContext,
  book: PriceBook,
  prices: StripePrice[],
): Promise<void> {
  const catalogue = await catalogueThen(context, book, prices);
  await tellEntries(context, book, catalogue);
  const paired = await pairedIds(
    context,
    'price',
    prices.map(({ id }) => id),
  );
  for (const price of prices) {
    if (paired.has(price.id)) continue;
    const decision = await decideOnPrice(context.engine, price, catalogue);
    const of = { entity: 'price', stripeId: price.id, crmId: null } as const;
    if (decision.kind === 'ignored')
      note(context, { ...of, outcome: 'skip', fields: [], note: decision.reason });
    else if (decision.kind === 'paired')
      note(context, { ...of, outcome: 'update', crmId: decision.entryId, fields: [] });
    else note(context, { ...of, outcome: 'create', fields: newEntry(price) });
  }
}

/** The catalogue with the products that the same dry run would have brought together. */
async function catalogueThen(
  context: BackfillContext,
  book: PriceBook,
  prices: StripePrice[],
): Promise<Catalogue> {
  const { engine } = context;
  const catalogue = await readCatalogue(engine, book, prices);
  const productIds = [...new Set(prices.map(({ productId }) => productId))];
  const linked = await pairedIds(context, 'product', productIds);
  const stripeIds = new Map<string, string>();
  for (const [stripeId, crmId] of linked) {
    if (catalogue.products.has(stripeId)) continue;
    catalogue.products.set(stripeId, crmId);
    // Without an id it would be made, and has no entries.
    if (crmId) stripeIds.set(crmId, stripeId);
  }
  const entries = await readEntriesOfProducts(engine.org, {
    book,
    currency: engine.settings.defaultCurrency,
    crmProductIds: [...stripeIds.keys()],
  });
  const theirs = entries.map((entry) => ({ ...entry, stripeProductId: stripeIds.get(entry.productId)! }));
  return { ...catalogue, entries: [...catalogue.entries, ...theirs] };
}

/** Entries on sale in no pair: each takes over a price of its amount, or gets one of its own. */
export async function tellEntries(
  context: BackfillContext,
  book: PriceBook,
  { entries, pairs }: Pick<Catalogue, 'entries' | 'pairs'>,
): Promise<void> {
  const waiting = entries.filter(({ id, terms, otherId }) => terms.active && !otherId && !pairs.has(id));
  const told = await context.dry!.pairedRecords(
    'price',
    waiting.map(({ id }) => id),
  );
  for (const entry of waiting) {
    // The prices of its product may be on several pages.
    if (told.has(entry.id)) continue;
    const adopted = priceToAdopt(await freePrices(context.engine, { entry, book }), entry.terms.unitAmount);
    await context.dry!.notePairs('price', [{ stripeId: adopted?.id ?? entry.id, crmId: entry.id }]);
    const of = { entity: 'price', stripeId: adopted?.id ?? null, crmId: entry.id } as const;
    if (adopted) {
      const field = 'Stripe_Price_Id__c';
      note(context, {
        ...of,
        outcome: 'update',
        note: 'matched by product, currency and amount',
        fields: [{ side: 'salesforce', field, from: null, to: adopted.id }],
      });
    } else note(context, { ...of, outcome: 'create', fields: newPrice(entry) });
  }
}

/** What a price would say that is made in Stripe, in minor units as there. */
const newPrice = ({ currency, terms, stripeProductId }: CrmPrice) =>
  Object.entries({ product: stripeProductId, currency, unit_amount_decimal: terms.unitAmount })
    .filter(([, to]) => to !== null)
    .map(([field, to]) => ({ side: 'stripe' as const, field, from: null, to }));

const newEntry = ({ id, currency, terms }: StripePrice) =>
  Object.entries({
    UnitPrice: toMajorUnits(terms.unitAmount, currency),
    IsActive: true,
    Stripe_Price_Id__c: id,
  }).map(([field, to]) => ({ side: 'salesforce' as const, field, from: null, to }));
