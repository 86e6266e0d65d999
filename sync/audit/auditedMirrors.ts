import type Stripe from 'stripe';
import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import type { OrgCurrencies } from '../domain/recordCurrency.ts';
import { CURRENCY_FIELD } from '../domain/trackedFields.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import type { Mirrored } from '../flows/convergeMirrors.ts';
import { isoTime } from '../salesforce/values.ts';
import {
  creditNoteSnapshot,
  markedPaid,
  PAYMENT_EXPAND,
  paymentOf,
  readCreditNote,
  readPayment,
  readRefund,
} from '../stripe/readPayment.ts';
import { readTaxRate, taxRateSnapshot } from '../stripe/taxRates.ts';
import { fromStripe, pagesOf, queryPages, type AuditedKind, type AuditRow } from './auditRow.ts';

const STRIPE_CALLS_AT_ONCE = 4;

interface MirrorAudit {
  entity: SyncEntity;
  stripeIdField: string;
  /** The org's fields that are compared, as the mirror writes them. */
  fields: string[];
  /** What tells records of this kind from others in the same object. */
  where: string;
  stripePages(stripe: Stripe): AsyncIterable<AuditRow[]>;
  read(stripe: Stripe, id: string): Promise<Mirrored | null>;
}

const MONEY_FIELDS = 'Type__c Status__c Amount__c Currency__c Method__c Paid_At__c Receipt_Url__c'.split(' ');

const mirrors: MirrorAudit[] = [
  {
    entity: 'payment',
    stripeIdField: 'Stripe_Payment_Id__c',
    fields: [...MONEY_FIELDS, 'Amount_Refunded__c', 'Reference__c'],
    where: "Type__c IN ('Payment', 'Out of Band')",
    read: readPayment,
    // A PaymentIntent does not name its invoice; what joins the two names both.
    async *stripePages(stripe) {
      const expand = PAYMENT_EXPAND;
      for await (const page of pagesOf((params) => stripe.invoicePayments.list({ ...params, expand })))
        yield page.flatMap((one) => {
          const found = paymentOf(one);
          return found ? mirrorRow(found.stripeId, found.mirrored) : [];
        });
      // What was marked as paid outside Stripe, only its invoice tells.
      const paid: Stripe.InvoiceListParams = { status: 'paid', expand: ['data.payments'] };
      for await (const page of pagesOf((params) => stripe.invoices.list({ ...params, ...paid }))) {
        const rows = await mapConcurrently(page, STRIPE_CALLS_AT_ONCE, async (invoice) =>
          mirrorRow(invoice.id, await fromStripe(() => markedPaid(stripe, invoice))),
        );
        yield rows.filter(({ optional }) => !optional);
      }
    },
  },
  {
    entity: 'refund',
    stripeIdField: 'Stripe_Payment_Id__c',
    fields: MONEY_FIELDS,
    where: "Type__c = 'Refund'",
    read: readRefund,
    // Which of them are refunds of an invoice takes a look at each; there are few.
    async *stripePages(stripe) {
      for await (const page of pagesOf((params) => stripe.refunds.list(params))) {
        const rows = await mapConcurrently(page, STRIPE_CALLS_AT_ONCE, async ({ id }) => {
          const mirrored = await fromStripe(() => readRefund(stripe, id));
          return mirrored ? [mirrorRow(id, mirrored)] : [];
        });
        yield rows.flat();
      }
    },
  },
  {
    entity: 'credit_note',
    stripeIdField: 'Stripe_Credit_Note_Id__c',
    fields: 'Number__c Amount__c Currency__c Reason__c Status__c Memo__c Pdf_Url__c'.split(' '),
    where: '',
    read: readCreditNote,
    async *stripePages(stripe) {
      for await (const page of pagesOf((params) => stripe.creditNotes.list(params)))
        yield page.map((note) => mirrorRow(note.id, creditNoteSnapshot(note)));
    },
  },
  {
    entity: 'tax_rate',
    stripeIdField: 'Stripe_Tax_Rate_Id__c',
    fields:
      'Name Percentage__c Inclusive__c Active__c Country__c State__c Jurisdiction__c Description__c'.split(
        ' ',
      ),
    where: '',
    read: readTaxRate,
    async *stripePages(stripe) {
      for await (const page of pagesOf((params) => stripe.taxRates.list(params)))
        yield page.map((rate) => mirrorRow(rate.id, taxRateSnapshot(rate)));
    },
  },
];

function mirrorRow(id: string, { fields, makesRecord, customerId }: Mirrored): AuditRow {
  return {
    id,
    otherId: null,
    currency: null,
    fields: sameMoment(fields),
    optional: !makesRecord,
    customerId,
  };
}

/** Payments, refunds and credit notes: made in Stripe, shown in the org. */
export const auditedMirrors = (currencies: OrgCurrencies): AuditedKind[] =>
  mirrors.map((mirror) => auditedMirror(mirror, currencies));

function auditedMirror(
  { entity, stripeIdField, fields: own, where: kind, stripePages, read }: MirrorAudit,
  currencies: OrgCurrencies,
): AuditedKind {
  const hasCurrency = currencies !== null && own.includes('Currency__c');
  const fields = hasCurrency ? [...own, CURRENCY_FIELD] : own;
  // In an org with several currencies, its record is in that of the payment.
  const withCurrency = (row: AuditRow): AuditRow =>
    hasCurrency ? { ...row, fields: { ...row.fields, [CURRENCY_FIELD]: row.fields.Currency__c } } : row;
  return {
    entity,
    stripeIdField,
    takesInNew: true,
    async *stripePages(stripe) {
      for await (const page of stripePages(stripe)) yield page.map(withCurrency);
    },
    async stripeRecord(stripe, id) {
      const mirrored = await fromStripe(() => read(stripe, id));
      return mirrored && withCurrency(mirrorRow(id, mirrored));
    },
    async *crmPages(org, where) {
      const conditions = [kind, `${stripeIdField} != null`, where ? `(${where})` : ''].filter(Boolean);
      const soql = `SELECT Id, ${stripeIdField}, ${fields.join(', ')} FROM ${orgObjects[entity]} WHERE ${conditions.join(' AND ')}`;
      for await (const page of queryPages<{ Id: string } & Record<string, unknown>>(org, soql))
        yield page.map((row) => ({
          id: row.Id,
          otherId: String(row[stripeIdField]),
          currency: null,
          fields: sameMoment(Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))),
        }));
    },
  };
}

/** Each side writes times in its own way. */
function sameMoment(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      field.endsWith('_At__c') ? isoTime(value) : value,
    ]),
  );
}
