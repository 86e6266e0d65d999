import type { DeletedLine } from './deletedLines.ts';
import type { CrmInvoice, CrmLine, InvoiceBase, StripeInvoice } from './invoice.ts';
import type { CrmFields, CrmInvoicePlan } from './planCrmInvoice.ts';
import type { CrmSnapshot } from './tellsNews.ts';
import { TRACKED_FIELDS, type TrackedObject } from './trackedFields.ts';

/**
 * What the org's record says as far as we know: as it was read, with what we have written since. It is noted before
 * each write, so that the change event of our own write, which may come before the write's answer, says nothing new.
 * Other than the base it also holds what is no term of the invoice: status, amounts, links.
 */
export type InvoiceSnapshot = CrmInvoice & { lines: (CrmLine | DeletedLine)[] };

/** What the org's record will say once the plan has been carried out. `ids` are the org's lines by Stripe's line id. */
export function snapshotAfter(
  before: Pick<CrmInvoice, 'id' | 'name' | 'fields' | 'lines'>,
  stripe: StripeInvoice,
  { plan, ids, deleted = [] }: { plan: CrmInvoicePlan; ids: Map<string, string>; deleted?: DeletedLine[] },
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
    lines: [
      ...stripe.lines.map((line) => {
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
      ...deleted,
    ],
  };
}

/** The same of a record without lines: an Account, a Product2. */
export const pairSnapshot = (object: TrackedObject, before: CrmFields, written: CrmFields): CrmSnapshot => ({
  fields: tracked(object, { ...before, ...written }),
});

/** All tracked fields: what a new record was not given is empty there. */
function tracked(object: TrackedObject, fields: CrmFields): CrmFields {
  return Object.fromEntries(TRACKED_FIELDS[object].map((field) => [field, fields[field] ?? null]));
}

/**
 * What both sides said of an invoice as we made it in the org, for as long as no sync of it has been settled: without it an
 * edit of its record could not be told from what we wrote there. Null for any that we did not make.
 */
export function baseOfSnapshot(snapshot: unknown, crm: CrmInvoice | null): InvoiceBase | null {
  const made = snapshot as Partial<InvoiceSnapshot> | null;
  if (!crm?.stripeId || !made?.terms || made.stripeId !== crm.stripeId) return null;
  const lines = crm.lines.flatMap(({ id, stripeId }) => {
    const line = stripeId && made.lines?.find((one) => one.stripeId === stripeId);
    return line ? [[id, { ...line.terms, stripeId: line.stripeId! }] as const] : [];
  });
  return { terms: made.terms, lines: Object.fromEntries(lines) };
}
