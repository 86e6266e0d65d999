import type { PriceTerms } from '../domain/price.ts';
import { toMinorDecimal } from '../domain/money.ts';
import type { OrgCurrencies } from '../domain/recordCurrency.ts';
import { PermanentFailure } from '../failure.ts';
import { soqlList, soqlString, type SalesforceOrg } from './connection.ts';
import { activeCurrencies } from './orgCurrencies.ts';
import { bodyOf, queryPath, requestTogether } from './requestTogether.ts';
import { isoTime, plainText } from './values.ts';

/** The price book whose entries are kept the same as Stripe's prices. */
export interface PriceBook {
  id: string;
  /** Those that are active in an org with several currencies, whose entries have a CurrencyIsoCode; null in any other org. */
  currencies: OrgCurrencies;
  /** Of UnitPrice. */
  decimals: number;
}

export interface CrmPrice {
  id: string;
  bookId: string;
  productId: string;
  /** Stripe's product of the entry's Product; null while it is in no pair. */
  stripeProductId: string | null;
  /** ISO 4217, lower case. */
  currency: string;
  /** Stripe's price, as the entry has it. */
  otherId: string | null;
  terms: PriceTerms;
  changedAt: Date;
  fields: Record<string, unknown>;
}

/** A row of `changedEntries`, as `crmPrice` takes it. */
export interface EntryRow {
  Id: string;
  Pricebook2Id: string;
  Product2Id: string;
  Product2: { Stripe_Product_Id__c: string | null } | null;
  UnitPrice: number;
  IsActive: boolean;
  CurrencyIsoCode?: string;
  [field: string]: unknown;
}

const KEPT_MS = 10 * 60_000;
const books = new WeakMap<SalesforceOrg, { name: string; at: number; book: Promise<PriceBook> }>();

/** The price book with this name or id, `standard` for the standard one. Kept for ten minutes: it hardly ever changes. */
export function readPriceBook(org: SalesforceOrg, name: string): Promise<PriceBook> {
  const kept = books.get(org);
  if (kept?.name === name && Date.now() - kept.at < KEPT_MS) return kept.book;
  const book = findPriceBook(org, name);
  books.set(org, { name, at: Date.now(), book });
  book.catch(() => books.delete(org));
  return book;
}

async function findPriceBook(org: SalesforceOrg, name: string): Promise<PriceBook> {
  const wanted =
    name === 'standard' ? 'IsStandard = true' : isId(name) ? `Id = '${name}'` : `Name = ${soqlString(name)}`;
  const [found, described] = (
    await requestTogether<unknown>(org, [
      queryPath(`SELECT Id FROM Pricebook2 WHERE ${wanted} ORDER BY CreatedDate LIMIT 2`),
      '/sobjects/PricebookEntry/describe',
    ])
  ).map(bodyOf) as [{ records: { Id: string }[] }, { fields: { name: string; scale: number }[] }];
  const [only, another] = found.records;
  if (!only || another) {
    throw new PermanentFailure({
      code: 'crm_price_book',
      stage: 'read-crm',
      message: !only
        ? `The org has no price book "${name}", or the integration user may not see it. An administrator has to correct SALESFORCE_PRICE_BOOK or share the price book.`
        : `The org has several price books named "${name}". An administrator has to put the id of the right one into SALESFORCE_PRICE_BOOK.`,
    });
  }
  const field = (wantedField: string) => described.fields.find((each) => each.name === wantedField);
  return {
    id: only.Id,
    currencies: activeCurrencies(described.fields),
    decimals: field('UnitPrice')?.scale ?? 2,
  };
}

const isId = (text: string) => /^01s[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$/.test(text);

/** Reads entries of any price book by their ids. Unknown ones are absent. */
export async function readEntries(
  org: SalesforceOrg,
  { book, currency, crmIds }: { book: PriceBook; currency: string; crmIds: string[] },
): Promise<CrmPrice[]> {
  return crmIds.length === 0 ? [] : entriesWhere(org, { book, currency }, `Id IN ${soqlList(crmIds)}`);
}

/** The book's entries of these Stripe products, or of these Products, active or not. */
export async function readEntriesOfProducts(
  org: SalesforceOrg,
  {
    book,
    currency,
    ...of
  }: { book: PriceBook; currency: string } & ({ productIds: string[] } | { crmProductIds: string[] }),
): Promise<CrmPrice[]> {
  const [field, ids] =
    'productIds' in of ? ['Product2.Stripe_Product_Id__c', of.productIds] : ['Product2Id', of.crmProductIds];
  if (ids.length === 0) return [];
  return entriesWhere(
    org,
    { book, currency },
    `Pricebook2Id = '${book.id}' AND ${field} IN ${soqlList(ids)}`,
  );
}

/** Asks for the book's entries of products in a pair that have changed since then; for all of them without a time. */
export const changedEntries = (book: PriceBook, since: Date | null) =>
  entriesQuery(
    book,
    `Pricebook2Id = '${book.id}' AND Product2.Stripe_Product_Id__c != null ` +
      `${since ? `AND SystemModstamp >= ${since.toISOString()} ` : ''}ORDER BY SystemModstamp, Id`,
  );

async function entriesWhere(
  org: SalesforceOrg,
  { book, currency }: { book: PriceBook; currency: string },
  condition: string,
): Promise<CrmPrice[]> {
  const rows = await org.query<EntryRow>(entriesQuery(book, condition));
  return rows.map((row) => crmPrice(row, currency));
}

const entriesQuery = (book: PriceBook, condition: string) =>
  'SELECT Id, Pricebook2Id, Product2Id, Product2.Stripe_Product_Id__c, UnitPrice, IsActive, UseStandardPrice, ' +
  `Stripe_Price_Id__c, Sync_Status__c, Sync_Error__c, SystemModstamp${book.currencies ? ', CurrencyIsoCode' : ''} ` +
  `FROM PricebookEntry WHERE ${condition}`;

/** `currency` is that of an org with a single one. */
export function crmPrice(row: EntryRow, currency: string): CrmPrice {
  const itsCurrency = row.CurrencyIsoCode?.toLowerCase() ?? currency;
  return {
    id: row.Id,
    bookId: row.Pricebook2Id,
    productId: row.Product2Id,
    stripeProductId: plainText(row.Product2?.Stripe_Product_Id__c),
    currency: itsCurrency,
    otherId: plainText(row.Stripe_Price_Id__c),
    terms: { unitAmount: toMinorDecimal(row.UnitPrice, itsCurrency), active: row.IsActive },
    changedAt: new Date(isoTime(row.SystemModstamp)!),
    fields: { ...row, Sync_Error__c: plainText(row.Sync_Error__c) },
  };
}

/**
 * Whether the integration user sees the book right now. Who sees a book sees all of its entries, so an entry that is
 * not there then is deleted, and not only hidden.
 */
export async function canSeeBook(org: SalesforceOrg, book: PriceBook): Promise<boolean> {
  const rows = await org.query<{ Id: string }>(`SELECT Id FROM Pricebook2 WHERE Id = '${book.id}'`);
  return rows.length === 1;
}
