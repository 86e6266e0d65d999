import type { InvoiceTerms, LineTerms, StripeInvoice } from './invoice.ts';

const DAY_MS = 86_400_000;

// For an invoice that had no due date, as one that a card was charged for: what Stripe gives such invoices by itself.
const ORDINARY_DAYS = 30;

/** What a new draft takes over from an invoice: what people agree on, and none of what became of it. */
export interface InvoiceCopy {
  customerId: string;
  currency: string;
  terms: InvoiceTerms;
  lines: LineTerms[];
}

/** The customer has as many days to pay the copy as for the invoice itself. */
export function copyOfInvoice(
  { customerId, currency, terms, lines, createdAt, finalizedAt }: StripeInvoice,
  now: Date,
): InvoiceCopy {
  const from = dayOf(finalizedAt ?? createdAt);
  const days = terms.dueDate ? Math.max(0, (Date.parse(terms.dueDate) - from) / DAY_MS) : ORDINARY_DAYS;
  const dueDate = new Date(dayOf(now.toISOString()) + days * DAY_MS).toISOString().slice(0, 10);
  return {
    customerId: customerId!,
    currency,
    terms: { ...terms, dueDate },
    lines: lines.map((line) => line.terms),
  };
}

const dayOf = (time: string) => Date.parse(time.slice(0, 10));
