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
  const ours = new Map<keyof T, unknown>();
  for (const write of writes) {
    for (const field of Object.keys(write.written) as (keyof T)[]) {
      const hasRead = (value: unknown) => write.read.some((one) => same(one[field] ?? null, value ?? null));
      if (ours.has(field) && !hasRead(ours.get(field))) lost.delete(field);
      ours.set(field, write.written[field]);
      if (!write.told || !(field in write.told)) continue;
      const value = write.told[field];
      if (hasRead(value) || same(value ?? null, write.written[field] ?? null)) continue;
      lost.set(field, { value, isNew: isTold(write) });
    }
  }
  return Object.fromEntries(
    [...lost]
      .filter(([field, { isNew }]) => isNew && same(now[field] ?? null, ours.get(field) ?? null))
      .map(([field, { value }]) => [field, value]),
  ) as Partial<T>;
}

/** They are kept like what a merge replaces, beside what stands in their place. */
export const overwrittenConflicts = <T extends object>(overwritten: Partial<T>, merged: T): FieldConflict[] =>
  (Object.keys(overwritten) as (keyof T & string)[])
    .filter((field) => !same(overwritten[field], merged[field]))
    .map((field) => ({ field, stripe: overwritten[field], crm: merged[field], winner: 'salesforce' }));
