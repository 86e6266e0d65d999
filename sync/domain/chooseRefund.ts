/** A payment of an invoice that went through Stripe; amounts in minor units. */
export interface ChargedPayment {
  /** Stripe's id of the PaymentIntent. */
  id: string;
  /** What has not been refunded yet. */
  left: number;
}

export type ChosenRefund =
  | { payment: string; amount: number; left: number }
  | { refused: 'nothing_to_refund' | 'unknown_payment' }
  | { refused: 'refund_too_large'; /** The most that one payment still has. */ most: number };

/**
 * Which payment a refund is of, the newest first: the one that was named, else the first that has enough left. Without
 * an amount it is all that is left of it.
 */
export function chooseRefund(
  payments: ChargedPayment[],
  { payment, amount }: { payment?: string | undefined; amount?: number | undefined },
): ChosenRefund {
  const named = payment === undefined ? payments : payments.filter(({ id }) => id === payment);
  if (payment !== undefined && named.length === 0) return { refused: 'unknown_payment' };
  const most = Math.max(0, ...named.map(({ left }) => left));
  if (most === 0) return { refused: 'nothing_to_refund' };
  const chosen = named.find(({ left }) => left >= (amount ?? 1));
  if (!chosen) return { refused: 'refund_too_large', most };
  const taken = amount ?? chosen.left;
  return { payment: chosen.id, amount: taken, left: chosen.left - taken };
}
