/** Decimal strings have at most twelve places on the wire, so a decimal is held as a BigInt of this many parts. */
const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);

/** Matches what Stripe takes as a decimal string, such as "19.99" or "-0.5". */
export const DECIMAL = /^-?\d+(\.\d{1,12})?$/;

/** quantity times unit amount, in whole minor units; a half is rounded away from zero. */
export function lineAmount(quantity: string, unitAmount: string): number {
  return toNumber(divideHalfAway(scaled(quantity) * scaled(unitAmount), ONE * ONE));
}

/** Adds whole minor units without going through floating point. */
export function sum(amounts: Iterable<number>): number {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return toNumber(total);
}

/** "19.90" becomes "19.9" and "5.000" becomes "5", as Stripe writes decimals. */
export function canonicalDecimal(text: string): string {
  const value = scaled(text);
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction ? `.${fraction}` : ''}`;
}

/** The nearest whole number of a decimal; Stripe fills integer `quantity` and `unit_amount` only when it is exact. */
export function wholeOrNull(text: string): number | null {
  const value = scaled(text);
  return value % ONE === 0n ? toNumber(value / ONE) : null;
}

/** Rounded half away from zero, for fields that Stripe always fills. */
export function nearestWhole(text: string): number {
  return toNumber(divideHalfAway(scaled(text), ONE));
}

function scaled(text: string): bigint {
  if (!DECIMAL.test(text)) throw new Error(`Not a decimal of at most ${PLACES} places: ${text}`);
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole) * ONE + BigInt(fraction.padEnd(PLACES, '0'));
  return text.startsWith('-') ? -value : value;
}

function divideHalfAway(value: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return (value < 0n ? value - half : value + half) / divisor;
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`The amount ${value} is beyond what JSON can carry.`);
  return number;
}

/**
 * The least amount a card can be charged, in minor units. From docs.stripe.com/currencies and memory; nothing here was
 * checked against the real service. Currencies that are not listed have no minimum in the sandbox.
 */
const MINIMUM_CHARGE: Record<string, number> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

export function minimumCharge(currency: string): number {
  return MINIMUM_CHARGE[currency] ?? 0;
}

/** Stripe takes at most eight digits of minor units in one charge. */
export const MAXIMUM_CHARGE = 99_999_999;
