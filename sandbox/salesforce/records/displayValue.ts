import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ReadValue } from './readField.ts';

const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/**
 * A value as people read it in the org's locale (en_US, US dollar, UTC), as the UI API and FORMAT() write it; null for
 * kinds of fields whose value is shown as it is.
 */
export function displayValue(field: FieldDescribe, value: ReadValue): string | null {
  if (value === null) return null;
  switch (field.type) {
    case 'currency':
      return money.format(Number(value));
    case 'double':
    case 'int':
      return Number(value).toLocaleString('en-US', {
        minimumFractionDigits: field.scale,
        maximumFractionDigits: field.scale,
      });
    case 'percent':
      return `${Number(value).toLocaleString('en-US', { minimumFractionDigits: field.scale, maximumFractionDigits: field.scale })}%`;
    case 'picklist':
      return field.picklistValues.find((entry) => entry.value === value)?.label ?? String(value);
    case 'date':
      return new Date(`${String(value)}T00:00:00Z`).toLocaleDateString('en-US', { timeZone: 'UTC' });
    case 'datetime':
      return new Date(String(value)).toLocaleString('en-US', {
        timeZone: 'UTC',
        dateStyle: 'short',
        timeStyle: 'short',
      });
    default:
      return null;
  }
}
