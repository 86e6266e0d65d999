import type { CrmFields } from './planCrmInvoice.ts';
import { same } from './merge.ts';
import { TRACKED_FIELDS, type TrackedObject } from './trackedFields.ts';

/** What is known of one of the org's records: an invoice with its lines, an Account, a Product2. */
export interface CrmSnapshot {
  fields: CrmFields;
  lines?: { id: string; stripeId: string | null; fields: CrmFields }[];
}

/** A record of the org as somebody has told of it: with those of its fields that have changed, or with all. */
export interface ToldRecord {
  object: string;
  id: string;
  /** Stripe's id in it, by which a line is found that the org has just made. */
  stripeId?: string | null;
  /** Values as the engine compares them: see `comparable` of `sync/salesforce/values.ts`. */
  fields: CrmFields;
}

/**
 * Whether what is told of a record differs from what is known of it. It does not when it is our own write that comes
 * back. Only values prove that: the event of a write of ours also carries what the org's own automation changed with
 * it, and says that we were its origin.
 */
export function tellsNews(known: CrmSnapshot | null, told: ToldRecord): boolean {
  const tracked: readonly string[] | undefined = TRACKED_FIELDS[told.object as TrackedObject];
  if (!known || !tracked) return true;
  const before = told.object === 'Invoice_Line__c' ? lineOf(known, told)?.fields : known.fields;
  if (!before) return true;
  return Object.entries(told.fields).some(
    ([field, value]) => tracked.includes(field) && !(field in before && same(before[field], value)),
  );
}

function lineOf({ lines = [] }: CrmSnapshot, { id, stripeId }: ToldRecord) {
  return lines.find((line) => line.id === id || (stripeId && line.id === '' && line.stripeId === stripeId));
}

// Changed by every write, ours too.
const ALWAYS_CHANGED = new Set([
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'Last_Synced_At__c',
]);

/** Whether fields have changed that the engine does not read. They may be what a parked record was waiting for. */
export function changesOtherFields({ object, fields }: ToldRecord): boolean {
  const tracked: readonly string[] = TRACKED_FIELDS[object as TrackedObject] ?? [];
  return Object.keys(fields).some((field) => !tracked.includes(field) && !ALWAYS_CHANGED.has(field));
}
