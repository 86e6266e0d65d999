import { same } from './merge.ts';

/** What is known of a pair's past. */
export interface Past<T> {
  /** What both sides agreed on at the last sync. */
  base: T | null;
  /** What they said when they became a pair, as long as no sync of it has been settled. */
  first?: T | undefined;
  /** What was about to be written to Stripe when a sync was broken off: it may have come to pass. */
  writing?: Partial<T> | undefined;
}

/**
 * What both sides agreed on last. A value that we were about to write and that Stripe says now is what the org said then:
 * should the org say its older value again, that is an edit of the org's, and not one of Stripe's.
 */
export function agreedLast<T extends object>({ base, first, writing = {} }: Past<T>, stripe: T): T | null {
  const known = base ?? first ?? null;
  if (!known) return null;
  const written = (Object.keys(writing) as (keyof T)[]).filter((field) =>
    same(writing[field], stripe[field]),
  );
  return { ...known, ...Object.fromEntries(written.map((field) => [field, stripe[field]])) };
}

/**
 * The same of a draft and of its lines: of several things sent one has come to pass. Field by field it is the one that
 * Stripe says, if it says one of them; undefined where Stripe says something else and what was sent is not the same in all.
 */
export function agreedOnSent<T extends object>(known: T, sent: T[] | undefined, stripe: T): Partial<T> {
  if (!sent?.length) return known;
  return Object.fromEntries(
    (Object.keys(stripe) as (keyof T)[]).map((field) => {
      const values = sent.map((one) => one[field]);
      const isOneOf = values.some((value) => same(value, stripe[field]));
      const isSame = values.every((value) => same(value, values[0]));
      return [field, isOneOf ? stripe[field] : isSame ? values[0] : undefined];
    }),
  ) as Partial<T>;
}
