import type { FieldChange } from './change.ts';
import { same } from './merge.ts';

type CrmFields = Record<string, unknown>;

/** Those of the wanted values that the record does not say. */
export function differing(before: CrmFields | undefined, wanted: CrmFields): CrmFields {
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => !same(before?.[field] ?? null, value)),
  );
}

const BOOKKEEPING = new Set(['Sync_Status__c', 'Sync_Error__c', 'Stripe_Line_Id__c', 'Sort_Order__c']);

/** What a person wants to read of a write: not the engine's own bookkeeping. */
export function fieldChanges(
  fields: CrmFields,
  { object, objectId, before }: { object: string; objectId: string | null; before: CrmFields | undefined },
): FieldChange[] {
  return Object.entries(fields)
    .filter(([field]) => !BOOKKEEPING.has(field))
    .map(([field, to]) => ({
      side: 'salesforce',
      object,
      objectId,
      field,
      from: before?.[field] ?? null,
      to,
    }));
}

export const lineChange = (
  objectId: string | null,
  change: { field: string; from: unknown; to: unknown },
): FieldChange => ({
  side: 'salesforce',
  object: 'Invoice_Line__c',
  objectId,
  ...change,
});
