import { isSupported, supportedCurrencies } from '../currencies.ts';
import { invalidParameter } from './errors.ts';
import { clearable, hash, integer, list, text, timestamp } from './rules.ts';
import type { Rule } from './rules.ts';

/** Parameters of every list call. */
export const pageRules = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: text(),
  ending_before: text(),
};

export const expandRules = { expand: list(text()) };

export interface TimeRange {
  gt?: number;
  gte?: number;
  lt?: number;
  lte?: number;
}

const rangeShape = { gt: timestamp, gte: timestamp, lt: timestamp, lte: timestamp };

/** A filter such as created=1700000000 or created[gte]=1700000000. */
export const timeRange: Rule<TimeRange> = {
  read(value, name) {
    if (typeof value !== 'string') return hash(rangeShape).read(value, name);
    const exact = timestamp.read(value, name);
    return { gte: exact, lte: exact };
  },
};

export function inRange(time: number | null, range: TimeRange | undefined): boolean {
  if (!range) return true;
  if (time === null) return false;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return time > gt && time >= gte && time < lt && time <= lte;
}

/** Keys to set, or to delete where the value is empty; null deletes all keys. */
export type MetadataChange = Record<string, string> | null;

export const metadata: Rule<MetadataChange> = {
  read(value, name) {
    if (value === '') return null;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalidParameter('Invalid object', name);
    const change: Record<string, string> = {};
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry !== 'string')
        throw invalidParameter(`Invalid string: ${JSON.stringify(entry)}`, `${name}[${key}]`);
      if (key.length > 40)
        throw invalidParameter(
          `Metadata keys can have up to 40 characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
          name,
        );
      if (entry.length > 500)
        throw invalidParameter(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${entry.length} characters. Invalid value: ${entry}`,
          `${name}[${key}]`,
        );
      change[key] = entry;
    }
    return change;
  },
};

/** Merges as Stripe does: named keys change, empty values delete, null deletes all. */
export function changedMetadata(
  current: Readonly<Record<string, string>> | null,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === null) return {};
  const merged = { ...current, ...change };
  for (const [key, value] of Object.entries(merged)) if (value === '') delete merged[key];
  if (Object.keys(merged).length > 50)
    throw invalidParameter('You can have up to 50 metadata keys on an object.', 'metadata');
  return merged;
}

const addressShape = {
  city: clearable(text()),
  country: clearable(text()),
  line1: clearable(text()),
  line2: clearable(text()),
  postal_code: clearable(text()),
  state: clearable(text()),
};

export const address = {
  read(value: unknown, name: string) {
    const given = hash(addressShape).read(value, name);
    const {
      city = null,
      country = null,
      line1 = null,
      line2 = null,
      postal_code = null,
      state = null,
    } = given;
    return { city, country, line1, line2, postal_code, state };
  },
} satisfies Rule<object>;

/** Three letters; Stripe answers with lower case whatever it got. */
export const currency: Rule<string> = {
  read(value, name) {
    const code = text().read(value, name).toLowerCase();
    if (!isSupported(code))
      throw invalidParameter(
        `Invalid currency: ${code}. Stripe currently supports these currencies: ${supportedCurrencies().join(', ')}`,
        name,
      );
    return code;
  },
};
