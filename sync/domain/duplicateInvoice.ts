import { addDays, dayIn, daysBetween } from './civilDay.ts';
import type { InvoiceTerms, LineTerms, StripeInvoice } from './invoice.ts';
import { dueBy } from './paymentTerms.ts';

// For an invoice that had no due date, as one that a card was charged for: what Stripe gives such invoices by itself.
const ORDINARY_DAYS = 30;

/** What a new draft takes over from an invoice: what people agree on, and none of what became of it. */
export interface InvoiceCopy {
  customerId: string;
  currency: string;
  terms: InvoiceTerms;
  lines: LineTerms[];
  /** Of the lines that these are copies of, by Stripe's ids. */
  lineIds?: string[];
}

/** The customer has as many days to pay the copy as for the invoice itself, or its terms, in the zone of the Stripe account. */
export function copyOfInvoice(
  { customerId, currency, terms, lines, createdAt, finalizedAt }: StripeInvoice,
  { now, zone }: { now: Date; zone: string },
): InvoiceCopy {
  const dayOf = (time: Date) => dayIn(zone, time.getTime() / 1000);
  const today = dayOf(now);
  const from = dayOf(new Date(finalizedAt ?? createdAt));
  const days = terms.dueDate ? Math.max(0, daysBetween(from, terms.dueDate)) : ORDINARY_DAYS;
  return {
    customerId: customerId!,
    currency,
    terms: {
      ...terms,
      // A copy waits for somebody to look at it.
      finalizeOn: null,
      dueDate: terms.paymentTerms ? dueBy(terms.paymentTerms, today) : addDays(today, days),
    },
    lines: lines.map((line) => line.terms),
    lineIds: lines.map(({ id }) => id),
  };
}
