import { divideHalfAway, toScaled } from 'c/money';

const ZERO = BigInt(0);

/** Stripe takes whole quantities of a line only; of one like 1.5 a part is an amount. */
export const isCountable = ({ quantity }) => Number.isInteger(Number(quantity)) && Number(quantity) > 0;

/**
 * What is credited of a line, in the smallest unit; null for what cannot be, such as more than there is. What was typed
 * is a quantity of a countable line, an amount of others.
 */
export function lineCredit({ amount, quantity }, typed, decimals) {
  const whole = toScaled(amount, decimals);
  if (!String(typed ?? '').trim()) return ZERO;
  if (!isCountable({ quantity })) return within(toScaled(typed, decimals), whole);
  const units = toScaled(quantity, 0);
  const credited = within(toScaled(typed, 0), units);
  return credited === null ? null : divideHalfAway(whole * credited, units);
}

/** The sum of the lines; null as long as one of them cannot be. */
export function linesCredit(lines, typed, decimals) {
  return lines.reduce((sum, line) => {
    const credited = lineCredit(line, typed[line.lineId], decimals);
    return sum === null || credited === null ? null : sum + credited;
  }, ZERO);
}

/** A credit note first lowers what is still owed; what is more was paid already, and has to go somewhere. */
export function creditParts(total, remaining) {
  const lowered = total < remaining ? total : remaining;
  return { lowered, paid: total - lowered };
}

/** What was paid goes back to the card as far as it came from there. */
export function usualSplit(paid, refundable) {
  const refund = paid < refundable ? paid : refundable;
  return { refund, balance: ZERO, outside: paid - refund };
}

function within(value, most) {
  return value === null || value < ZERO || value > most ? null : value;
}
