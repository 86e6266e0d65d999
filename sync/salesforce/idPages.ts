/** How many ids a query may name: they are in the URL, of which Salesforce takes 16,384 characters. */
export const IDS_A_QUERY = 300;

/** A list in pieces whose ids one query may name. */
export function* idPages<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += IDS_A_QUERY) yield list.slice(start, start + IDS_A_QUERY);
}
