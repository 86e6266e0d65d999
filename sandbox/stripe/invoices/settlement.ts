import { proportion } from '../money.ts';

export interface Settled {
  /** What is left to pay. */
  due: number;
  /** The customer's balance afterwards; negative is credit. */
  ending: number;
}

/**
 * Sets the total against the customer's balance (positive: the customer owes it). What is too small to be charged is
 * not due now: it goes to the balance and onto the next invoice, and so does what `step` rounds off.
 */
export function settled({
  total,
  balance,
  minimum,
  step,
}: {
  total: number;
  balance: number;
  minimum: number;
  step: number;
}): Settled {
  const owed = total + balance;
  const due = owed > 0 ? proportion(owed, 1, step) * step : 0;
  return due > 0 && due >= minimum ? { due, ending: owed - due } : { due: 0, ending: owed };
}
