import { isDeepStrictEqual } from 'node:util';

type Fields = Record<string, unknown>;

/**
 * The fields that differ, with the values they had. Stripe goes into hashes (metadata, status_transitions) and names
 * only the keys that changed there; lists and arrays are given whole.
 */
export function changedFrom(before: object, after: object): Fields {
  const was = before as Fields;
  const is = after as Fields;
  const changed: Fields = {};
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [old, now] = [was[key] ?? null, is[key] ?? null];
    if (isDeepStrictEqual(old, now)) continue;
    changed[key] = isHash(old) && isHash(now) ? changedFrom(old, now) : old;
  }
  return changed;
}

function isHash(value: unknown): value is Fields {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    (value as Fields)['object'] !== 'list'
  );
}
