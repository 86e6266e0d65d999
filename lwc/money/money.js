// Amounts are integers of the currency's smallest unit while they are computed: 0.1 + 0.2 is not 0.3 otherwise.

const QUANTITY_DECIMALS = 4;
/** A price may be in parts of a cent: 0.0025 for a message, of which a thousand come to 2.50. */
const PRICE_DECIMALS = 6;

/**
 * An entered decimal as an integer: toScaled('12.5', 2) is 1250n. Null for what is no number or has more decimals than
 * allowed.
 */
export function toScaled(value, decimals) {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(String(value ?? '').trim());
  if (!match || (match[2] + (match[3] ?? '')).length === 0) return null;
  const [, sign, whole, fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > decimals) return null;
  return BigInt(`${sign}${whole || 0}${significant.padEnd(decimals, '0')}`);
}

/** Price times quantity in the smallest unit, a half rounded away from zero as Stripe does; null as long as one is no number. */
export function lineAmount({ unitPrice, quantity }, decimals) {
  const price = toScaled(unitPrice, PRICE_DECIMALS);
  const units = toScaled(quantity, QUANTITY_DECIMALS);
  if (price === null || units === null) return null;
  return divideHalfAway(price * units, BigInt(10 ** (PRICE_DECIMALS + QUANTITY_DECIMALS - decimals)));
}

/** Rounded to the nearest integer, a half away from zero; the divisor is above zero. */
export function divideHalfAway(value, divisor) {
  const half = divisor / BigInt(2);
  return (value < 0 ? value - half : value + half) / divisor;
}

/** For display: 1250n with two decimals is 12.5. */
export function toMajor(amount, decimals) {
  return amount === null ? null : Number(amount) / 10 ** decimals;
}

/** For inputs: 1250n with two decimals is "12.50". */
export function toInput(amount, decimals) {
  const digits = String(amount).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** In a sentence, as the middleware says it: "1,234.50 USD". */
export function inMoney(amount, { decimals, currencyCode }) {
  const [whole, fraction] = toInput(amount, decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fraction ? `${grouped}.${fraction}` : grouped} ${currencyCode}`;
}
