/** Where the part of a credit note goes that was paid already; minor units. */
export interface CreditSplit {
  /** Back to the card it came from. */
  refund: number;
  /** Onto the customer's balance, for the next invoice. */
  balance: number;
  /** Given back outside Stripe. */
  outside: number;
}

export const splitSum = ({ refund, balance, outside }: CreditSplit): number => refund + balance + outside;

export interface CreditParts {
  /** What lowers the sum that is still owed. */
  lowered: number;
  /** What was paid already, and has to go somewhere. */
  paid: number;
}

/** A credit note first lowers what is still owed, but not below zero. https://docs.stripe.com/api/credit_notes/create */
export function creditParts(total: number, amountRemaining: number): CreditParts {
  const lowered = Math.min(total, amountRemaining);
  return { lowered, paid: total - lowered };
}
