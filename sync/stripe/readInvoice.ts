import type Stripe from 'stripe';
import { PermanentFailure } from '../failure.ts';
import { plainCustomFields } from '../domain/customFields.ts';
import { dayIn } from '../domain/civilDay.ts';
import { discountOf, type Discount } from '../domain/discount.ts';
import type { InvoiceStatus, OtherDiscount, StripeInvoice, StripeLine } from '../domain/invoice.ts';
import { decimal } from '../domain/money.ts';
import { knownTerms } from '../domain/paymentTerms.ts';
import { accountZone } from './accountZone.ts';
import { allPayments, paidOutside } from './invoicePayments.ts';
import { isMissing, translateStripeError } from './translateError.ts';

const STATUSES: readonly string[] = [
  'draft',
  'open',
  'paid',
  'uncollectible',
  'void',
] satisfies InvoiceStatus[];

// The org's fields hold no more; a longer text of Stripe's is compared and shown up to there.
const DESCRIPTION_LENGTH = 1500;
const FOOTER_LENGTH = 5000;
const LINE_DESCRIPTION_LENGTH = 255;

/** Everything that an answer of Stripe must carry so that `invoiceSnapshot` can read it. */
const COUPONS = 'discounts.source.coupon';
export const INVOICE_EXPAND = ['payments.data.payment.payment_intent', COUPONS];
/** The same of a list, which cannot be expanded as deep: why a payment failed is not in it. */
export const INVOICE_LIST_EXPAND = ['data.payments', `data.${COUPONS}`];

/** The invoice as it is now with all its lines; null when it is not there (a deleted draft). */
export async function readStripeInvoice(stripe: Stripe, id: string): Promise<StripeInvoice | null> {
  try {
    return await invoiceSnapshot(stripe, await stripe.invoices.retrieve(id, { expand: INVOICE_EXPAND }));
  } catch (error) {
    if (isMissing(error)) return null;
    throw translateStripeError(error, 'read-stripe');
  }
}

/** Reads an invoice object, fetching the lines beyond the first page that the object carries. */
export async function invoiceSnapshot(stripe: Stripe, invoice: Stripe.Invoice): Promise<StripeInvoice> {
  if (!invoice.status || !STATUSES.includes(invoice.status)) throw unknownStatus(invoice);
  const zone = await accountZone(stripe);
  const payments = await allPayments(stripe, invoice);
  const { discount, otherDiscounts } = discountsOf(invoice);
  const defaultRates = invoice.default_tax_rates.map(({ id }) => id);
  return {
    id: invoice.id,
    crmId: invoice.metadata?.salesforce_id ?? null,
    customerId: idOf(invoice.customer),
    customerEmail: invoice.customer_email,
    status: invoice.status as InvoiceStatus,
    chargesAutomatically: invoice.collection_method === 'charge_automatically',
    subscriptionId: idOf(invoice.parent?.subscription_details?.subscription ?? null),
    revisionOf: invoice.from_invoice?.action === 'revision' ? idOf(invoice.from_invoice.invoice) : null,
    currency: invoice.currency,
    terms: { ...termsOfInvoice(invoice, zone), discount },
    otherDiscounts,
    lines: (await allLines(stripe, invoice)).map((line) =>
      lineSnapshot(line, { zone, defaultRates: invoice.automatic_tax.enabled ? null : defaultRates }),
    ),
    number: invoice.number,
    subtotal: invoice.subtotal,
    discount: (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0),
    tax: (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0),
    total: invoice.total,
    totalExcludingTax: invoice.total_excluding_tax ?? invoice.total,
    balanceApplied: balanceApplied(invoice),
    amountDue: shownDue(invoice, invoice.amount_due),
    amountPaid: invoice.amount_paid,
    amountRemaining: shownDue(invoice, invoice.amount_remaining),
    amountOverpaid: invoice.amount_overpaid,
    paymentRecords: paymentRecords(payments),
    paidOutside: paidOutside(invoice, payments),
    hostedInvoiceUrl: invoice.hosted_invoice_url ?? null,
    invoicePdf: invoice.invoice_pdf ?? null,
    dueAt: isoSeconds(invoice.due_date),
    nextRetryAt:
      invoice.status === 'open' && invoice.attempt_count > 0
        ? isoSeconds(invoice.next_payment_attempt)
        : null,
    isPaymentProcessing:
      invoice.status === 'open' && paymentIntents(invoice).some(({ status }) => status === 'processing'),
    createdAt: isoSeconds(invoice.created)!,
    finalizedAt: isoSeconds(invoice.status_transitions.finalized_at),
    paidAt: isoSeconds(invoice.status_transitions.paid_at),
    lastPaymentError: lastPaymentError(invoice),
  };
}

/** What of an invoice says its terms; discounts are in it by their ids alone. */
export type InvoiceTermsSource = Pick<
  Stripe.Invoice,
  | 'description'
  | 'due_date'
  | 'metadata'
  | 'status'
  | 'auto_advance'
  | 'automatically_finalizes_at'
  | 'footer'
  | 'custom_fields'
  | 'default_tax_rates'
>;

export const termsOfInvoice = (
  invoice: InvoiceTermsSource,
  zone: string,
): Omit<StripeInvoice['terms'], 'discount'> => ({
  description: text(invoice.description, DESCRIPTION_LENGTH),
  dueDate: invoice.due_date === null ? null : dayIn(zone, invoice.due_date),
  paymentTerms: knownTerms(invoice.metadata?.payment_terms),
  finalizeOn:
    invoice.status === 'draft' && invoice.auto_advance && invoice.automatically_finalizes_at
      ? dayIn(zone, invoice.automatically_finalizes_at)
      : null,
  footer: text(invoice.footer, FOOTER_LENGTH),
  customFields: plainCustomFields(invoice.custom_fields ?? []),
  taxRate: onlyOne(invoice.default_tax_rates.map(({ id }) => id)),
});

export const unknownStatus = ({ id, status }: Stripe.Invoice) =>
  new PermanentFailure({
    code: 'stripe_unknown_status',
    stage: 'read-stripe',
    message: `Stripe gives invoice ${id} the status "${status}", which this version of Invoicebridge does not know. Update Invoicebridge.`,
  });

/**
 * What Stripe gives for a draft moves with the customer's balance as it is at the moment, and no event of the invoice tells
 * of it: another invoice may have used it up. The org shows what is due without it; finalization settles both.
 */
const shownDue = ({ status, total }: Stripe.Invoice, due: number): number =>
  status === 'draft' ? Math.max(total, 0) : due;

/** What Stripe takes off a whole invoice: ours, and what was given there, by name. Coupons have to be expanded. */
function discountsOf({ discounts }: Pick<Stripe.Invoice, 'discounts'>): {
  discount: Discount | null;
  otherDiscounts: OtherDiscount[];
} {
  let discount: Discount | null = null;
  const otherDiscounts: OtherDiscount[] = [];
  for (const one of discounts) {
    const source = typeof one === 'string' ? null : one.source.coupon;
    const coupon = typeof source === 'string' ? null : source;
    const ours = coupon && discountOf(coupon);
    if (ours && !discount) discount = ours;
    else otherDiscounts.push({ id: idOf(one)!, name: coupon?.name ?? idOf(source) ?? idOf(one)! });
  }
  return { discount, otherDiscounts };
}

async function allLines(stripe: Stripe, invoice: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
  if (!invoice.lines.has_more) return invoice.lines.data;
  const lines: Stripe.InvoiceLineItem[] = [];
  for await (const line of stripe.invoices.listLineItems(invoice.id, { limit: 100 })) lines.push(line);
  return lines;
}

function lineSnapshot(
  line: Stripe.InvoiceLineItem,
  { zone, defaultRates }: { zone: string; defaultRates: string[] | null },
): StripeLine {
  const quantity = decimal(line.quantity_decimal?.toString() ?? line.quantity ?? 1);
  const unitAmount = line.pricing?.unit_amount_decimal?.toString();
  return {
    id: line.id,
    crmId: line.metadata.salesforce_id ?? null,
    terms: {
      description: text(line.description, LINE_DESCRIPTION_LENGTH) ?? '',
      product: line.pricing?.price_details?.product ?? null,
      // A line made from an amount alone has no unit price: it is that amount, once.
      unitAmount: decimal(unitAmount ?? line.amount),
      quantity: unitAmount === undefined ? '1' : quantity,
      taxRate: defaultRates && ownTaxRate(line, defaultRates),
    },
    amount: line.amount,
    period: line.parent?.type === 'subscription_item_details' ? periodOf(line, zone) : null,
  };
}

/** What the customer's balance took over of the total: it is used, or its debt collected, when an invoice is finalized. */
const balanceApplied = ({ status, starting_balance: before, ending_balance: after }: Stripe.Invoice) =>
  status === 'draft' || after === null ? 0 : after - before;

/** A line does not say whether its rates are its own or the invoice's: its own are those that differ. */
function ownTaxRate({ taxes }: Stripe.InvoiceLineItem, defaultRates: string[]): string | null {
  const rates = [...new Set((taxes ?? []).flatMap(({ tax_rate_details: of }) => of?.tax_rate ?? []))];
  const isDefault = rates.length === defaultRates.length && rates.every((id) => defaultRates.includes(id));
  return isDefault ? null : onlyOne(rates);
}

const onlyOne = (ids: string[]): string | null => (ids.length === 1 ? ids[0]! : null);

const paymentRecords = (payments: Stripe.InvoicePayment[]): string[] =>
  payments.flatMap(({ status, payment }) =>
    status === 'paid' ? (idOf(payment.payment_record ?? null) ?? []) : [],
  );

const periodOf = ({ period }: Stripe.InvoiceLineItem, zone: string) => ({
  start: dayIn(zone, period.start),
  end: dayIn(zone, period.end),
});

/** Why the customer's last try to pay failed; none once the invoice is paid. */
function lastPaymentError(invoice: Stripe.Invoice): string | null {
  if (invoice.status === 'paid') return null;
  const messages = paymentIntents(invoice).map(({ last_payment_error }) => last_payment_error?.message);
  return messages.find((message) => message !== undefined) ?? null;
}

const paymentIntents = (invoice: Stripe.Invoice): Stripe.PaymentIntent[] =>
  (invoice.payments?.data ?? []).flatMap(({ payment }) =>
    typeof payment.payment_intent === 'object' ? payment.payment_intent : [],
  );

const text = (value: string | null, length: number): string | null =>
  value?.replaceAll('\r\n', '\n').trim().slice(0, length).trim() || null;

const isoSeconds = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString();

export const idOf = (value: string | { id: string } | null): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);
