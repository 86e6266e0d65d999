import { addDays } from './civilDay.ts';
import type { CrmInvoice, InvoiceBase, StripeInvoice } from './invoice.ts';
import { same } from './merge.ts';

/** As the org's field Payment_Terms__c says them; Stripe's invoice carries the same words in its metadata. */
export const paymentTerms = ['Due on receipt', 'Net 15', 'Net 30', 'Net 60', 'End of month'] as const;

export type PaymentTerms = (typeof paymentTerms)[number];

/** Terms that are none of ours, as a text of somebody else's in the metadata, are none. */
export const knownTerms = (value: unknown): PaymentTerms | null =>
  paymentTerms.find((terms) => terms === value) ?? null;

/** The day by which an invoice has to be paid that becomes final on that day. Both are YYYY-MM-DD. */
export function dueBy(terms: PaymentTerms, day: string): string {
  switch (terms) {
    case 'Due on receipt':
      return day;
    case 'Net 15':
      return addDays(day, 15);
    case 'Net 30':
      return addDays(day, 30);
    case 'Net 60':
      return addDays(day, 60);
    case 'End of month':
      return addDays(`${addDays(`${day.slice(0, 7)}-01`, 31).slice(0, 7)}-01`, -1);
  }
}

/** The same of a draft, as far as it is known when it becomes final: on the day that was chosen, or today at the earliest. */
export const dueOnceFinal = (
  terms: PaymentTerms,
  { finalizeOn, today }: { finalizeOn: string | null; today: string },
): string => dueBy(terms, finalizeOn && finalizeOn > today ? finalizeOn : today);

/**
 * The org's draft with a due date and terms that go together. New terms bring their due date with them; a due date that
 * somebody chose by hand, on either side, ends the terms. A record without both has its Account's terms.
 */
export function followTerms(
  base: InvoiceBase | null,
  { crm: said, stripe }: { crm: CrmInvoice; stripe: StripeInvoice | null },
  today: string,
): CrmInvoice {
  const crm = withFinalization(base, said, stripe);
  const { dueDate, finalizeOn } = crm.terms;
  const terms = crm.terms.paymentTerms ?? (dueDate === null && !base ? crm.accountTerms : null);
  if (!terms || (stripe && (stripe.status !== 'draft' || stripe.chargesAutomatically))) return crm;
  // What was made before, and is not settled yet, has its due date.
  if (!base && dueDate === null && stripe?.terms.dueDate) return crm;
  const by = dueOnceFinal(terms, { finalizeOn, today });
  const changed = (field: 'dueDate' | 'paymentTerms' | 'finalizeOn', of: CrmInvoice | StripeInvoice) =>
    base !== null && !same(base.terms[field] ?? null, of.terms[field]);
  const follows = changed('paymentTerms', crm) || changed('finalizeOn', crm);
  if (dueDate === null || (follows && !changed('dueDate', crm)))
    return { ...crm, terms: { ...crm.terms, dueDate: by, paymentTerms: terms } };
  const chosen = [crm, ...(stripe ? [stripe] : [])].some(
    (one) => changed('dueDate', one) && !changed('paymentTerms', one) && one.terms.dueDate !== by,
  );
  return chosen ? { ...crm, terms: { ...crm.terms, paymentTerms: null } } : crm;
}

/** Of a draft that Stripe finalizes by itself, as a subscription's, a record that has never told of that says nothing against it. */
function withFinalization(
  base: InvoiceBase | null,
  crm: CrmInvoice,
  stripe: StripeInvoice | null,
): CrmInvoice {
  if (!stripe || crm.terms.finalizeOn !== null || base?.terms.finalizeOn !== undefined) return crm;
  return { ...crm, terms: { ...crm.terms, finalizeOn: stripe.terms.finalizeOn } };
}
