export interface Settled {
  /** What is left to pay. */
  due: number;
  /** The customer's balance afterwards; negative is credit. */
  ending: number;
}

/**
 * Sets the total against the customer's balance (positive: the customer owes it). What is too small to be charged is
 * not due now: it goes to the balance and onto the next invoice.
 */
export function settled({
  total,
  balance,
  minimum,
}: {
  total: number;
  balance: number;
  minimum: number;
}): Settled {
  const owed = total + balance;
  return owed > 0 && owed >= minimum ? { due: owed, ending: 0 } : { due: 0, ending: owed };
}
