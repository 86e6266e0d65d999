import type Stripe from 'stripe';
import { STANDS_FOR } from './linkMetadata.ts';
import { PAID_AT } from './readPayment.ts';
import { translateStripeError } from './translateError.ts';

export interface ReportedPayment {
  customerId: string | null;
  /** Minor units. */
  amount: number;
  currency: string;
  /** Seconds since 1970. */
  paidAt: number;
  method: string;
  reference?: string | undefined;
  /** Stripe's id of a payment that cannot be counted itself. */
  standsFor?: string;
}

/** Reports money that came in outside Stripe; it counts for no invoice yet. Returns its id. */
export async function reportPayment(
  stripe: Stripe,
  payment: ReportedPayment,
  idempotencyKey: string,
): Promise<string> {
  const { amount, currency, paidAt, method, reference, customerId, standsFor } = payment;
  const params: Stripe.PaymentRecordReportPaymentParams = {
    amount_requested: { value: amount, currency },
    payment_method_details: { type: 'custom', custom: { display_name: method } },
    ...(customerId && { customer_details: { customer: customerId } }),
    ...(reference && {
      processor_details: { type: 'custom', custom: { payment_reference: reference } },
    }),
    initiated_at: paidAt,
    outcome: 'guaranteed',
    guaranteed: { guaranteed_at: paidAt },
    metadata: { [PAID_AT]: String(paidAt), ...(standsFor && { [STANDS_FOR]: standsFor }) },
  };
  try {
    return (await stripe.paymentRecords.reportPayment(params, { idempotencyKey })).id;
  } catch (error) {
    throw translateStripeError(error, 'write-stripe');
  }
}

/** The report that counts for an invoice in place of a payment through a link; minor units. */
export async function recordStandingFor(
  stripe: Stripe,
  { invoice, paymentIntent }: { invoice: string; paymentIntent: string },
): Promise<{ id: string; amount: number } | undefined> {
  const expand = ['data.payment.payment_record'];
  for await (const { payment, amount_paid: amount } of stripe.invoicePayments.list({
    invoice,
    status: 'paid',
    limit: 100,
    expand,
  })) {
    const record = payment.payment_record;
    if (typeof record === 'object' && record?.metadata[STANDS_FOR] === paymentIntent)
      return { id: record.id, amount: amount ?? 0 };
  }
  return undefined;
}
