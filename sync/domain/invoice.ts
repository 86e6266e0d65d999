import type { PaymentTerms } from './paymentTerms.ts';
import type { CustomField } from './customFields.ts';
import type { Discount } from './discount.ts';

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

/** What people may edit while the invoice is a draft; the same shape from either side. */
export interface InvoiceTerms {
  /** The memo on the invoice; line ends are \n, at most 1,500 characters. */
  description: string | null;
  /** YYYY-MM-DD, in the time zone of the Stripe account. */
  dueDate: string | null;
  /** What the due date follows until the invoice is final; null where it was chosen by hand. */
  paymentTerms: PaymentTerms | null;
  /** The account's day on which Stripe finalizes and mails the draft by itself; null where it waits for somebody. */
  finalizeOn: string | null;
  /** Below the lines on the PDF; at most 5,000 characters. */
  footer: string | null;
  customFields: CustomField[];
  /** Of the whole invoice, and as the org can say it; what else is taken off is in `otherDiscounts` of Stripe's invoice. */
  discount: Discount | null;
  /** Stripe's id of the tax rate of all lines without one of their own; null also where Stripe has several. */
  taxRate: string | null;
}

/** What people may edit on a line of a draft; the same shape from either side. */
export interface LineTerms {
  description: string;
  /** Stripe's product id; null for a line without a product. */
  product: string | null;
  /** Minor units of the invoice's currency, a decimal with at most twelve places: "1050", or "0.25" for a quarter of a cent. */
  unitAmount: string;
  /** A decimal with at most twelve places, e.g. "3" or "0.25". */
  quantity: string;
  /** Stripe's id of a tax rate other than the invoice's. */
  taxRate: string | null;
}

/** What terms say that nobody has entered anything into. */
export const NO_TERMS: InvoiceTerms = {
  description: null,
  dueDate: null,
  paymentTerms: null,
  finalizeOn: null,
  footer: null,
  customFields: [],
  discount: null,
  taxRate: null,
};

/** A discount that was given in Stripe, by a coupon that is none of ours. */
export interface OtherDiscount {
  id: string;
  name: string;
}

export interface StripeLine {
  id: string;
  /** Our own mark on lines that came from the org; null for lines made in Stripe. */
  crmId: string | null;
  terms: LineTerms;
  amount: number;
  /** What a subscription's line bills, as days of the Stripe account; null for any other line. */
  period: { start: string; end: string } | null;
}

export interface StripeInvoice {
  id: string;
  crmId: string | null;
  customerId: string | null;
  /** Where Stripe mails it to. */
  customerEmail: string | null;
  status: InvoiceStatus;
  /** Whether Stripe charges what is on file, instead of asking the customer to pay. */
  chargesAutomatically: boolean;
  /** The subscription that made it, if one did: Stripe does not let such a draft be deleted. */
  subscriptionId: string | null;
  /** The invoice that this one replaces, or will replace once it is finalized. */
  revisionOf: string | null;
  currency: string;
  terms: InvoiceTerms;
  otherDiscounts: OtherDiscount[];
  lines: StripeLine[];
  number: string | null;
  /** All amounts in minor units. */
  subtotal: number;
  discount: number;
  tax: number;
  total: number;
  totalExcludingTax: number;
  /** What the customer's balance paid of it when it was finalized; negative where a debt was added. */
  balanceApplied: number;
  amountDue: number;
  amountPaid: number;
  amountRemaining: number;
  /** What was paid beyond what was owed; Stripe credits it to the customer's balance. */
  amountOverpaid: number;
  /** Stripe's ids of the payments from outside that count for it, `pr_...`. */
  paymentRecords: string[];
  /** What of `amountPaid` no payment tells of: it was marked as paid outside Stripe. */
  paidOutside: number;
  hostedInvoiceUrl: string | null;
  invoicePdf: string | null;
  /** ISO 8601, UTC; from then on an open invoice is past due. */
  dueAt: string | null;
  /** When Stripe tries a card again that was declined. */
  nextRetryAt: string | null;
  /** Whether money is on its way, as with a bank debit. */
  isPaymentProcessing: boolean;
  /** ISO 8601, UTC. */
  createdAt: string;
  finalizedAt: string | null;
  paidAt: string | null;
  lastPaymentError: string | null;
}

export interface CrmLine {
  id: string;
  stripeId: string | null;
  terms: LineTerms;
  /** The line's record as the org has it, to see what would change. */
  fields: Record<string, unknown>;
}

export interface CrmInvoice {
  id: string;
  name: string;
  accountId: string;
  stripeId: string | null;
  status: InvoiceStatus;
  currency: string;
  terms: InvoiceTerms;
  /** Of the Account, for an invoice that says nothing of its own; absent where they were not read. */
  accountTerms?: PaymentTerms | null;
  lines: CrmLine[];
  sentAt: string | null;
  /** Whether the schedule leaves it out, by a switch on it or on its Account; absent where that was not read. */
  noReminders?: boolean;
  fields: Record<string, unknown>;
}

/** In place of Stripe's id of a line that we are adding there: what is sent is noted first. */
export const BEING_ADDED = '';

/** What both sides agreed on at the last sync. Lines are keyed by the org's line id. */
export interface InvoiceBase {
  terms: InvoiceTerms;
  lines: Record<string, BaseLine>;
  /** While a draft is being written to: what it said before and what was sent, as of a line. */
  sent?: InvoiceTerms[];
  /** In an org with several currencies: in which the org's record was, ISO 4217 in capital letters. */
  recordCurrency?: string;
}

export interface BaseLine extends LineTerms {
  stripeId: string;
  /**
   * While it is being added, what was sent; more than one where it was edited between two tries. While it is being
   * written to, what both sides had agreed on, and then what was sent.
   */
  sent?: LineTerms[];
}

/** The terms alone of what may hold more, as a line of the base does. */
export const lineTerms = ({ description, product, unitAmount, quantity, taxRate }: LineTerms): LineTerms => ({
  description,
  product,
  unitAmount,
  quantity,
  taxRate,
});

/** What the org has of what Stripe's invoices name. */
export interface KnownInOrg {
  product(stripeId: string): boolean;
  taxRate(stripeId: string): boolean;
}

/**
 * The invoice as far as the org can say it. Stripe makes a product of its own behind a line that was made from an amount or
 * a name, and tax rates behind amounts of tax: to both sides there is none.
 */
export function asKnown(invoice: StripeInvoice, known: KnownInOrg): StripeInvoice {
  const taxRate = (id: string | null) => (id !== null && known.taxRate(id) ? id : null);
  const product = (id: string | null) => (id !== null && known.product(id) ? id : null);
  const lines = invoice.lines.map((line) => ({
    ...line,
    terms: { ...line.terms, product: product(line.terms.product), taxRate: taxRate(line.terms.taxRate) },
  }));
  return { ...invoice, terms: { ...invoice.terms, taxRate: taxRate(invoice.terms.taxRate) }, lines };
}

/** Stripe's ids of what was paid outside it; a payment that Stripe keeps no record of has the id of its invoice. */
export const outsidePayments = ({ id, paymentRecords, paidOutside }: StripeInvoice): string[] =>
  paidOutside > 0 ? [...paymentRecords, id] : paymentRecords;
