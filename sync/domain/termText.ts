import { customFieldsText, type CustomField } from './customFields.ts';
import type { Discount } from './discount.ts';
import { formatMoney } from './money.ts';

/** A term's value as people read it: custom fields as text, a discount as "10%" or "5.00 USD"; others as they are. */
export function termText(field: string, value: unknown, currency?: string): unknown {
  if (value === null || value === undefined) return null;
  if (field === 'customFields') return customFieldsText(value as CustomField[]);
  if (field !== 'discount') return value;
  const discount = value as Discount;
  if ('percent' in discount) return `${discount.percent}%`;
  return currency ? formatMoney(discount.amount, currency) : String(discount.amount);
}
