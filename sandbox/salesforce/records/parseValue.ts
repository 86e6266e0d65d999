import type { FieldDescribe } from '../schema/describeTypes.ts';
import { OrgError } from '../orgError.ts';
import type { FieldValue } from './storedRecord.ts';

/**
 * Reads one JSON value for a field. A value of the wrong kind stops the whole request, as on the platform, where it
 * fails while the JSON is still being read.
 */
export function parseValue(field: FieldDescribe, raw: unknown): FieldValue {
  if (raw === null || raw === undefined || raw === '') return null;
  switch (field.type) {
    case 'boolean':
      return parseBoolean(field, raw);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return parseNumber(field, raw);
    case 'date':
      return parseDate(field, raw);
    case 'datetime':
      return parseDatetime(field, raw);
    default:
      if (typeof raw !== 'string') throw unreadable(field, raw);
      // The platform trims text at both ends and stores nothing for what is only blank.
      return raw.trim() === '' ? null : raw.trim();
  }
}

function parseBoolean(field: FieldDescribe, raw: unknown): boolean {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'string' && /^(true|false)$/i.test(raw)) return raw.toLowerCase() === 'true';
  throw unreadable(field, raw);
}

function parseNumber(field: FieldDescribe, raw: unknown): number {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw unreadable(field, raw);
  if (field.type === 'int' && !Number.isInteger(value)) throw unreadable(field, raw);
  return value;
}

const datetimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

function parseDate(field: FieldDescribe, raw: unknown): string {
  if (typeof raw !== 'string') throw unreadable(field, raw);
  const day = datetimePattern.test(raw) ? raw.slice(0, 10) : raw;
  const parsed = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00Z`) : undefined;
  // The comparison refuses days such as 2026-02-30, which Date would carry over into March.
  if (!parsed || Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day)
    throw unreadable(field, raw);
  return day;
}

function parseDatetime(field: FieldDescribe, raw: unknown): string {
  if (typeof raw !== 'string' || !datetimePattern.test(raw)) throw unreadable(field, raw);
  const parsed = new Date(raw.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(parsed.getTime())) throw unreadable(field, raw);
  return new Date(Math.floor(parsed.getTime() / 1000) * 1000).toISOString();
}

/** The platform tells the column in the request; the sandbox does not keep the raw text and always says 1. */
function unreadable(field: FieldDescribe, raw: unknown): OrgError {
  const instance = field.type === 'reference' ? 'id' : field.type;
  const shown = typeof raw === 'object' ? '' : ` value ${String(raw)}`;
  return new OrgError(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${instance} from ${jsonToken(raw)}${shown} or request may be missing a required field at [line:1, column:1]`,
  );
}

function jsonToken(raw: unknown): string {
  if (Array.isArray(raw)) return 'START_ARRAY';
  if (typeof raw === 'object') return 'START_OBJECT';
  if (typeof raw === 'boolean') return raw ? 'VALUE_TRUE' : 'VALUE_FALSE';
  if (typeof raw === 'number') return Number.isInteger(raw) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
  return 'VALUE_STRING';
}
