import type { FieldChange } from './change.ts';
import { differing, fieldChanges, lineChange } from './crmChanges.ts';
import { customFieldsText } from './customFields.ts';
import { fittingUrl } from './fittingUrl.ts';
import type {
  CrmInvoice,
  InvoiceBase,
  InvoiceStatus,
  InvoiceTerms,
  StripeInvoice,
  StripeLine,
} from './invoice.ts';
import { lineNumberFields } from './lineNumbers.ts';
import { canShowAll, emptyAmountsWords, inItsCurrency, type OrgCurrencies } from './recordCurrency.ts';
import { toMajorUnits } from './money.ts';
import type { ShownLink } from './paymentLink.ts';
import { pairLines } from './planStripeInvoice.ts';

export type CrmFields = Record<string, unknown>;

export interface CrmInvoicePlan {
  /** Only what differs from the org's record; empty when nothing does. */
  fields: CrmFields;
  insertLines: { stripeId: string; fields: CrmFields }[];
  updateLines: { id: string; fields: CrmFields }[];
  deleteLines: string[];
  changes: FieldChange[];
}

/** The org's ids of other versions of an invoice. */
export interface Chain {
  /** What it was made from, to replace it. */
  revisionOf: string | null;
  /** What stands in its place. */
  latestRevision: string | null;
}

export interface CrmInvoiceContext {
  /** ISO 8601; when Stripe mailed it first, if it did. */
  sentAt: string | null;
  /** How often, and when last, the customer was reminded; absent where nobody was. */
  reminded?: { count: number; lastAt: string } | undefined;
  /** Minor units that went back to the customer. */
  amountRefunded: number;
  /** The org's product of a Stripe product; null when the org has none. */
  productOf(stripeProductId: string): string | null;
  /** The same of a tax rate. */
  taxRateOf(stripeTaxRateId: string): string | null;
  /** What stands before and after it; absent where that is not known yet, and then left as it is. */
  chain?: Chain;
  /** Its payment link; null where there never was one, absent where that is not known. */
  link?: ShownLink | null;
  /** The Account that it belongs to, where the record has to say so again. */
  account?: string | undefined;
  /** Whether to note the time even if nothing differs: somebody asked for this sync. */
  touch: boolean;
  /** What the record says about conflicts that nobody has looked at; null where there are none. */
  conflictNote: string | null;
  /** Those of the org; null, or left out, where it has a single one. */
  currencies?: OrgCurrencies;
  /** ISO 8601. */
  now: string;
}

const STATUS: Record<InvoiceStatus, string> = {
  draft: 'Draft',
  open: 'Open',
  paid: 'Paid',
  uncollectible: 'Uncollectible',
  void: 'Void',
};

/** What has to be written to the org so that its record says what Stripe's invoice says. */
export function planCrmInvoice(
  crm: CrmInvoice | null,
  stripe: StripeInvoice,
  context: CrmInvoiceContext,
): CrmInvoicePlan {
  const { currency } = stripe;
  const { currencies = null, conflictNote } = context;
  const shown = canShowAll(crm, stripe, currencies);
  const wanted: CrmFields = {
    ...inItsCurrency(invoiceFields(stripe, { ...context, sentAt: crm?.sentAt ?? context.sentAt }), {
      before: crm?.fields,
      currency,
      currencies,
    }),
    Sync_Status__c: conflictNote ? 'Conflict' : shown ? 'Synced' : 'Error',
    Sync_Error__c: shown
      ? conflictNote
      : [emptyAmountsWords(currency), conflictNote].filter(Boolean).join(' '),
    ...(context.chain
      ? { Revision_Of__c: context.chain.revisionOf, Latest_Revision__c: context.chain.latestRevision }
      : {}),
    ...linkFields(crm, context.link),
    ...(context.account && { Account__c: context.account }),
  };
  if (crm && crm.terms.taxRate === stripe.terms.taxRate) delete wanted.Tax_Rate__c;
  const fields = differing(crm?.fields, wanted);
  const lines = planLines(crm, stripe, context);
  const changed =
    Object.keys(fields).length +
      lines.insertLines.length +
      lines.updateLines.length +
      lines.deleteLines.length >
    0;
  const changes: FieldChange[] = [
    ...fieldChanges(fields, { object: 'Invoice__c', objectId: crm?.id ?? null, before: crm?.fields }),
    ...lines.changes,
  ];
  return {
    ...lines,
    fields: changed || context.touch ? { ...fields, Last_Synced_At__c: context.now } : {},
    changes,
  };
}

const WITHOUT_LINK: ShownLink = { status: 'Not Created', url: null, note: null };

/** A record that says nothing of a link says that there is none; of a new one the org says so by itself, so we do. */
function linkFields(crm: CrmInvoice | null, link: ShownLink | null | undefined): CrmFields {
  if (!crm && !link) return { Payment_Link_Status__c: WITHOUT_LINK.status };
  const said = crm?.fields.Payment_Link_Status__c ?? WITHOUT_LINK.status;
  if (link === undefined || (link === null && said === WITHOUT_LINK.status)) return {};
  const { status, url, note } = link ?? WITHOUT_LINK;
  return { Payment_Link_Status__c: status, Payment_Link_Url__c: fittingUrl(url), Payment_Link_Note__c: note };
}

/** The org's line of each line of Stripe that the org has too. */
export function pairedLines(crm: CrmInvoice, stripe: StripeInvoice): Map<string, string> {
  return new Map(
    pairLines(crm.lines, stripe.lines).flatMap(({ crmLine, stripeLine }) =>
      crmLine && stripeLine ? [[stripeLine.id, crmLine.id] as const] : [],
    ),
  );
}

/** What both sides say after this sync; the next one tells from it which side has changed. */
export function invoiceBase(crmLineIds: Map<string, string>, stripe: StripeInvoice): InvoiceBase {
  const lines: InvoiceBase['lines'] = {};
  for (const line of stripe.lines) {
    const crmId = crmLineIds.get(line.id);
    if (crmId) lines[crmId] = { ...line.terms, stripeId: line.id };
  }
  return { terms: stripe.terms, lines };
}

/** The value of a field as conflicts name it: `description`, `lines.<id>.quantity`, or a whole line. */
export function valueInBase({ terms, lines }: InvoiceBase, field: string): unknown {
  const [, lineId, part] = /^lines\.(\w+)(?:\.(\w+))?$/.exec(field) ?? [];
  if (!lineId) return terms[field as keyof InvoiceTerms] ?? null;
  const line = lines[lineId];
  if (!line) return null;
  const { stripeId: _, ...own } = line;
  return part ? own[part as keyof typeof own] : own;
}

function invoiceFields(
  stripe: StripeInvoice,
  {
    sentAt,
    amountRefunded,
    reminded,
    taxRateOf,
  }: Pick<CrmInvoiceContext, 'sentAt' | 'amountRefunded' | 'reminded' | 'taxRateOf'>,
): CrmFields {
  const amount = (minor: number) => toMajorUnits(minor, stripe.currency);
  return {
    Stripe_Invoice_Id__c: stripe.id,
    Stripe_Subscription_Id__c: stripe.subscriptionId,
    Status__c: STATUS[stripe.status],
    Number__c: stripe.number,
    Currency__c: stripe.currency.toUpperCase(),
    ...termFields(stripe.terms, stripe.currency),
    Tax_Rate__c: stripe.terms.taxRate && taxRateOf(stripe.terms.taxRate),
    Other_Discounts__c: otherDiscounts(stripe),
    Subtotal__c: amount(stripe.subtotal),
    Discount__c: amount(stripe.discount),
    Tax__c: amount(stripe.tax),
    Total__c: amount(stripe.total),
    Total_Excluding_Tax__c: amount(stripe.totalExcludingTax),
    Balance_Applied__c: amount(stripe.balanceApplied),
    Amount_Due__c: amount(stripe.amountDue),
    Amount_Paid__c: amount(stripe.amountPaid),
    Amount_Refunded__c: amount(amountRefunded),
    Amount_Remaining__c: amount(stripe.amountRemaining),
    Hosted_Invoice_Url__c: fittingUrl(stripe.hostedInvoiceUrl),
    Invoice_Pdf_Url__c: fittingUrl(stripe.invoicePdf),
    Due_At__c: stripe.dueAt,
    Next_Retry_At__c: stripe.nextRetryAt,
    Payment_Processing__c: stripe.isPaymentProcessing,
    Finalized_At__c: stripe.finalizedAt,
    Paid_At__c: stripe.paidAt,
    Sent_At__c: sentAt,
    Last_Reminder_At__c: reminded?.lastAt ?? null,
    Reminder_Count__c: reminded?.count ?? null,
    Last_Payment_Error__c: stripe.lastPaymentError?.slice(0, 255).trim() || null,
  };
}

/** What people may edit on a draft, as the org's fields. */
export function termFields(
  { description, dueDate, paymentTerms, finalizeOn, footer, customFields, discount }: InvoiceTerms,
  currency: string,
): CrmFields {
  return {
    Description__c: description,
    Due_Date__c: dueDate,
    Payment_Terms__c: paymentTerms,
    Finalize_On__c: finalizeOn,
    Footer__c: footer,
    Custom_Fields__c: customFieldsText(customFields),
    Discount_Percent__c: discount && 'percent' in discount ? Number(discount.percent) : null,
    Discount_Amount__c: discount && 'amount' in discount ? toMajorUnits(discount.amount, currency) : null,
  };
}

const otherDiscounts = ({ otherDiscounts: others }: StripeInvoice): string | null =>
  others
    .map(({ name }) => name)
    .join(', ')
    .slice(0, 255)
    .trim() || null;

function planLines(crm: CrmInvoice | null, stripe: StripeInvoice, context: CrmInvoiceContext) {
  const plan: Pick<CrmInvoicePlan, 'insertLines' | 'updateLines' | 'deleteLines' | 'changes'> = {
    insertLines: [],
    updateLines: [],
    deleteLines: [],
    changes: [],
  };
  const order = new Map(stripe.lines.map((line, index) => [line.id, index + 1]));
  for (const { crmLine, stripeLine } of pairLines(crm?.lines ?? [], stripe.lines)) {
    if (!stripeLine) {
      plan.deleteLines.push(crmLine!.id);
      plan.changes.push(
        lineChange(crmLine!.id, { field: 'line', from: crmLine!.terms.description, to: null }),
      );
      continue;
    }
    const wanted = lineFields(stripeLine, {
      order: order.get(stripeLine.id)!,
      currency: stripe.currency,
      before: crmLine?.fields,
      context,
    });
    if (!crmLine) {
      plan.insertLines.push({ stripeId: stripeLine.id, fields: wanted });
      plan.changes.push(lineChange(null, { field: 'line', from: null, to: stripeLine.terms.description }));
      continue;
    }
    // An empty description in the org stands for the product's name, so it is filled only when it differs.
    if (crmLine.terms.description === stripeLine.terms.description) delete wanted.Description__c;
    if (crmLine.terms.product === stripeLine.terms.product) delete wanted.Product__c;
    if (crmLine.terms.taxRate === stripeLine.terms.taxRate) delete wanted.Tax_Rate__c;
    const fields = differing(crmLine.fields, wanted);
    if (Object.keys(fields).length === 0) continue;
    plan.updateLines.push({ id: crmLine.id, fields });
    plan.changes.push(
      ...fieldChanges(fields, { object: 'Invoice_Line__c', objectId: crmLine.id, before: crmLine.fields }),
    );
  }
  return plan;
}

function lineFields(
  line: StripeLine,
  {
    order,
    currency,
    before,
    context,
  }: { order: number; currency: string; before: CrmFields | undefined; context: CrmInvoiceContext },
): CrmFields {
  const { currencies = null } = context;
  const fields = {
    Stripe_Line_Id__c: line.id,
    Description__c: line.terms.description || null,
    Product__c: line.terms.product ? context.productOf(line.terms.product) : null,
    Tax_Rate__c: line.terms.taxRate && context.taxRateOf(line.terms.taxRate),
    ...lineNumberFields(line.terms, currency),
    Amount__c: toMajorUnits(line.amount, currency),
    Sort_Order__c: order,
    Period_Start_Date__c: line.period?.start ?? null,
    Period_End_Date__c: line.period?.end ?? null,
  };
  return inItsCurrency(fields, { before, currency, currencies });
}
