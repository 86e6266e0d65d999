/** Decimal strings have at most twelve places on the wire, so a decimal is held as a BigInt of this many parts. */
const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);

/** Matches what Stripe takes as a decimal string, such as "19.99" or "-0.5". */
export const DECIMAL = /^-?\d+(\.\d{1,12})?$/;

/** quantity times unit amount, in whole minor units; a half is rounded away from zero. */
export function lineAmount(quantity: string, unitAmount: string): number {
  return toNumber(divideHalfAway(scaled(quantity) * scaled(unitAmount), ONE * ONE));
}

/** An amount times part by whole, in whole minor units; a half is rounded away from zero. */
export function share(amount: number, part: number, whole: number): number {
  return toNumber(divideHalfAway(BigInt(amount) * BigInt(part), BigInt(whole)));
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

/** `amount` times `part` over `whole`, a half rounded away from zero ("commercially"). `whole` is positive. */
export function proportion(amount: number, part: number | bigint, whole: number | bigint): number {
  return toNumber(divideHalfAway(BigInt(amount) * BigInt(part), BigInt(whole)));
}

/** A percentage has at most four places, so it is held as so many ten thousandths: 7.25 is 72500. */
export const HUNDRED_PERCENT = 1_000_000;

export function parts(percentage: number): number {
  return Math.round(percentage * 10_000);
}

/**
 * Splits a total by weights so that the shares add up to it: everyone gets the part rounded down, and what is left goes
 * to those who lost most by that.
 */
export function shares(total: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (whole === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const given = exact.map((value) => toNumber(value / whole));
  const lost = exact.map((value, index) => ({ index, rest: value % whole }));
  lost.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1));
  for (const { index } of lost.slice(0, total - sum(given))) given[index]! += 1;
  return given;
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
