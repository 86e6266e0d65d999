import type Stripe from 'stripe';
import type { ChargedPayment } from '../domain/chooseRefund.ts';
import { NOT_COUNTED } from './linkMetadata.ts';
import { translateStripeError } from './translateError.ts';

/** The payments of an invoice that went through Stripe, and others beside them that are named, the newest first. */
export async function chargedPayments(
  stripe: Stripe,
  invoice: string,
  beside: string[] = [],
): Promise<ChargedPayment[]> {
  try {
    const paid: { id: string; left: number; at: number }[] = [];
    const add = (intent: Stripe.PaymentIntent | string | null | undefined) => {
      const charge = typeof intent === 'object' ? intent?.latest_charge : null;
      if (typeof intent !== 'object' || typeof charge !== 'object' || charge?.status !== 'succeeded') return;
      paid.push({
        id: intent!.id,
        left: charge.amount_captured - charge.amount_refunded,
        at: charge.created,
      });
    };
    const expand = ['data.payment.payment_intent.latest_charge'];
    for await (const { payment } of stripe.invoicePayments.list({
      invoice,
      status: 'paid',
      limit: 100,
      expand,
    })) {
      add(payment.payment_intent);
    }
    for (const id of beside)
      if (!paid.some((one) => one.id === id))
        add(await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }));
    return paid.sort((one, other) => other.at - one.at).map(({ id, left }) => ({ id, left }));
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}

/** What of a payment went back, whoever has refunded it; without what failed. */
export async function refundsOf(
  stripe: Stripe,
  paymentIntent: string,
): Promise<Pick<Stripe.Refund, 'id' | 'amount' | 'metadata'>[]> {
  try {
    const all = await stripe.refunds
      .list({ payment_intent: paymentIntent, limit: 100 })
      .autoPagingToArray({ limit: 1000 });
    return all.filter(({ status }) => status !== 'failed' && status !== 'canceled');
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}

/** The refund that has given back what never counted for the invoice, if that was done before. */
export async function givenBackBefore(
  stripe: Stripe,
  { paymentIntent, counted, amount }: { paymentIntent: string; counted: number; amount: number },
): Promise<string | undefined> {
  const all = await refundsOf(stripe, paymentIntent);
  const refunds = counted === 0 ? all : all.filter(({ metadata }) => metadata?.[NOT_COUNTED]);
  const refunded = refunds.reduce((sum, one) => sum + one.amount, 0);
  return refunded >= amount ? refunds[0]?.id : undefined;
}

/** What somebody has refunded by hand never counted for the invoice. */
export async function markNotCounted(stripe: Stripe, refund: string): Promise<void> {
  try {
    await stripe.refunds.update(refund, { metadata: { [NOT_COUNTED]: 'true' } });
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}

export interface AskedRefund {
  payment: string;
  /** Minor units. */
  amount: number;
  reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer' | undefined;
  /** Whether the payment never counted for the invoice. */
  notCounted?: boolean;
}

/** Gives money of a payment back, the same way it came. */
export async function refundPayment(
  stripe: Stripe,
  { payment, amount, reason, notCounted }: AskedRefund,
  idempotencyKey: string,
): Promise<Stripe.Refund> {
  try {
    return await stripe.refunds.create(
      {
        payment_intent: payment,
        amount,
        ...(reason && { reason }),
        ...(notCounted && { metadata: { [NOT_COUNTED]: 'true' } }),
      },
      { idempotencyKey },
    );
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}
