import { exponentOf } from '../currencies.ts';

/** `amount` is in minor units; "$1,234.50", "¥500", "KWD 1.250". */
export function formatMoney(amount: number, currency: string): string {
  return write(String(amount), currency);
}

/** A decimal string of minor units, such as the unit price "0.5" cents: "$0.005". Up to twelve further decimals. */
export function formatUnitPrice(amount: string, currency: string): string {
  return write(amount, currency, 12);
}

function write(minorUnits: string, currency: string, furtherDecimals = 0): string {
  // Intl cannot be asked for it: it follows how people write prices (HUF without decimals), the API the minor unit.
  const exponent = exponentOf(currency);
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent + furtherDecimals,
  });
  // Intl reads a decimal string exactly, where a number would be rounded.
  return format.format(shiftLeft(minorUnits, exponent) as Intl.StringNumericLiteral);
}

/** Moves the decimal point, without floating point: ("1234", 2) is "12.34". */
function shiftLeft(decimal: string, places: number): string {
  const sign = decimal.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const digits = whole.padStart(places + 1, '0');
  const point = digits.length - places;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}${fraction}`.replace(/\.$/, '');
}
