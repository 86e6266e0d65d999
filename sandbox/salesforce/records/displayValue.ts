import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ReadValue } from './readField.ts';
import type { FieldValue } from './storedRecord.ts';

const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/**
 * A value as people read it in the org's locale (en_US, UTC), as the UI API and FORMAT() write it; null for kinds of fields
 * whose value is shown as it is. Amounts are US dollars, or of the record's currency in a multi-currency org, which shows
 * the ISO code instead of a symbol (Metadata API, CurrencySettings.enableCurrencySymbolWithMultiCurrency is off by default).
 */
export function displayValue(field: FieldDescribe, value: ReadValue, currency?: FieldValue): string | null {
  if (value === null) return null;
  switch (field.type) {
    case 'currency':
      return typeof currency === 'string' ? amountOf(currency, Number(value)) : money.format(Number(value));
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

/** "EUR 1,234.50", with the decimals of the currency. */
function amountOf(currency: string, value: number): string {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const digits = { minimumFractionDigits: maximumFractionDigits, maximumFractionDigits };
  return `${value < 0 ? '-' : ''}${currency} ${Math.abs(value).toLocaleString('en-US', digits)}`;
}
