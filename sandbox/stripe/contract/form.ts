import qs from 'qs';

/** Reads `lines[0][amount]=100&expand[]=payments` as Stripe does: nested, with every scalar a string. */
export function parseForm(form: string): unknown {
  // Stripe takes up to 250 lines at once, which is far above the limits that qs has for unknown senders.
  return denseArrays(qs.parse(form, { depth: 20, arrayLimit: 1000, parameterLimit: 10_000 }));
}

/** `lines[7][...]` alone comes out as an object with the key "7"; Stripe reads it as a list. */
function denseArrays(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(denseArrays);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => denseArrays(item));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, denseArrays(item)]));
}
