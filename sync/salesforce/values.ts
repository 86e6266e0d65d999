/**
 * The org's text as both sides compare it: the platform stores line ends as \r\n, drops blanks at both ends,
 * and keeps an empty text as null.
 */
export function plainText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : '';
  return text === '' ? null : text;
}

/** A time of the org, which writes 2026-11-21T10:00:00.000+0000. */
export const orgTime = (text: string) => new Date(text.replace(/\+0000$/, 'Z'));

/** The same of a field that may be empty, as ISO 8601 with a Z. */
export function isoTime(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? orgTime(value).toISOString() : null;
}

/**
 * A field's value as the engine compares it, from a query (texts of ISO 8601) or from a change event (milliseconds
 * since 1970). No value and an empty text are null.
 */
export function comparable(field: string, value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (isTime(field)) return typeof value === 'number' ? new Date(value).toISOString() : isoTime(value);
  if (typeof value === 'number' && /_(Date|On)__c$/.test(field))
    return new Date(value).toISOString().slice(0, 10);
  return typeof value === 'string' ? plainText(value) : value;
}

/** A row as the engine compares it; rows of other objects in it stay as they are. */
export const comparableFields = (row: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [field, comparable(field, value)]));

const isTime = (field: string) => /_At__c$/.test(field);
