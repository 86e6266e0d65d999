import type { CrmInvoice, InvoiceBase, LineTerms, StripeInvoice } from './invoice.ts';
import { same } from './merge.ts';

/** Whether the org's invoice says something else than both sides said last, or was never synced. */
export function crmChangedSince(base: InvoiceBase | null, { terms, lines }: CrmInvoice): boolean {
  if (!base) return true;
  const known = Object.keys(base.lines).length;
  return (
    !same(terms, base.terms) ||
    known !== lines.length ||
    lines.some((line) => !same(line.terms, termsOf(base.lines[line.id])))
  );
}

/** The same of Stripe's draft. A product that the org does not know is no difference: see `withKnownProducts`. */
export function stripeChangedSince(base: InvoiceBase | null, { terms, lines }: StripeInvoice): boolean {
  if (!base) return false;
  const known = Object.values(base.lines);
  return (
    !same(terms, base.terms) ||
    known.length !== lines.length ||
    lines.some((line) => {
      const before = termsOf(known.find(({ stripeId }) => stripeId === line.id));
      return !same(before, before?.product === null ? { ...line.terms, product: null } : line.terms);
    })
  );
}

/** What is kept of an invoice whose deletion on the other side wins over its edits. */
export const keptValues = ({ terms, lines }: CrmInvoice | StripeInvoice) => ({
  ...terms,
  lines: lines.map((line) => line.terms),
});

function termsOf(line: LineTerms | undefined): LineTerms | undefined {
  if (!line) return undefined;
  const { description, product, unitAmount, quantity } = line;
  return { description, product, unitAmount, quantity };
}
