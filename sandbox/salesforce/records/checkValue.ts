import { OrgError } from '../orgError.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { FieldValue } from './storedRecord.ts';

/** The value as it is stored, or the platform's refusal of it. */
export function checkValue(field: FieldDescribe, value: FieldValue): FieldValue | OrgError {
  if (field.type === 'boolean' && value === null) {
    return refuse(field, 'INVALID_TYPE_ON_FIELD_IN_RECORD', 'value not of required type: ');
  }
  if (value === null) return null;
  switch (field.type) {
    case 'picklist':
      return checkPicklist(field, String(value));
    case 'multipicklist':
      for (const part of String(value).split(';')) {
        const checked = checkPicklist(field, part);
        if (checked instanceof OrgError) return checked;
      }
      return value;
    case 'double':
    case 'currency':
    case 'percent':
      return checkDecimal(field, Number(value));
    case 'int':
      // An int of the platform has 32 bits, and NumberOfEmployees at most 8 digits.
      return Math.abs(Number(value)) < Math.min(10 ** (field.digits || 10), 2 ** 31)
        ? value
        : outOfRange(field, Number(value));
    case 'email':
      if (!isEmail(String(value)))
        return refuse(field, 'INVALID_EMAIL_ADDRESS', `invalid email address: ${value}`);
      return checkLength(field, String(value));
    case 'string':
    case 'textarea':
    case 'url':
    case 'phone':
      return checkLength(field, String(value));
    default:
      return value;
  }
}

function checkPicklist(field: FieldDescribe, value: string): FieldValue | OrgError {
  if (!field.restrictedPicklist) return checkLength(field, value);
  const known = field.picklistValues.some((entry) => entry.active && entry.value === value);
  if (known) return value;
  return refuse(
    field,
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    `bad value for restricted picklist field: ${value}`,
  );
}

function checkLength(field: FieldDescribe, value: string): FieldValue | OrgError {
  if (value.length <= field.length) return value;
  const shown = value.length > 255 ? `${value.slice(0, 252)}...` : value;
  return refuse(field, 'STRING_TOO_LONG', `data value too large: ${shown} (max length=${field.length})`);
}

function checkDecimal(field: FieldDescribe, value: number): FieldValue | OrgError {
  const rounded = roundHalfUp(value, field.scale);
  return Math.abs(rounded) < 10 ** (field.precision - field.scale) ? rounded : outOfRange(field, value);
}

/**
 * Rounds to the field's scale, halves away from zero, on the decimal digits: 1.005 gives 1.01, where binary arithmetic
 * would give 1.00.
 */
export function roundHalfUp(value: number, scale: number): number {
  const digits = String(Math.abs(value));
  if (digits.includes('e')) return Number(value.toFixed(scale));
  return Math.sign(value) * Number(`${Math.round(Number(`${digits}e${scale}`))}e-${scale}`);
}

function isEmail(value: string): boolean {
  return /^[^\s@<>()[\],;:"\\]+@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i.test(
    value,
  );
}

function outOfRange(field: FieldDescribe, value: number): OrgError {
  return refuse(
    field,
    'NUMBER_OUTSIDE_VALID_RANGE',
    `value outside of valid range on numeric field: ${value}`,
  );
}

function refuse(field: FieldDescribe, code: string, words: string): OrgError {
  return new OrgError(code, `${field.label}: ${words}`, { fields: [field.name] });
}
