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
  return Number(toMajorDecimal(minor, currency));
}

/** The same with every digit, as a decimal string. */
export function toMajorDecimal(minor: number | string, currency: string): string {
  return shift(plainDecimal(minor), -currencyExponent(currency));
}

/**
 * Amounts that cannot be charged in every minor unit: "these API calls require the least-significant (last) digit to be
 * 0" in currencies of three decimals. What an org's line comes to has to be a multiple of it.
 * Source: https://docs.stripe.com/currencies#three-decimal
 */
export function chargeStep(currency: string): number {
  return THREE_DECIMAL.has(currency.toLowerCase()) ? 10 : 1;
}

/** Quantity times unit amount (decimal strings) in whole minor units; a half is rounded away from zero, as Stripe does. */
export function lineAmount(quantity: string, unitAmount: string): number {
  const product = scaled(quantity) * scaled(unitAmount);
  const one = 10n ** BigInt(2 * PLACES);
  const half = one / 2n;
  return Number((product < 0n ? product - half : product + half) / one);
}

/** For people: "2,649.99 USD". */
export const formatMoney = (minor: number, currency: string): string =>
  `${formatAmount(minor, currency)} ${currency.toUpperCase()}`;

/** The same where the currency is named beside it: "2,649.99". */
export function formatAmount(minor: number, currency: string): string {
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = exponent ? `.${digits.slice(-exponent)}` : '';
  return `${minor < 0 ? '-' : ''}${whole}${fraction}`;
}

/** A price of one unit for people, with what is below the minor unit: "0.0025 USD". */
export function formatUnitAmount(unitAmount: number | string, currency: string): string {
  const [whole = '0', below = ''] = plainDecimal(unitAmount).split('.');
  const amount = formatMoney(Number(whole), currency);
  if (!below) return amount;
  const sign = whole === '-0' ? '-' : '';
  const point = currencyExponent(currency) === 0 ? '.' : '';
  return sign + amount.replace(' ', `${point}${below} `);
}

/** Two decimals are the same number: "3" and "3.00". */
export function sameDecimal(left: number | string, right: number | string): boolean {
  return shift(plainDecimal(left), 0) === shift(plainDecimal(right), 0);
}

export class MoneyError extends Error {
  override name = 'MoneyError';
}

/** The shortest text of a decimal without an exponent: "3.00" is "3". */
export const decimal = (value: number | string): string => shift(plainDecimal(value), 0);

// Stripe's decimals have at most twelve places.
const PLACES = 12;

/** So many parts of 10^-12. */
function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = plainDecimal(text).replace('-', '').split('.');
  const value = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return text.startsWith('-') ? -value : value;
}

/** Halves away from zero, on the digits, as the org rounds what has more places than its field. */
export function roundedDecimal(value: string, places: number): string {
  const [whole = '0', fraction = ''] = plainDecimal(value).replace('-', '').split('.');
  const digits = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
  const up = (fraction[places] ?? '0') >= '5' ? 1n : 0n;
  return shift(`${value.startsWith('-') ? '-' : ''}${digits + up}`, -places);
}

/** Of a unit price and a quantity the org shows so many decimals; what has more is kept in a text beside it. */
export const UNIT_PRICE_PLACES = 6;
export const QUANTITY_PLACES = 4;

/** What the org's number and the text beside it hold of a decimal; the text is null where the number says all. */
export function shownAndExact(value: string, places: number): { shown: number; exact: string | null } {
  const shown = Number(roundedDecimal(value, places));
  return { shown, exact: decimal(shown) === decimal(value) ? null : decimal(value) };
}

/** The decimal of the two: the text stands as long as the number is still what it rounds to. */
export function exactDecimal(
  shown: number,
  { exact, places }: { exact: string | null; places: number },
): string {
  const stands = exact !== null && DECIMAL.test(exact) && shownAndExact(exact, places).shown === shown;
  return decimal(stands ? exact : shown);
}

const DECIMAL = /^-?\d{1,18}(\.\d{1,18})?$/;

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
