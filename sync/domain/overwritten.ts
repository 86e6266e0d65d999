import { differingFields, same } from './merge.ts';
import type { CrmFields, CrmInvoicePlan } from './planCrmInvoice.ts';

/**
 * The org takes no write on the condition that nobody has written meanwhile, so an edit between our read and our write
 * of the same field is overwritten. The change stream still tells of it, in the order of the commits: what was told last
 * before the echo of our write, and was in none of our reads, is such an edit.
 */
export const EDITED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Account: [
    'Name',
    'Phone',
    'BillingStreet',
    'BillingCity',
    'BillingState',
    'BillingPostalCode',
    'BillingCountry',
    'Billing_Email__c',
  ],
  Product2: ['Name', 'Description', 'IsActive'],
  Invoice__c: [
    'Description__c',
    'Due_Date__c',
    'Payment_Terms__c',
    'Finalize_On__c',
    'Footer__c',
    'Custom_Fields__c',
    'Discount_Percent__c',
    'Discount_Amount__c',
  ],
  Invoice_Line__c: ['Description__c', 'Unit_Price__c', 'Quantity__c'],
};

/** A field of a record of the org over which we have written, or are about to. */
export interface Overwriting {
  /** The record's id and the field: `a01....Description__c`. */
  key: string;
  /** What we had read there. */
  before: unknown;
  after: unknown;
  /** ISO 8601. */
  at: string;
}

/** What the change stream has told of a field, as far as its fate is open. */
export interface ToldValue {
  value: unknown;
  /** The row's `dirty_seq` when it was told. */
  seq: number;
  /** What we have written over it without having read it. */
  overwrittenBy?: { value: unknown; before: unknown };
}

export type ToldValues = Record<string, ToldValue>;

export const fieldKey = (recordId: string, field: string) => `${recordId}.${field}`;

// Of each row only its last writes are kept, in case their events come late.
const KEPT = 40;
// How far the org's clock and ours may be apart, with the time that the org may take for a write.
const AROUND_MS = 10 * 60_000;
// How long an event of the org may be under way.
const LATE_MS = 60 * 60_000;

/** What the plan writes over in the org, behind what earlier ones wrote over. */
export function withOverwritings(
  earlier: Overwriting[],
  before: { id: string; fields: CrmFields; lines: { id: string; fields: CrmFields }[] },
  { plan, at }: { plan: Pick<CrmInvoicePlan, 'fields' | 'updateLines'>; at: string },
): Overwriting[] {
  const fieldsOf = new Map(before.lines.map((line) => [line.id, line.fields]));
  return [
    ...earlier,
    ...overwritings('Invoice__c', { id: before.id, before: before.fields, fields: plan.fields, at }),
    ...plan.updateLines.flatMap(({ id, fields }) =>
      overwritings('Invoice_Line__c', { id, before: fieldsOf.get(id) ?? {}, fields, at }),
    ),
  ].slice(-KEPT);
}

/** The same of a record without lines. */
export const withPairOverwritings = (
  earlier: Overwriting[],
  object: string,
  written: { id: string; before: CrmFields; fields: CrmFields; at: string },
): Overwriting[] => [...earlier, ...overwritings(object, written)].slice(-KEPT);

function overwritings(
  object: string,
  { id, before, fields, at }: { id: string; before: CrmFields; fields: CrmFields; at: string },
): Overwriting[] {
  return differingFields(before, fields)
    .filter((field) => EDITED_FIELDS[object]?.includes(field))
    .map((field) => ({ key: fieldKey(id, field), before: before[field] ?? null, after: fields[field], at }));
}

export interface ToldChange {
  object: string;
  id: string;
  fields: CrmFields;
  /** Whether the event is that of a write of ours. */
  isOurs: boolean;
  /** ISO 8601. */
  committedAt: string;
}

/**
 * What is to be kept of an event: values of people, and which of those kept before turn out to have been overwritten now
 * that the echo of our write is here. `isNews` of a value: whether it differs from what is known of the record.
 */
export function valuesToKeep(
  { told, writes }: { told: ToldValues; writes: Overwriting[] },
  { object, id, fields, isOurs, committedAt }: ToldChange,
  isNews: (field: string) => boolean,
): Record<string, Omit<ToldValue, 'seq'>> {
  const kept: Record<string, Omit<ToldValue, 'seq'>> = {};
  for (const field of EDITED_FIELDS[object] ?? []) {
    if (!(field in fields)) continue;
    const key = fieldKey(id, field);
    const before = told[key];
    const ours = isOurs ? writesOf(writes, { key, after: fields[field], committedAt }) : [];
    if (ours.length > 0) {
      const isUnread =
        before &&
        !before.overwrittenBy &&
        !same(before.value, fields[field]) &&
        !ours.some((one) => same(one.before, before.value));
      const by = { value: fields[field], before: ours.at(-1)!.before };
      if (isUnread) kept[key] = { value: before.value, overwrittenBy: by };
    } else if (isNews(field)) kept[key] = { value: fields[field] };
  }
  return kept;
}

const writesOf = (
  writes: Overwriting[],
  { key, after, committedAt }: { key: string; after: unknown; committedAt: string },
) =>
  writes.filter(
    (one) =>
      one.key === key &&
      same(one.after, after) &&
      Math.abs(Date.parse(committedAt) - Date.parse(one.at)) < AROUND_MS,
  );

/**
 * What has been told and is still open once a sync has ended that read `fields`: a write of ours may have gone over it, and
 * its echo, which tells so, is still under way.
 */
export function stillOpenValues(
  { told, writes }: { told: ToldValues; writes: Overwriting[] },
  { valueOf, now }: { valueOf: (key: string) => unknown; now: string },
): ToldValues {
  const recent = writes.filter(({ at }) => Date.parse(now) - Date.parse(at) < LATE_MS);
  return Object.fromEntries(
    Object.entries(told).filter(([key, { value, overwrittenBy }]) => {
      const overIt = recent.filter((one) => one.key === key);
      return (
        !overwrittenBy &&
        overIt.length > 0 &&
        !same(valueOf(key), value) &&
        !overIt.some(({ before }) => same(before, value))
      );
    }),
  );
}
