import type { CrmInvoice, InvoiceBase, StripeInvoice } from './invoice.ts';
import { same } from './merge.ts';
import type { CrmFields, CrmInvoicePlan } from './planCrmInvoice.ts';
import { TRACKED_FIELDS, type TrackedObject } from './trackedFields.ts';

/**
 * What the org's record says as far as we know: as it was read, with what we have written since. It is noted before
 * each write, so that the change event of our own write, which may come before the write's answer, says nothing new.
 * Other than the base it also holds what is no term of the invoice: status, amounts, links.
 */
export type InvoiceSnapshot = CrmInvoice;

/** What the org's record will say once the plan has been carried out. `ids` are the org's lines by Stripe's line id. */
export function snapshotAfter(
  before: Pick<CrmInvoice, 'id' | 'name' | 'fields' | 'lines'>,
  stripe: StripeInvoice,
  { plan, ids }: { plan: CrmInvoicePlan; ids: Map<string, string> },
): InvoiceSnapshot {
  const fields = tracked('Invoice__c', { ...before.fields, ...plan.fields });
  const linesOf = new Map(before.lines.map((line) => [line.id, line]));
  return {
    id: before.id,
    name: before.name,
    accountId: String(fields.Account__c ?? ''),
    stripeId: stripe.id,
    status: stripe.status,
    currency: stripe.currency,
    terms: stripe.terms,
    sentAt: (fields.Sent_At__c as string | null | undefined) ?? null,
    fields,
    lines: stripe.lines.map((line) => {
      // A line that is about to be made has no id in the org yet.
      const id = ids.get(line.id) ?? '';
      const written =
        plan.insertLines.find(({ stripeId }) => stripeId === line.id) ??
        plan.updateLines.find((update) => update.id === id);
      return {
        id,
        stripeId: line.id,
        terms: line.terms,
        fields: tracked('Invoice_Line__c', { ...linesOf.get(id)?.fields, ...written?.fields }),
      };
    }),
  };
}

/**
 * Whether Stripe's invoice says what both sides agreed on last in all that people may edit. Then nothing that
 * somebody may be editing in the org at this moment is read or written: what remains is Stripe's alone.
 * A product that the base does not have is one that the org did not know.
 */
export function agreesWithBase(base: InvoiceBase, stripe: StripeInvoice): boolean {
  const known = new Map(Object.values(base.lines).map((line) => [line.stripeId, line]));
  return (
    same(base.terms, stripe.terms) &&
    known.size === stripe.lines.length &&
    stripe.lines.every(({ id, terms }) => {
      const before = known.get(id);
      const product = before?.product === null ? null : terms.product;
      return before !== undefined && same(before, { ...terms, product, stripeId: id });
    })
  );
}

/** All tracked fields: what a new record was not given is empty there. */
function tracked(object: TrackedObject, fields: CrmFields): CrmFields {
  return Object.fromEntries(TRACKED_FIELDS[object].map((field) => [field, fields[field] ?? null]));
}
