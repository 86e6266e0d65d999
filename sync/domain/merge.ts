import type { FieldConflict, Side } from './change.ts';

export interface FieldStates<T> {
  /** The value both sides had after the last sync; undefined before the first. */
  base: T | undefined;
  stripe: T;
  crm: T;
}

export interface MergedField<T> {
  value: T;
  conflict?: FieldConflict;
}

/**
 * Merges one field three ways: what changed on one side only wins; where both changed, or nothing is known of
 * the past, the field's owner wins, and the value that is lost with it is kept as a conflict.
 */
export function mergeField<T>(
  field: string,
  { base, stripe, crm }: FieldStates<T>,
  owner: Side,
): MergedField<T> {
  if (same(stripe, crm)) return { value: crm };
  if (base !== undefined && same(base, crm)) return { value: stripe };
  if (base !== undefined && same(base, stripe)) return { value: crm };
  const value = owner === 'stripe' ? stripe : crm;
  const overwritten = owner === 'stripe' ? crm : stripe;
  // Before the first sync a blank is no opinion, so nothing is lost with it.
  if (base === undefined && (overwritten === null || overwritten === '')) return { value };
  return { value, conflict: { field, stripe, crm, winner: owner } };
}

/** Merges every field of `owners`. The three states hold plain JSON values. */
export function mergeFields<T extends object>(
  states: { base: Partial<T> | undefined; stripe: T; crm: T },
  owners: { readonly [K in keyof T]: Side },
  prefix = '',
): { value: T; conflicts: FieldConflict[] } {
  const value = {} as T;
  const conflicts: FieldConflict[] = [];
  for (const field of Object.keys(owners) as (keyof T & string)[]) {
    const merged = mergeField<T[typeof field] | undefined>(
      prefix + field,
      { base: states.base?.[field], stripe: states.stripe[field], crm: states.crm[field] },
      owners[field],
    );
    value[field] = merged.value as T[typeof field];
    if (merged.conflict) conflicts.push(merged.conflict);
  }
  return { value, conflicts };
}

/** What the second record says differently, and no other field. */
export const changedFields = <T extends object>(before: T, after: T): Partial<T> =>
  Object.fromEntries(differingFields<T>(before, after).map((field) => [field, after[field]])) as Partial<T>;

/** The fields in which two records of plain JSON values differ. */
export function differingFields<T extends object>(
  before: Partial<T>,
  after: Partial<T>,
): (keyof T & string)[] {
  return (Object.keys(after) as (keyof T & string)[]).filter((field) => !same(before[field], after[field]));
}

/** Whether two plain JSON values say the same; the order of keys does not count, jsonb does not keep it. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const keys = Object.keys(left);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    keys.length === Object.keys(right).length &&
    keys.every((key) => same((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]))
  );
}
