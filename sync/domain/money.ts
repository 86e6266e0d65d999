/**
 * The only place that turns an org's decimal amount into Stripe's integer minor units and back. No floating
 * point: a decimal is read digit by digit.
 * Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal and special cases).
 */

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
// ISK and UGX have no minor unit, yet Stripe's API takes them as two-decimal amounts that end in 00.
const SENT_WITH_TWO_DECIMALS = new Set(['isk', 'ugx']);

/** How many decimals Stripe's amounts of this currency have: 0, 2 or 3. */
export function currencyExponent(currency: string): number {
  const code = currency.toLowerCase();
  if (SENT_WITH_TWO_DECIMALS.has(code)) return 2;
  if (ZERO_DECIMAL.has(code)) return 0;
  return THREE_DECIMAL.has(code) ? 3 : 2;
}

/**
 * An amount of the org (major units, as the REST API's JSON number or as a decimal string) in minor units.
 * Throws `MoneyError` for more decimals than the currency has, which the caller turns into words.
 */
export function toMinorUnits(amount: number | string, currency: string): number {
  const scaled = toMinorDecimal(amount, currency);
  if (scaled.includes('.')) {
    throw new MoneyError(`${amount} has more decimals than ${currency.toUpperCase()} has.`);
  }
  const minor = Number(scaled);
  if (!Number.isSafeInteger(minor)) throw new MoneyError(`${amount} ${currency.toUpperCase()} is too large.`);
  return minor;
}

/** The same with the decimals below the minor unit kept, for unit prices ("0.5" cents): a decimal string. */
export function toMinorDecimal(amount: number | string, currency: string): string {
  return shift(plainDecimal(amount), currencyExponent(currency));
}

/** Minor units (integer or decimal string) as the org's amount in major units. */
export function toMajorUnits(minor: number | string, currency: string): number {
  return Number(shift(plainDecimal(minor), -currencyExponent(currency)));
}

/** A quantity as the shortest decimal text with at most four places: 3 is "3", 0.25 is "0.25". */
export function decimalText(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** For people: "2,649.99 USD". */
export function formatMoney(minor: number, currency: string): string {
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = exponent ? `.${digits.slice(-exponent)}` : '';
  return `${minor < 0 ? '-' : ''}${whole}${fraction} ${currency.toUpperCase()}`;
}

/** Two decimals are the same number: "3" and "3.00". */
export function sameDecimal(left: number | string, right: number | string): boolean {
  return shift(plainDecimal(left), 0) === shift(plainDecimal(right), 0);
}

export class MoneyError extends Error {
  override name = 'MoneyError';
}

/** JavaScript's shortest form of a number, without an exponent: 1e-7 becomes 0.0000001. */
function plainDecimal(value: number | string): string {
  const text = String(value);
  const parts = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (!parts || text === '' || text === '-') throw new MoneyError(`"${text}" is not an amount.`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  return shift(`${sign}${whole || '0'}.${fraction}`, Number(exponent));
}

/** Moves the decimal point `places` to the right (negative: to the left) and trims what says nothing. */
function shift(decimal: string, places: number): string {
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const point = whole.length + places;
  const digits = (whole + fraction).padEnd(Math.max(point, 0), '0');
  const padded = point < 1 ? digits.padStart(digits.length - point + 1, '0') : digits;
  const at = point < 1 ? 1 : point;
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at).replace(/0+$/, '');
  const magnitude = rest ? `${integer}.${rest}` : integer;
  return negative && magnitude !== '0' ? `-${magnitude}` : magnitude;
}
