import type Stripe from 'stripe';
import type { World } from '../../integration/world.ts';

/** All that Stripe has of invoices when lives have ended; read in lists, once. */
export interface InStripe {
  invoices: Map<string, Stripe.Invoice>;
  /** Invoice payments that count, by invoice. */
  paid: Map<string, Stripe.InvoicePayment[]>;
  refunds: Stripe.Refund[];
  creditNotes: Stripe.CreditNote[];
  /** Invoices of which a payment is on its way. */
  processing: Set<string>;
  /** Payments through links by the record that counts in their place. */
  standFor: Map<string, string>;
  /** How payments through Stripe stand. */
  intents: Map<string, string>;
  customers: Stripe.Customer[];
  links: Stripe.PaymentLink[];
  records: Stripe.PaymentRecord[];
}

const MOST = 10_000;

export async function readStripe({ stripe, database }: World): Promise<InStripe> {
  const all = <T>(list: Stripe.ApiListPromise<T>): Promise<T[]> => list.autoPagingToArray({ limit: MOST });
  const page = { limit: 100 };
  const [invoices, payments, refunds, creditNotes, intents, customers, links, records] = await Promise.all([
    all(stripe.invoices.list({ ...page, expand: ['data.discounts.source.coupon'] })),
    all(stripe.invoicePayments.list(page)),
    all(stripe.refunds.list(page)),
    all(stripe.creditNotes.list(page)),
    all(stripe.paymentIntents.list(page)),
    all(stripe.customers.list(page)),
    all(stripe.paymentLinks.list(page)),
    all(stripe.paymentRecords.list(page)),
  ]);
  const paid = new Map<string, Stripe.InvoicePayment[]>();
  const processing = new Set<string>();
  const underWay = new Set(intents.filter(({ status }) => status === 'processing').map(({ id }) => id));
  for (const one of payments) {
    const invoice = String(one.invoice);
    if (one.status === 'paid') paid.set(invoice, [...(paid.get(invoice) ?? []), one]);
    if (one.status === 'open' && underWay.has(String(one.payment.payment_intent))) processing.add(invoice);
  }
  const { rows } = await database.pool.query<{ record: string; intent: string }>(
    'SELECT payment_record AS record, payment_intent AS intent FROM link_payment WHERE payment_record IS NOT NULL',
  );
  return {
    standFor: new Map(rows.map(({ record, intent }) => [record, intent])),
    invoices: new Map(invoices.map((one) => [one.id, one])),
    paid,
    refunds,
    creditNotes,
    processing,
    intents: new Map(intents.map(({ id, status }) => [id, status])),
    customers,
    links,
    records,
  };
}
