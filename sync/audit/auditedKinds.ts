import type Stripe from 'stripe';
import type { StripeInvoice } from '../domain/invoice.ts';
import { termFields } from '../domain/planCrmInvoice.ts';
import { lineNumberFields } from '../domain/lineNumbers.ts';
import { toMajorUnits } from '../domain/money.ts';
import type { OrgCurrencies } from '../domain/recordCurrency.ts';
import { CURRENCY_FIELD } from '../domain/trackedFields.ts';
import type { PairSide } from '../domain/planPair.ts';
import { soqlList, type SalesforceOrg } from '../salesforce/connection.ts';
import { readAccounts } from '../salesforce/readAccounts.ts';
import { readProducts } from '../salesforce/readProducts.ts';
import { orgCurrencies } from '../salesforce/orgCurrencies.ts';
import { plainText } from '../salesforce/values.ts';
import { customerSnapshot, readStripeCustomer } from '../stripe/customers.ts';
import { productSnapshot, readStripeProduct } from '../stripe/products.ts';
import { INVOICE_LIST_EXPAND, invoiceSnapshot, readStripeInvoice } from '../stripe/readInvoice.ts';
import { patiently } from './patiently.ts';
import { auditedMirrors } from './auditedMirrors.ts';
import { auditedPrices } from './auditedPrices.ts';
import {
  fromStripe,
  pagesOf,
  queryPages,
  type AuditEngine,
  type AuditedKind,
  type AuditLine,
  type AuditRow,
  type LineFields,
} from './auditRow.ts';

// Two hundred ids make a query of about 4,500 characters; a URL of the platform holds 16,384.
const READ_AT_ONCE = 200;

type ReadPairs = (
  org: SalesforceOrg,
  keys: { crmIds: string[]; stripeIds: string[] },
) => Promise<PairSide<object>[]>;

/** Records that are linked with Stripe; an Account or product that was never billed is nobody's difference. */
async function* linkedPages(
  org: SalesforceOrg,
  { object, stripeIdField, read, where }: LinkedQuery,
): AsyncGenerator<AuditRow[]> {
  const condition = `${stripeIdField} != null${where ? ` AND (${where})` : ''}`;
  for await (const page of queryPages<{ Id: string }>(org, `SELECT Id FROM ${object} WHERE ${condition}`)) {
    for (let start = 0; start < page.length; start += READ_AT_ONCE) {
      const crmIds = page.slice(start, start + READ_AT_ONCE).map(({ Id }) => Id);
      yield (await patiently(() => read(org, { crmIds, stripeIds: [] }))).map(pairRow);
    }
  }
}

interface LinkedQuery {
  object: string;
  stripeIdField: string;
  read: ReadPairs;
  where: string | undefined;
}

const pairRow = ({ id, otherId, terms }: PairSide<object>): AuditRow => ({
  id,
  otherId,
  currency: null,
  fields: { ...terms },
});

const customerRow = (customer: PairSide<object>): AuditRow => ({
  ...pairRow(customer),
  customerId: customer.id,
});

const customers: AuditedKind = {
  entity: 'customer',
  stripeIdField: 'Stripe_Customer_Id__c',
  takesInNew: true,
  async *stripePages(stripe) {
    for await (const page of pagesOf((params) => stripe.customers.list(params)))
      yield page.map((customer) => customerRow(customerSnapshot(customer)));
  },
  async stripeRecord(stripe, id) {
    const customer = await fromStripe(() => readStripeCustomer(stripe, id));
    return customer && customerRow(customer);
  },
  crmPages: (org, where) =>
    linkedPages(org, {
      object: 'Account',
      stripeIdField: 'Stripe_Customer_Id__c',
      read: readAccounts,
      where,
    }),
};

const products: AuditedKind = {
  entity: 'product',
  stripeIdField: 'Stripe_Product_Id__c',
  takesInNew: false,
  async *stripePages(stripe) {
    for await (const page of pagesOf((params) => stripe.products.list(params)))
      yield page.map((product) => pairRow(productSnapshot(product)));
  },
  async stripeRecord(stripe, id) {
    const product = await fromStripe(() => readStripeProduct(stripe, id));
    return product && pairRow(product);
  },
  crmPages: (org, where) =>
    linkedPages(org, {
      object: 'Product2',
      stripeIdField: 'Stripe_Product_Id__c',
      read: readProducts,
      where,
    }),
};

// The org's field of each compared amount.
const AMOUNTS = {
  subtotal: 'Subtotal__c',
  discount: 'Discount__c',
  tax: 'Tax__c',
  total: 'Total__c',
  amountDue: 'Amount_Due__c',
  amountPaid: 'Amount_Paid__c',
  amountRemaining: 'Amount_Remaining__c',
} as const;
const amountNames = Object.keys(AMOUNTS) as (keyof typeof AMOUNTS)[];
const INVOICE_FIELDS = [
  'Id, Stripe_Invoice_Id__c, Status__c, Number__c, Currency__c, Description__c, Due_Date__c, Payment_Terms__c',
  'Footer__c, Custom_Fields__c, Discount_Percent__c, Discount_Amount__c, Tax_Rate__r.Stripe_Tax_Rate_Id__c',
  ...Object.values(AMOUNTS),
].join(', ');

type CrmInvoiceRow = { Id: string; Status__c: string | null } & Record<string, unknown>;

/** `currencies`: those of the org, null where its records name none. */
const invoices = (currencies: OrgCurrencies): AuditedKind => {
  const more = currencies ? `, ${CURRENCY_FIELD}` : '';
  return {
    entity: 'invoice',
    stripeIdField: 'Stripe_Invoice_Id__c',
    takesInNew: true,
    async *stripePages(stripe: Stripe) {
      for await (const page of pagesOf((params) =>
        stripe.invoices.list({ ...params, expand: INVOICE_LIST_EXPAND }),
      )) {
        const rows: AuditRow[] = [];
        // One after the other: an invoice with many lines takes calls of its own.
        for (const invoice of page)
          rows.push(stripeInvoiceRow(await fromStripe(() => invoiceSnapshot(stripe, invoice)), currencies));
        yield rows;
      }
    },
    async stripeRecord(stripe, id) {
      const invoice = await fromStripe(() => readStripeInvoice(stripe, id));
      return invoice && stripeInvoiceRow(invoice, currencies);
    },
    async *crmPages(org, where) {
      const soql = `SELECT ${INVOICE_FIELDS}${more} FROM Invoice__c${where ? ` WHERE ${where}` : ''}`;
      for await (const page of queryPages<CrmInvoiceRow>(org, soql)) yield page.map(crmInvoiceRow);
    },
    async *crmLinePages(org, invoiceIds) {
      const where = invoiceIds ? ` WHERE Invoice__c IN ${soqlList(invoiceIds)}` : '';
      const soql = `SELECT ${LINE_FIELDS}${more} FROM Invoice_Line__c${where}`;
      for await (const page of queryPages<CrmLineRow>(org, soql)) yield page.map(crmLine);
    },
  };
};

const LINE_FIELDS =
  'Id, Invoice__c, Stripe_Line_Id__c, Description__c, Product__r.Name, ' +
  'Unit_Price__c, Unit_Price_Exact__c, Quantity__c, Quantity_Exact__c, Amount__c';

interface CrmLineRow {
  Id: string;
  Invoice__c: string;
  Stripe_Line_Id__c: string | null;
  Description__c: string | null;
  Product__r: { Name: string } | null;
  Unit_Price__c: number | null;
  Unit_Price_Exact__c: string | null;
  Quantity__c: number | null;
  Quantity_Exact__c: string | null;
  Amount__c: number | null;
}

const termsIn = (fields: Record<string, unknown>) => ({
  description: plainText(fields.Description__c),
  dueDate: plainText(fields.Due_Date__c),
  paymentTerms: plainText(fields.Payment_Terms__c),
  footer: plainText(fields.Footer__c),
  customFields: plainText(fields.Custom_Fields__c),
  discountPercent: fields.Discount_Percent__c ?? null,
  discountAmount: fields.Discount_Amount__c ?? null,
});

const lineNumbersIn = (fields: Record<string, unknown>) => ({
  unitPrice: fields.Unit_Price__c as number | null,
  unitPriceExact: plainText(fields.Unit_Price_Exact__c),
  quantity: fields.Quantity__c as number | null,
  quantityExact: plainText(fields.Quantity_Exact__c),
});

const crmLine = (row: CrmLineRow): AuditLine => ({
  invoiceId: row.Invoice__c,
  lineId: row.Stripe_Line_Id__c ?? row.Id,
  terms: {
    // Without a description of its own a line says its product's name.
    description: plainText(row.Description__c) ?? row.Product__r?.Name ?? '',
    ...lineNumbersIn({ ...row }),
    amount: row.Amount__c,
    ...recordCurrencyIn({ ...row }),
  },
});

/** In an org with several currencies, in which its record is. */
const recordCurrencyIn = (row: Record<string, unknown>) =>
  CURRENCY_FIELD in row ? { recordCurrency: row[CURRENCY_FIELD] as string } : {};

function stripeInvoiceRow(invoice: StripeInvoice, currencies: OrgCurrencies): AuditRow {
  const recordCurrency = currencies ? { recordCurrency: invoice.currency.toUpperCase() } : {};
  const major = (minor: number) => toMajorUnits(minor, invoice.currency);
  const linesAmount = invoice.lines.reduce((sum, { amount }) => sum + amount, 0);
  return {
    id: invoice.id,
    otherId: invoice.crmId,
    customerId: invoice.customerId,
    currency: invoice.currency.toUpperCase(),
    fields: {
      status: invoice.status,
      number: invoice.number,
      currency: invoice.currency.toUpperCase(),
      ...recordCurrency,
      ...termsIn(termFields(invoice.terms, invoice.currency)),
      taxRate: invoice.terms.taxRate,
      ...Object.fromEntries(amountNames.map((name) => [name, major(invoice[name])])),
      lines: invoice.lines.length,
      linesAmount: major(linesAmount),
      lineTerms: Object.fromEntries(
        invoice.lines.map(({ id, terms, amount }) => [
          id,
          {
            description: terms.description,
            ...lineNumbersIn(lineNumberFields(terms, invoice.currency)),
            amount: major(amount),
            ...recordCurrency,
          } satisfies LineFields,
        ]),
      ),
    },
  };
}

/** Its lines are added by the database, which holds them. */
function crmInvoiceRow(row: CrmInvoiceRow): AuditRow {
  const currency = plainText(row.Currency__c);
  return {
    id: row.Id,
    otherId: plainText(row.Stripe_Invoice_Id__c),
    currency,
    fields: {
      status: row.Status__c?.toLowerCase() ?? null,
      number: plainText(row.Number__c),
      currency,
      ...recordCurrencyIn(row),
      ...termsIn(row),
      taxRate: (row.Tax_Rate__r as { Stripe_Tax_Rate_Id__c: string } | null)?.Stripe_Tax_Rate_Id__c ?? null,
      ...Object.fromEntries(amountNames.map((name) => [name, row[AMOUNTS[name]] ?? null])),
    },
  };
}

/** All that is compared, in the order of the report. */
export const auditedKinds = async (engine: AuditEngine): Promise<AuditedKind[]> => [
  customers,
  products,
  ...(await auditedPrices(engine)),
  ...(await withMoney(engine)),
];

async function withMoney({ org }: AuditEngine): Promise<AuditedKind[]> {
  const currencies = await patiently(() => orgCurrencies(org));
  return [invoices(currencies), ...auditedMirrors(currencies)];
}
