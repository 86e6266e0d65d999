import qs from 'qs';

/** Stripe's form encoding: nested[key]=value and list[0][key]=value, in bodies and in query strings. */
export function parseForm(text: string): Record<string, unknown> {
  return qs.parse(text, {
    depth: 20,
    arrayLimit: 2000,
    parameterLimit: 20_000,
    plainObjects: true,
    ignoreQueryPrefix: true,
  }) as Record<string, unknown>;
}

/** The same text for the same parameters in whatever order, so that a repeated request is recognized. */
export function canonicalForm(parameters: Record<string, unknown>): string {
  return qs.stringify(parameters, { sort: (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0) });
}
