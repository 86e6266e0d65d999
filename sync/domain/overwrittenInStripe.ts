import type { FieldConflict } from './change.ts';
import { same } from './merge.ts';

/**
 * Stripe takes no write on the condition that nobody has written meanwhile, so an edit there between our read and our write of
 * the same field is overwritten. The event of our write says what stood there just before (`data.previous_attributes`):
 * what is none of what we had read is somebody's edit.
 */
export interface StripeWrite<T = unknown> {
  /** The idempotency key, which the event carries. */
  key: string;
  /** What each try had read in the fields that it wrote. */
  read: Partial<T>[];
  written: Partial<T>;
  /** What stood there just before, of what the write changed; null as long as no event has told. */
  told: Partial<T> | null;
  /** Whether a sync that has ended knew what was told. */
  isLookedAt: boolean;
}

/** Whether an event has told of a write since the last sync. */
export const isTold = ({ told, isLookedAt }: StripeWrite) => told !== null && !isLookedAt;

/**
 * What people had written in Stripe and we have written over unseen: of each field the last such value. `writes` are in the
 * order of their making. A value counts no more where somebody has edited the field in Stripe once more since, which
 * a later write of ours has read, or which stands there now.
 */
export function overwrittenInStripe<T extends object>(writes: StripeWrite<T>[], now: T): Partial<T> {
  const lost = new Map<keyof T, { value: unknown; isNew: boolean }>();
  const last = new Map<keyof T, StripeWrite<T>>();
  for (const write of writes) {
    for (const field of Object.keys(write.written) as (keyof T)[]) {
      const before = last.get(field);
      last.set(field, write);
      if (before && !hasRead(write, field, before.written[field])) lost.delete(field);
      if (!write.told || !(field in write.told)) continue;
      const value = write.told[field];
      if (hasRead(write, field, value) || says(value, write.written[field])) continue;
      // A worker that stood still had read the same as the one that went on in its place.
      const isOurs = before && says(value, before.written[field]) && haveReadTheSame(before, write, field);
      if (!isOurs) lost.set(field, { value, isNew: isTold(write) });
    }
  }
  return Object.fromEntries(
    [...lost]
      .filter(([field, { isNew }]) => isNew && says(now[field], last.get(field)!.written[field]))
      .map(([field, { value }]) => [field, value]),
  ) as Partial<T>;
}

const says = (one: unknown, other: unknown) => same(one ?? null, other ?? null);

const hasRead = <T>({ read }: StripeWrite<T>, field: keyof T, value: unknown) =>
  read.some((one) => says(one[field], value));

const haveReadTheSame = <T>(one: StripeWrite<T>, other: StripeWrite<T>, field: keyof T) =>
  one.read.some((read) => hasRead(other, field, read[field]));

/** They are kept like what a merge replaces, beside what stands in their place. */
export const overwrittenConflicts = <T extends object>(overwritten: Partial<T>, merged: T): FieldConflict[] =>
  (Object.keys(overwritten) as (keyof T & string)[])
    .filter((field) => !same(overwritten[field], merged[field]))
    .map((field) => ({ field, stripe: overwritten[field], crm: merged[field], winner: 'salesforce' }));
