import { isGivenBack, NOT_TAKEN } from '../domain/paymentLink.ts';
import type { Engine } from '../engine.ts';
import { updateLinkPayment, type LinkPayment } from '../store/paymentLinks.ts';
import { isRefundUndone } from '../store/refunds.ts';
import { markNotCounted, refundsOf } from '../stripe/refunds.ts';

/**
 * Follows what becomes of a payment through a link that had too much. Once its refund has failed, which the bank may say
 * days later, the record asks for another one; once a person has given it back, in the Dashboard or by the button, it
 * asks no more.
 */
export async function followRefunds(engine: Engine, payment: LinkPayment): Promise<void> {
  const { database, stripe } = engine;
  const { paymentIntent, why, givenBack } = payment;
  if (why === null) return;
  if (isGivenBack(payment)) {
    if (!(await isRefundUndone(database, givenBack!))) return;
    await updateLinkPayment(database, payment, { givenBack: NOT_TAKEN });
  }
  const owed = payment.amount - (payment.counted ?? 0);
  const refunds = await refundsOf(stripe, paymentIntent);
  const refunded = refunds.reduce((sum, { amount }) => sum + amount, 0);
  if (refunded < owed) return;
  // What went back beyond it is money that had counted: then Stripe does not say which refund is which.
  if (refunded === owed) for (const { id } of refunds) await markNotCounted(stripe, id);
  await updateLinkPayment(database, payment, { givenBack: refunds[0]!.id });
}
