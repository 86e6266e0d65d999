import { DECIMAL, canonicalDecimal } from '../money.ts';
import { invalidParameter } from './errors.ts';
import { readParameters } from './parameters.ts';
import type { Shape, Values } from './parameters.ts';

export interface Rule<T> {
  readonly required?: boolean;
  read(value: unknown, name: string): T;
}

export function required<T>(rule: Rule<T>): Rule<T> & { required: true } {
  return { ...rule, required: true };
}

/** An empty value unsets the field: null. */
export function clearable<T>(rule: Rule<T>): Rule<T | null> {
  return { ...rule, read: (value, name) => (value === '' ? null : rule.read(value, name)) };
}

export function text(options: { max?: number } = {}): Rule<string> {
  const max = options.max ?? 5000;
  return {
    read(value, name) {
      if (typeof value !== 'string') throw invalidParameter(`Invalid string: ${JSON.stringify(value)}`, name);
      if (value === '') throw emptied(name);
      if (value.length > max) {
        const shown = `${value.slice(0, 16)}...${value.slice(-6)}`;
        throw invalidParameter(`Invalid string: ${shown}; must be at most ${max} characters`, name);
      }
      return value;
    },
  };
}

export function integer(bounds: { min?: number; max?: number } = {}): Rule<number> {
  const { min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds;
  return {
    read(value, name) {
      if (value === '') throw emptied(name);
      if (typeof value !== 'string' || !/^[+-]?\d+$/.test(value) || !Number.isSafeInteger(Number(value)))
        throw invalidParameter(`Invalid integer: ${shown(value)}`, name, 'parameter_invalid_integer');
      const number = Number(value);
      if (number < min)
        throw invalidParameter(
          `This value must be greater than or equal to ${min}.`,
          name,
          'parameter_invalid_integer',
        );
      if (number > max)
        throw invalidParameter(
          `This value must be less than or equal to ${max} (it currently is '${number}').`,
          name,
          'parameter_invalid_integer',
        );
      return number;
    },
  };
}

/** A decimal string in canonical form; Stripe takes at most twelve places. */
export function decimal(options: { negative?: boolean } = {}): Rule<string> {
  return {
    read(value, name) {
      if (value === '') throw emptied(name);
      if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value))
        throw invalidParameter(`Invalid decimal: ${shown(value)}`, name);
      if (!DECIMAL.test(value))
        throw invalidParameter(
          `Invalid decimal: ${value}; must contain at maximum twelve decimal places.`,
          name,
        );
      if (!options.negative && value.startsWith('-'))
        throw invalidParameter(`Invalid decimal: ${value}; must be non-negative.`, name);
      return canonicalDecimal(value);
    },
  };
}

/** A number such as a percentage, which may have a few decimals. */
export function fraction(bounds: { max: number; places: number; above?: number }): Rule<number> {
  const { max, places, above } = bounds;
  const pattern = new RegExp(`^\\d+(\\.\\d{1,${places}})?$`);
  return {
    read(value, name) {
      if (value === '') throw emptied(name);
      if (typeof value !== 'string' || !pattern.test(value))
        throw invalidParameter(`Invalid decimal: ${shown(value)}`, name);
      const number = Number(value);
      if (number > max || (above !== undefined && number <= above))
        throw invalidParameter(
          `This value must be ${above === undefined ? '' : `greater than ${above} and `}less than or equal to ${max} (it currently is '${value}').`,
          name,
        );
      return number;
    },
  };
}

export const flag: Rule<boolean> = {
  read(value, name) {
    if (value === 'true' || value === 'false') return value === 'true';
    throw value === '' ? emptied(name) : invalidParameter(`Invalid boolean: ${shown(value)}`, name);
  },
};

export function oneOf<const T extends string>(...choices: T[]): Rule<T> {
  return {
    read(value, name) {
      if (value === '') throw emptied(name);
      if (choices.includes(value as T)) return value as T;
      throw invalidParameter(`Invalid ${name}: must be ${alternatives(choices)}`, name);
    },
  };
}

export const timestamp: Rule<number> = {
  read(value, name) {
    if (value === '') throw emptied(name);
    if (typeof value !== 'string' || !/^\d+$/.test(value))
      throw invalidParameter('Invalid timestamp: must be an integer Unix timestamp.', name);
    return Number(value);
  },
};

export function list<T>(rule: Rule<T>, options: { max?: number } = {}): Rule<T[]> {
  return {
    read(value, name) {
      const items = Array.isArray(value)
        ? value
        : isHash(value) && numbered(value)
          ? Object.values(value)
          : null;
      if (!items) throw invalidParameter('Invalid array', name);
      if (options.max !== undefined && items.length > options.max)
        throw invalidParameter(`Array ${name} exceeded maximum ${options.max} allowed elements.`, name);
      return items.map((item, index) => rule.read(item, `${name}[${index}]`));
    },
  };
}

export function hash<S extends Shape>(shape: S, unsupported: readonly string[] = []): Rule<Values<S>> {
  return {
    read(value, name) {
      if (!isHash(value)) throw invalidParameter('Invalid object', name);
      return readParameters(shape, value, { within: name, unsupported });
    },
  };
}

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numbered(value: Record<string, unknown>): boolean {
  return Object.keys(value).every((key) => /^\d+$/.test(key));
}

function emptied(name: string) {
  return invalidParameter(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
    name,
    'parameter_invalid_empty',
  );
}

function alternatives(choices: readonly string[]): string {
  if (choices.length === 1) return String(choices[0]);
  if (choices.length === 2) return `one of ${choices.join(' or ')}`;
  return `one of ${choices.slice(0, -1).join(', ')}, or ${choices.at(-1)}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
