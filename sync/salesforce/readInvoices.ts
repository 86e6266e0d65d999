import { PermanentFailure, type SyncFailure } from '../failure.ts';
import type { CrmInvoice, CrmLine, InvoiceStatus } from '../domain/invoice.ts';
import { invoiceTerms, refuseOf, taxRateIn } from './invoiceTerms.ts';
import { lineNumbers } from '../domain/lineNumbers.ts';
import { MoneyError } from '../domain/money.ts';
import { knownTerms } from '../domain/paymentTerms.ts';
import { unclearCurrency } from '../domain/recordCurrency.ts';
import { CURRENCY_FIELD, TRACKED_FIELDS, type TrackedObject } from '../domain/trackedFields.ts';
import type { SalesforceOrg } from './connection.ts';
import { soqlList } from './connection.ts';
import { orgCurrencies } from './orgCurrencies.ts';
import { queryTogether } from './queryTogether.ts';
import { comparable, isoTime, plainText } from './values.ts';

const TAX_RATE = 'Tax_Rate__r.Name, Tax_Rate__r.Stripe_Tax_Rate_Id__c';

interface InvoiceRow {
  Id: string;
  Name: string;
  Account__c: string;
  Account__r: { Payment_Terms__c: string | null; No_Reminders__c: boolean } | null;
  Invoice_Lines__r: { records: LineRow[] } | null;
  [field: string]: unknown;
}

interface LineRow {
  Id: string;
  Product__r: { Name: string; Stripe_Product_Id__c: string | null } | null;
  [field: string]: unknown;
}

/** The org's invoice with what the engine has to fetch or make before it can be written to Stripe. */
export type CrmInvoiceRead = { id: string; stripeId: string | null } & (
  | {
      invoice: CrmInvoice;
      /** Products of its lines that Stripe does not have yet. */
      productsWithoutStripe: string[];
    }
  | { failure: SyncFailure }
);

const STATUSES: Record<string, InvoiceStatus> = {
  Draft: 'draft',
  Open: 'open',
  Paid: 'paid',
  Uncollectible: 'uncollectible',
  Void: 'void',
};

// The answer of a query with lines is a page of 200 invoices at least, and its ids fit into an address.
const INVOICES_A_QUERY = 200;

/** Reads invoices with their lines, up to 1,000 in one call, by the org's id or by Stripe's. Unknown ones are absent. */
export async function readCrmInvoices(
  org: SalesforceOrg,
  { crmIds, stripeIds, defaultCurrency }: { crmIds: string[]; stripeIds: string[]; defaultCurrency: string },
): Promise<CrmInvoiceRead[]> {
  const keys = [...crmIds.map((id) => ({ id })), ...stripeIds.map((stripeId) => ({ stripeId }))];
  const where: string[] = [];
  for (let start = 0; start < keys.length; start += INVOICES_A_QUERY)
    where.push(whereOf(keys.slice(start, start + INVOICES_A_QUERY)));
  const rows = await readRows(org, where);
  return rows.map((row): CrmInvoiceRead => {
    const ids = { id: row.Id, stripeId: plainText(row.Stripe_Invoice_Id__c) };
    try {
      return { ...ids, ...crmInvoice(row, defaultCurrency) };
    } catch (error) {
      return { ...ids, failure: unreadable(row, error) };
    }
  });
}

function whereOf(keys: ({ id: string } | { stripeId: string })[]): string {
  const ids = keys.flatMap((key) => ('id' in key ? key.id : []));
  const stripeIds = keys.flatMap((key) => ('stripeId' in key ? key.stripeId : []));
  return [
    ids.length > 0 ? `Id IN ${soqlList(ids)}` : '',
    stripeIds.length > 0 ? `Stripe_Invoice_Id__c IN ${soqlList(stripeIds)}` : '',
  ]
    .filter(Boolean)
    .join(' OR ');
}

async function readRows(org: SalesforceOrg, where: string[]): Promise<InvoiceRow[]> {
  if (where.length === 0) return [];
  const isThere = (await orgCurrencies(org)) ? () => true : (field: string) => field !== CURRENCY_FIELD;
  const fieldsOf = (object: TrackedObject) => TRACKED_FIELDS[object].filter(isThere).join(', ');
  const query = (condition: string) =>
    `SELECT Id, Name, Account__r.Payment_Terms__c, Account__r.No_Reminders__c, No_Reminders__c, ${fieldsOf('Invoice__c')}, ${TAX_RATE}, ` +
    `(SELECT Id, Product__r.Name, Product__r.Stripe_Product_Id__c, ${TAX_RATE}, ${fieldsOf('Invoice_Line__c')} FROM Invoice_Lines__r ORDER BY Sort_Order__c NULLS LAST, Name) ` +
    `FROM Invoice__c WHERE ${condition}`;
  if (where.length === 1) return org.query<InvoiceRow>(query(where[0]!));
  const rows: InvoiceRow[] = [];
  for (const pages of await queryTogether<InvoiceRow>(org, where.map(query)))
    for await (const page of pages) rows.push(...page);
  return rows;
}

function unreadable(row: InvoiceRow, error: unknown): PermanentFailure {
  if (error instanceof PermanentFailure) return error;
  if (error instanceof MoneyError) {
    return new PermanentFailure({
      code: 'amount',
      stage: 'read-crm',
      message: `A line of ${row.Name} cannot be billed: ${error.message} Correct its unit price.`,
    });
  }
  throw error;
}

function crmInvoice(row: InvoiceRow, defaultCurrency: string) {
  const status = STATUSES[String(row.Status__c)];
  if (!status) {
    throw new PermanentFailure({
      code: 'crm_unknown_status',
      stage: 'read-crm',
      message: `${row.Name} has the status "${String(row.Status__c)}", which is none of Stripe's. Set one of Draft, Open, Paid, Uncollectible, Void.`,
    });
  }
  refuseUnclearCurrency(row);
  const currency = (
    plainText(row.Currency__c) ??
    plainText(row[CURRENCY_FIELD]) ??
    defaultCurrency
  ).toLowerCase();
  const lines = row.Invoice_Lines__r?.records ?? [];
  return {
    invoice: {
      id: row.Id,
      name: row.Name,
      accountId: row.Account__c,
      stripeId: plainText(row.Stripe_Invoice_Id__c),
      status,
      currency,
      terms: invoiceTerms(row, currency),
      accountTerms: knownTerms(row.Account__r?.Payment_Terms__c),
      lines: lines.map((line) => crmLine(line, { currency, invoice: row })),
      sentAt: isoTime(row.Sent_At__c),
      noReminders: row.No_Reminders__c === true || row.Account__r?.No_Reminders__c === true,
      fields: trackedFields('Invoice__c', row),
    } satisfies CrmInvoice,
    productsWithoutStripe: lines
      .filter((line) => line.Product__c && !line.Product__r?.Stripe_Product_Id__c)
      .map((line) => String(line.Product__c)),
  };
}

/** Before Stripe has it: an invoice in a wrong currency cannot be mended there. */
function refuseUnclearCurrency(row: InvoiceRow): void {
  const unclear = plainText(row.Stripe_Invoice_Id__c) ? null : unclearCurrency(row);
  if (!unclear) return;
  const [named, shown] = unclear;
  throw new PermanentFailure({
    code: 'currency_unclear',
    stage: 'read-crm',
    message:
      `${row.Name} cannot be billed: its Currency says ${named}, but its amounts are in ${shown}, the currency of the record ` +
      `(Currency ISO Code). Set both to the currency that is meant, or empty Currency, which then follows the record.`,
  });
}

function crmLine(row: LineRow, { currency, invoice }: { currency: string; invoice: InvoiceRow }): CrmLine {
  return {
    id: row.Id,
    stripeId: plainText(row.Stripe_Line_Id__c),
    terms: {
      description: plainText(row.Description__c) ?? row.Product__r?.Name ?? '',
      product: row.Product__r?.Stripe_Product_Id__c ?? null,
      ...lineNumbers(row, currency),
      // A line with the invoice's own rate has none of its own: Stripe tells no difference.
      taxRate: row.Tax_Rate__c === invoice.Tax_Rate__c ? null : taxRateIn(row, refuseOf(invoice)),
    },
    fields: trackedFields('Invoice_Line__c', row),
  };
}

function trackedFields(object: TrackedObject, row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(TRACKED_FIELDS[object].map((field) => [field, comparable(field, row[field])]));
}
