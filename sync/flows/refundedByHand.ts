import { isGivenBack } from '../domain/paymentLink.ts';
import type { Engine } from '../engine.ts';
import { noteGivenBack, type LinkPayment } from '../store/paymentLinks.ts';
import { markNotCounted, refundsOf } from '../stripe/refunds.ts';

/**
 * Sees whether a person has given back by now, in the Dashboard or by the button, what a payment through a link had too
 * much and could not be refunded by itself: then the record does not ask for it any more.
 */
export async function noteRefundedByHand(engine: Engine, payment: LinkPayment): Promise<void> {
  const { paymentIntent, why } = payment;
  if (why === null || isGivenBack(payment)) return;
  const owed = payment.amount - (payment.counted ?? 0);
  const refunds = await refundsOf(engine.stripe, paymentIntent);
  const refunded = refunds.reduce((sum, { amount }) => sum + amount, 0);
  if (refunded < owed) return;
  // What went back beyond it is money that had counted: then Stripe does not say which refund is which.
  if (refunded === owed) for (const { id } of refunds) await markNotCounted(engine.stripe, id);
  await noteGivenBack(engine.database, { paymentIntent, refund: refunds[0]!.id });
}
