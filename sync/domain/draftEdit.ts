import type { InvoiceTerms, LineTerms, StripeInvoice } from './invoice.ts';
import { changedFields } from './merge.ts';
import { dueOnceFinal } from './paymentTerms.ts';
import type { LineUpdate } from './planStripeInvoice.ts';

/** A change of a line that is there; `crmId` is null where the org does not have it yet. */
export type LineEdit = Omit<LineUpdate, 'crmId'> & { crmId: string | null };

/** What an edit writes to a draft in Stripe. */
export interface DraftEdit {
  draft: Pick<StripeInvoice, 'id' | 'currency' | 'otherDiscounts'>;
  /** What the draft said; absent in an edit that an earlier version has begun. */
  read?: InvoiceTerms;
  update: Partial<InvoiceTerms>;
  updateLines: LineEdit[];
  addLines: LineTerms[];
  removeLines: string[];
}

/** The terms that differ once these are said; a due date follows its payment terms, and one chosen by hand ends them. */
export function termsEdit(
  terms: InvoiceTerms,
  said: Partial<InvoiceTerms>,
  today: string,
): Partial<InvoiceTerms> {
  const after: InvoiceTerms = { ...terms, ...said, ...(said.dueDate && { paymentTerms: null }) };
  const { paymentTerms, finalizeOn } = after;
  if (paymentTerms && (said.paymentTerms || said.finalizeOn !== undefined))
    after.dueDate = dueOnceFinal(paymentTerms, { finalizeOn, today });
  return changedFields(terms, after);
}

/** The same of a line. */
export const lineEdit = (line: LineTerms, said: Partial<LineTerms>): Partial<LineTerms> =>
  changedFields(line, { ...line, ...said });
