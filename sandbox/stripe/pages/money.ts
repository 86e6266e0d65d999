/**
 * Stripe's currencies without two decimals, from https://docs.stripe.com/currencies. Intl cannot be asked: it follows
 * how people write prices (HUF, IDR and COP without decimals), the API follows the minor unit. ISK and UGX are not
 * here: they have no minor unit, yet the API takes them with two decimals.
 */
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '));

function exponentOf(currency: string): number {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

/** `amount` is in minor units; "$1,234.50", "¥500", "KWD 1.250". */
export function formatMoney(amount: number, currency: string): string {
  return write(String(amount), currency);
}

/** A decimal string of minor units, such as the unit price "0.5" cents: "$0.005". Up to twelve further decimals. */
export function formatUnitPrice(amount: string, currency: string): string {
  return write(amount, currency, 12);
}

function write(minorUnits: string, currency: string, furtherDecimals = 0): string {
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
