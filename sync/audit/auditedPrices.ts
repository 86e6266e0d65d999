import { toMajorUnits } from '../domain/money.ts';
import { fitsDecimals, onlyPrice, type StripePrice } from '../domain/price.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import { readCatalogue } from '../flows/pricesWithoutEntry.ts';
import { readEntries, readPriceBook, type CrmPrice, type PriceBook } from '../salesforce/readPrices.ts';
import { knownPrices } from '../store/priceRecords.ts';
import { listedActivePrices, readActivePrices, readStripePrice } from '../stripe/prices.ts';
import {
  fromStripe,
  pagesOf,
  queryPages,
  type AuditedKind,
  type AuditEngine,
  type AuditRow,
} from './auditRow.ts';
import { patiently } from './patiently.ts';

// As many ids as make a short query.
const READ_AT_ONCE = 200;
const STRIPE_CALLS_AT_ONCE = 4;

/**
 * Entries of the price book and the Stripe prices that stand for them, or ought to. A Stripe price that no entry can
 * stand for, or that was not chosen, is no difference; nor is an archived one, unless an entry names it.
 */
export async function auditedPrices(engine: AuditEngine): Promise<AuditedKind[]> {
  const { stripe, org, settings } = engine;
  if (settings.priceBook === 'off') return [];
  const book = await patiently(() => readPriceBook(org, settings.priceBook));
  const rowsOf = async (prices: StripePrice[]) => {
    const expected = await expectedEntries(engine, book, prices);
    return prices.map((price) => stripeRow(price, expected.get(price.id)));
  };
  return [
    {
      entity: 'price',
      stripeIdField: 'Stripe_Price_Id__c',
      takesInNew: true,
      // Archived ones are not listed: Stripe makes one for every amount on an invoice. What an entry names is read again.
      async *stripePages() {
        for await (const page of pagesOf((params) => listedActivePrices(stripe, params)))
          yield (await rowsOf(page)).filter(({ optional }) => !optional);
      },
      async stripeRecord(_, id) {
        const price = await fromStripe(() => readStripePrice(stripe, id));
        return price && (await rowsOf([price]))[0]!;
      },
      async *crmPages(_, where) {
        const condition = `(Stripe_Price_Id__c != null OR (Pricebook2Id = '${book.id}' AND IsActive = true AND Product2.Stripe_Product_Id__c != null))`;
        const soql = `SELECT Id FROM PricebookEntry WHERE ${condition}${where ? ` AND (${where})` : ''}`;
        for await (const page of queryPages<{ Id: string }>(org, soql)) {
          for (let start = 0; start < page.length; start += READ_AT_ONCE) {
            const crmIds = page.slice(start, start + READ_AT_ONCE).map(({ Id }) => Id);
            const currency = settings.defaultCurrency;
            yield (await patiently(() => readEntries(org, { book, currency, crmIds }))).map(crmRow);
          }
        }
      },
    },
  ];
}

/** Of these prices those that ought to be in the org, each with its entry; null where the entry is still to be made. */
async function expectedEntries(
  engine: AuditEngine,
  book: PriceBook,
  prices: StripePrice[],
): Promise<Map<string, string | null>> {
  const known = await knownPrices(
    engine.database,
    prices.map(({ id }) => id),
  );
  const expected = new Map<string, string | null>();
  const unknown: StripePrice[] = [];
  for (const price of prices) {
    const row = known.get(price.id);
    if (!row) unknown.push(price);
    // Without an entry it was ignored for a reason; one whose entry was deleted is Stripe's own matter.
    else if (row.crmId && !row.gone) expected.set(price.id, row.crmId);
  }
  for (const price of await withoutEntry(engine, book, unknown)) expected.set(price.id, null);
  return expected;
}

/** Of prices that nobody has told of, those that an entry would be made for: see `pricesWithoutEntry`. */
async function withoutEntry(
  engine: AuditEngine,
  book: PriceBook,
  prices: StripePrice[],
): Promise<StripePrice[]> {
  const possible = prices.filter(
    ({ terms, unlike, currency }) =>
      terms.active &&
      !unlike &&
      (book.currencies?.includes(currency.toUpperCase()) ?? currency === engine.settings.defaultCurrency) &&
      fitsDecimals(terms.unitAmount, currency, book.decimals),
  );
  if (possible.length === 0) return [];
  const { products, entries } = await patiently(() => readCatalogue(engine, book, possible));
  const lacking = possible.filter(
    ({ productId, currency }) =>
      products.has(productId) &&
      !entries.some((entry) => entry.stripeProductId === productId && entry.currency === currency),
  );
  const meant = await mapConcurrently(lacking, STRIPE_CALLS_AT_ONCE, async ({ productId, currency }) => {
    const rivals = await fromStripe(() => readActivePrices(engine.stripe, productId));
    return onlyPrice(rivals.filter((rival) => !rival.unlike && rival.currency === currency));
  });
  return lacking.filter(({ id }, index) => meant[index]?.id === id);
}

const stripeRow = (price: StripePrice, entryId: string | null | undefined): AuditRow => ({
  id: price.id,
  otherId: entryId ?? null,
  currency: null,
  fields: fieldsOf(price, price.productId),
  optional: entryId === undefined,
});

const crmRow = (entry: CrmPrice): AuditRow => ({
  id: entry.id,
  otherId: entry.otherId,
  currency: null,
  fields: fieldsOf(entry, entry.stripeProductId),
});

const fieldsOf = ({ currency, terms }: StripePrice | CrmPrice, product: string | null) => ({
  product,
  currency: currency.toUpperCase(),
  unitPrice: toMajorUnits(terms.unitAmount, currency),
  active: terms.active,
});
