import { AuraHandledException } from './context.ts';

// Aura turns the JSON of a call into Apex types and refuses what does not fit; these do the same for the twins.

export function toId(value: unknown): string {
  const text = toText(value);
  if (text === null || !/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text)) {
    throw new AuraHandledException(`Invalid id: ${String(value)}`);
  }
  return text;
}

export function toOptionalId(value: unknown): string | null {
  return toText(value) === null ? null : toId(value);
}

export function toText(value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : String(value);
}

/** YYYY-MM-DD, as Aura sends an Apex Date. */
export function toDate(value: unknown): string | null {
  const text = toText(value);
  if (text !== null && !/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    throw new AuraHandledException(`Value provided is invalid for the Date parameter: ${text}`);
  }
  return text;
}

export function toDecimal(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = Number(value);
  if (!Number.isFinite(number))
    throw new AuraHandledException(`Value provided is invalid for a Decimal: ${String(value)}`);
  return number;
}

export function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Date.today(): the sandbox's users live in UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A SOQL string literal, in place of the bind variables of Apex. */
export function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
