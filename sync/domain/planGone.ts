import { lineTerms, type CrmInvoice, type InvoiceBase, type StripeInvoice } from './invoice.ts';
import { same } from './merge.ts';
import { lacksPrice, lacksTotal } from './recordCurrency.ts';

/** Whether the org's invoice says something else than both sides said last, or was never synced. */
export function crmChangedSince(base: InvoiceBase | null, crm: CrmInvoice): boolean {
  if (!base) return true;
  const { lines, currency } = crm;
  const terms = lacksTotal(crm, currency) ? { ...crm.terms, discount: base.terms.discount } : crm.terms;
  const known = Object.keys(base.lines).length;
  return (
    !same(terms, base.terms) ||
    known !== lines.length ||
    lines.some((line) => {
      const before = base.lines[line.id];
      if (!before) return true;
      const said = lacksPrice(line, currency) ? { ...line.terms, unitAmount: before.unitAmount } : line.terms;
      return !same(said, lineTerms(before));
    })
  );
}

/** The same of Stripe's draft. A product that the org does not know is no difference: see `asKnown`. */
export function stripeChangedSince(base: InvoiceBase | null, { terms, lines }: StripeInvoice): boolean {
  if (!base) return false;
  const known = Object.values(base.lines);
  return (
    !same(terms, base.terms) ||
    known.length !== lines.length ||
    lines.some((line) => {
      const before = known.find(({ stripeId }) => stripeId === line.id);
      if (!before) return true;
      const product = before.product === null ? null : line.terms.product;
      return !same(lineTerms(before), { ...line.terms, product });
    })
  );
}

/** What is kept of an invoice whose deletion on the other side wins over its edits. */
export const keptValues = ({ terms, lines }: CrmInvoice | StripeInvoice) => ({
  ...terms,
  lines: lines.map((line) => line.terms),
});
