import type { FieldConflict, Side } from './change.ts';
import { differingFields, mergeFields } from './merge.ts';

/** One side's record of something whose fields mean the same on both sides: a customer, a product. */
export interface PairSide<T> {
  id: string;
  /** The id on the other side, as this side has it. */
  otherId: string | null;
  terms: T;
}

export interface PairPlan<T> {
  /** What both sides shall say. */
  value: T;
  stripeChange: Partial<T>;
  crmChange: Partial<T>;
  conflicts: FieldConflict[];
}

/** Merges a pair three ways. Before the first sync a blank never wipes out what the other side knows. */
export function planPair<T extends object>(
  base: T | null,
  { crm, stripe }: { crm: T; stripe: T },
  owners: { readonly [K in keyof T]: Side },
): PairPlan<T> {
  const filled = base ? { crm, stripe } : { crm: fillBlanks(crm, stripe), stripe: fillBlanks(stripe, crm) };
  const { value, conflicts } = mergeFields({ base: base ?? undefined, ...filled }, owners);
  return {
    value,
    stripeChange: changeTo(stripe, value),
    crmChange: changeTo(crm, value),
    conflicts,
  };
}

/** What has to be written on a side for it to say this. */
export function changeTo<T extends object>(terms: T, value: T): Partial<T> {
  return pick(value, differingFields(terms, value));
}

function fillBlanks<T extends object>(terms: T, from: T): T {
  return Object.fromEntries(
    (Object.keys(terms) as (keyof T & string)[]).map((field) => [field, terms[field] ?? from[field]]),
  ) as T;
}

function pick<T extends object>(terms: T, fields: (keyof T & string)[]): Partial<T> {
  return Object.fromEntries(fields.map((field) => [field, terms[field]])) as Partial<T>;
}
