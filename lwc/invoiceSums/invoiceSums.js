import { divideHalfAway, lineAmount, toScaled } from 'c/money';

const ZERO = BigInt(0);
/** Stripe's percentages have at most four decimals. */
const PERCENT_DECIMALS = 4;
const HUNDRED_PERCENT = BigInt(1000000);

/**
 * What Stripe will make of a draft, in the smallest unit: the discount first, then the tax of each line by itself, as
 * https://docs.stripe.com/billing/taxes/tax-rates has it. Lines: [{ unitPrice, quantity, taxRateId }], options:
 * { discountPercent, discountAmount, taxRateId }, taxRates: [{ taxRateId, name, percentage, inclusive }].
 */
export function invoiceSums({ lines, options, taxRates }, decimals) {
  const amounts = lines.map((line) => lineAmount(line, decimals) ?? ZERO);
  const taken = takenOff(amounts, options, decimals);
  const taxes = new Map();
  lines.forEach((line, index) => {
    const taxRateId = line.taxRateId || options.taxRateId;
    const rate = taxRates.find((one) => one.taxRateId === taxRateId);
    if (rate) taxes.set(rate, (taxes.get(rate) ?? ZERO) + taxOn(amounts[index] - taken[index], rate));
  });
  const subtotal = sum(amounts);
  const discount = sum(taken);
  const named = [...taxes].map(([{ name, inclusive }, amount]) => ({ name, inclusive, amount }));
  const added = sum(named.filter(({ inclusive }) => !inclusive).map(({ amount }) => amount));
  return { subtotal, discount, taxes: named, total: subtotal - discount + added };
}

/** A percentage is rounded line by line; an amount is spread over the lines. A line of less than nothing gets none. */
function takenOff(amounts, { discountPercent, discountAmount }, decimals) {
  const left = amounts.map((amount) => (amount > ZERO ? amount : ZERO));
  const percent = toScaled(discountPercent, PERCENT_DECIMALS);
  if (percent > ZERO) return left.map((amount) => divideHalfAway(amount * percent, HUNDRED_PERCENT));
  const most = sum(left);
  const amount = toScaled(discountAmount, decimals);
  return amount > ZERO ? shares(amount < most ? amount : most, left) : left.map(() => ZERO);
}

/** Everyone gets the part rounded down, and what is left goes one by one to those who lost most by that. */
function shares(total, weights) {
  const whole = sum(weights);
  if (whole === ZERO) return weights;
  const given = weights.map((weight) => (total * weight) / whole);
  const lost = weights.map((weight, index) => ({ index, rest: (total * weight) % whole }));
  lost.sort((one, other) => Number(other.rest - one.rest) || one.index - other.index);
  lost.slice(0, Number(total - sum(given))).forEach(({ index }) => {
    given[index] += BigInt(1);
  });
  return given;
}

function taxOn(amount, { percentage, inclusive }) {
  const rate = toScaled(percentage, PERCENT_DECIMALS) ?? ZERO;
  return divideHalfAway(amount * rate, inclusive ? HUNDRED_PERCENT + rate : HUNDRED_PERCENT);
}

function sum(amounts) {
  return amounts.reduce((total, amount) => total + amount, ZERO);
}
