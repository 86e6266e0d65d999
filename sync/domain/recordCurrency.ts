import { readDiscount } from './discount.ts';
import type { FieldConflict } from './change.ts';
import type { CrmInvoice, CrmLine, InvoiceBase, StripeInvoice } from './invoice.ts';
import { lineNumbers } from './lineNumbers.ts';
import { toMinorUnits } from './money.ts';
import { pairLines } from './planStripeInvoice.ts';
import { CURRENCY_FIELD } from './trackedFields.ts';

/**
 * The currencies in which records of the org can be, ISO 4217 in capital letters; null where the org has a single one: its
 * records have no such field. In an org with several, each record's amounts are shown in the record's own currency.
 */
export type OrgCurrencies = readonly string[] | null;

type Fields = Record<string, unknown>;

/** Fields of amounts: what would be shown in a wrong currency is left empty. */
const AMOUNTS = new Set([
  'Subtotal__c',
  'Discount__c',
  'Tax__c',
  'Total__c',
  'Total_Excluding_Tax__c',
  'Balance_Applied__c',
  'Amount_Due__c',
  'Amount_Paid__c',
  'Amount_Refunded__c',
  'Amount_Remaining__c',
  'Discount_Amount__c',
  'Amount__c',
  'Unit_Price__c',
  'Unit_Price_Exact__c',
]);

/** Whether the org can show amounts of this currency in the record: it is active, or the record is in it already. */
export function canShow(before: Fields | undefined, currency: string, currencies: OrgCurrencies): boolean {
  const code = currency.toUpperCase();
  return currencies === null || currencies.includes(code) || before?.[CURRENCY_FIELD] === code;
}

/** Whether the org can show all amounts of the invoice: those of the record, and of each of its lines. */
export function canShowAll(
  crm: CrmInvoice | null,
  stripe: StripeInvoice,
  currencies: OrgCurrencies,
): boolean {
  const records = [
    crm?.fields,
    ...pairLines(crm?.lines ?? [], stripe.lines).flatMap(({ crmLine, stripeLine }) =>
      stripeLine ? [crmLine?.fields] : [],
    ),
  ];
  return records.every((before) => canShow(before, stripe.currency, currencies));
}

/** What the record shall say, with its currency; without its amounts where the org cannot show them in their currency. */
export function inItsCurrency(
  wanted: Fields,
  {
    before,
    currency,
    currencies,
  }: { before: Fields | undefined; currency: string; currencies: OrgCurrencies },
): Fields {
  if (currencies === null) return wanted;
  if (canShow(before, currency, currencies)) return { ...wanted, [CURRENCY_FIELD]: currency.toUpperCase() };
  return Object.fromEntries(
    Object.entries(wanted).map(([field, value]) => [field, AMOUNTS.has(field) ? null : value]),
  );
}

/** Of a base: in which currency the record is from now on. */
export const shownIn = (fields: Fields): Pick<InvoiceBase, 'recordCurrency'> =>
  typeof fields[CURRENCY_FIELD] === 'string' ? { recordCurrency: fields[CURRENCY_FIELD] } : {};

/** What a record without its amounts says. */
export const emptyAmountsWords = (currency: string): string => {
  const code = currency.toUpperCase();
  return (
    `${code} is no active currency of this org, so the amounts are left empty here: they would be shown in another currency. ` +
    `In Stripe all is as it should be. An administrator has to activate ${code} (Setup > Company Settings > Manage Currencies); ` +
    'then sync the invoice, or wait for the next audit.'
  );
};

/**
 * The org's invoice with its figures read in Stripe's currency, which never changes, whatever the record says now: the org
 * converts no figures either when somebody changes a record's currency. Amounts that the org was not given, because it
 * cannot show them, are no edits.
 */
export function inStripesCurrency(crm: CrmInvoice, stripe: StripeInvoice): CrmInvoice {
  const { currency } = stripe;
  const unshownLines = crm.lines.filter((line) => lacksPrice(line, currency));
  const isBare = lacksTotal(crm, currency);
  if (crm.currency === currency && !isBare && unshownLines.length === 0) return crm;
  const inStripe = new Map(
    pairLines(unshownLines, stripe.lines).map(({ crmLine, stripeLine }) => [crmLine?.id, stripeLine?.terms]),
  );
  const readLine = (line: CrmLine): CrmLine => {
    const unshown = inStripe.get(line.id);
    const numbers = lineNumbers(line.fields, currency);
    return {
      ...line,
      terms: { ...line.terms, ...numbers, ...(unshown && { unitAmount: unshown.unitAmount }) },
    };
  };
  const discount = discountOf(crm.fields, currency);
  const theirs = stripe.terms.discount;
  const isUnshownDiscount = isBare && discount === null && theirs !== null && 'amount' in theirs;
  return {
    ...crm,
    currency,
    terms: { ...crm.terms, discount: isUnshownDiscount ? theirs : discount },
    lines: crm.lines.map(readLine),
  };
}

/** Whether the org was given no price of the line, because it cannot show it: an empty one is no edit then. */
export const lacksPrice = ({ fields }: CrmLine, currency: string): boolean =>
  isOther(fields[CURRENCY_FIELD], currency) && lacks(fields.Unit_Price__c);

/** The same of all amounts of the invoice. */
export const lacksTotal = ({ stripeId, fields }: CrmInvoice, currency: string): boolean =>
  stripeId !== null && isOther(fields[CURRENCY_FIELD], currency) && lacks(fields.Total__c);

/**
 * Somebody has changed the currency of an invoice that Stripe has. Stripe cannot: it is put back, and kept as a conflict.
 * Nobody has where the record was never in Stripe's currency: the org may have got its currencies since.
 */
export function currencyConflicts(
  base: InvoiceBase | null,
  crm: CrmInvoice,
  { currency }: StripeInvoice,
): FieldConflict[] {
  if (!base) return [];
  const was = base.recordCurrency?.toLowerCase() === currency;
  const said = [was ? crm.fields[CURRENCY_FIELD] : null, crm.fields.Currency__c];
  const other = said.find((code) => isOther(code, currency));
  if (other === undefined) return [];
  return [
    { field: 'currency', stripe: currency.toUpperCase(), crm: String(other).toUpperCase(), winner: 'stripe' },
  ];
}

/** Of a record that Stripe has not: two currencies, of which nobody can tell the meant one. */
export function unclearCurrency(fields: Fields): [string, string] | null {
  const [named, shown] = [fields.Currency__c, fields[CURRENCY_FIELD]];
  if (typeof named !== 'string' || typeof shown !== 'string' || !isOther(named, shown)) return null;
  return [named.toUpperCase(), shown.toUpperCase()];
}

const isOther = (code: unknown, currency: string): boolean =>
  typeof code === 'string' && code !== '' && code.toLowerCase() !== currency.toLowerCase();

const lacks = (value: unknown): boolean => value === null || value === undefined;

function discountOf(fields: Fields, currency: string) {
  const number = (value: unknown) => (lacks(value) ? null : Number(value));
  const read = readDiscount(
    { percent: number(fields.Discount_Percent__c), amount: number(fields.Discount_Amount__c) },
    (amount) => toMinorUnits(amount, currency),
  );
  return 'discount' in read ? read.discount : null;
}
