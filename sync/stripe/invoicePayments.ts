import type Stripe from 'stripe';

/** All payments of an invoice whose first ones were expanded; none of one that came without them. */
export async function allPayments(
  stripe: Stripe,
  { id, payments }: Stripe.Invoice,
): Promise<Stripe.InvoicePayment[]> {
  if (!payments?.has_more) return payments?.data ?? [];
  const all: Stripe.InvoicePayment[] = [];
  const expand = ['data.payment.payment_intent'];
  for await (const one of stripe.invoicePayments.list({ invoice: id, limit: 100, expand })) all.push(one);
  return all;
}

/**
 * What an invoice was paid with that none of its payments tells of, in minor units: it was marked as paid outside
 * Stripe. Where Stripe keeps a payment record of that, this is 0, and the record is a payment like any other.
 */
export function paidOutside(invoice: Stripe.Invoice, payments: Stripe.InvoicePayment[]): number {
  // Without its payments nothing can be said, and what is still under way may be what it was paid with.
  if (invoice.status !== 'paid' || !invoice.payments || payments.some(isUnderWay)) return 0;
  const told = payments.reduce(
    (sum, { status, amount_paid }) => (status === 'paid' ? sum + (amount_paid ?? 0) : sum),
    0,
  );
  return Math.max(0, invoice.amount_paid - told);
}

const NOTHING_COMES = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'canceled'];

function isUnderWay({ status, payment }: Stripe.InvoicePayment): boolean {
  if (status !== 'open') return false;
  const intent = payment.payment_intent;
  return typeof intent !== 'object' || !NOTHING_COMES.includes(intent.status);
}
