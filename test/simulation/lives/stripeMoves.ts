import type Stripe from 'stripe';
import { DECLINED_CARD, GOOD_CARD, payOnHostedPage, payOnLinkPage } from '../../integration/payingPerson.ts';
import { couponOf, lineInStripe, passDays, type Living } from './births.ts';
import type { LifeWorld } from './lifeWorld.ts';
import type { StripeMove } from './moves.ts';
import { stepped } from './params.ts';

/** What there is no way to do, as nobody offers it: no link to pay through, no line to take out. */
export const REFUSED = Symbol('refused');

export interface MoveInStripe {
  living: Living;
  invoice: Stripe.Invoice;
  share: number;
  cents: number;
}

/** What a move leads to, where that is not the invoice itself. */
export interface Moved {
  isGone?: true;
  /** Another version of the invoice. */
  newInvoice?: string;
}

type Doing = (systems: LifeWorld, at: MoveInStripe) => Promise<Moved | unknown>;

/** What is done in the Dashboard, by the customer, or by time. */
export const doInStripe: Record<StripeMove, Doing> = {
  edit: ({ stripe }, { invoice, cents }) =>
    stripe.invoices.update(invoice.id, { description: `In Stripe ${cents}`, footer: `Footer ${cents}` }),
  addLine: (systems, { invoice, cents, share }) =>
    systems.stripe.invoices.addLines(invoice.id, {
      lines: [lineInStripe(systems, { cents, quantity: 1, isFraction: share > 0.8 }, invoice.currency)],
    }),
  deleteLine: ({ stripe }, { invoice, share }) => {
    const line = chosen(invoice.lines.data, share);
    return stripe.invoices.removeLines(invoice.id, { lines: [{ id: line.id, behavior: 'delete' }] });
  },
  discount: async ({ stripe }, { invoice, share }) =>
    stripe.invoices.update(invoice.id, {
      discounts: share < 0.3 ? '' : [{ coupon: await couponOf(stripe, share < 0.6 ? 12.5 : 33) }],
    }),
  taxes: ({ stripe, taxRates: { inclusive, exclusive } }, { invoice, share }) =>
    stripe.invoices.update(invoice.id, {
      default_tax_rates: share < 0.3 ? '' : [(share < 0.6 ? inclusive : exclusive).stripeId],
    }),
  schedule: async ({ stripe }, { invoice, living, share }) => {
    const now = await nowOf(stripe, living);
    return stripe.invoices.update(invoice.id, {
      auto_advance: true,
      automatically_finalizes_at: now + Math.ceil((1 + share * 20) * 24 * 60 * 60),
    });
  },
  finalize: ({ stripe }, { invoice }) => stripe.invoices.finalizeInvoice(invoice.id),
  send: ({ stripe }, { invoice }) => stripe.invoices.sendInvoice(invoice.id),
  pay: ({ stripe }, { invoice }) => stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' }),
  payDeclined: ({ stripe }, { invoice }) =>
    stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_chargeDeclined' }),
  payByBank: async ({ stripe }, { invoice, living, share }) => {
    const token = share < 0.5 ? 'pm_usBankAccount_success' : 'pm_usBankAccount_insufficientFunds';
    const { id } = await stripe.paymentMethods.attach(token, { customer: living.customer.stripeId });
    return stripe.invoices.pay(invoice.id, { payment_method: id });
  },
  payPart: async ({ stripe }, { invoice, share }) => {
    const now = Math.floor(Date.now() / 1000);
    const value = stepped(Math.max(1, invoice.amount_remaining * share), invoice.currency);
    if (invoice.status !== 'open') throw REFUSED;
    const { id } = await stripe.paymentRecords.reportPayment({
      amount_requested: { value, currency: invoice.currency },
      payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
      initiated_at: now,
      outcome: 'guaranteed',
      guaranteed: { guaranteed_at: now },
    });
    return stripe.invoices.attachPayment(invoice.id, { payment_record: id });
  },
  payOutside: ({ stripe }, { invoice }) => stripe.invoices.pay(invoice.id, { paid_out_of_band: true }),
  payHosted: (_systems, { invoice }) => onHostedPage(invoice, GOOD_CARD),
  payHostedDeclined: (_systems, { invoice }) => onHostedPage(invoice, DECLINED_CARD),
  payLink: async (systems, { invoice }) => onLinkPage(await linkOf(systems, invoice)),
  payRaced: async (systems, { invoice }) => {
    const link = await linkOf(systems, invoice);
    await Promise.all([
      onLinkPage(link),
      onHostedPage(invoice, GOOD_CARD).catch((error: unknown) => {
        if (error !== REFUSED) throw error;
      }),
    ]);
  },
  switchLinkOff: async (systems, { invoice }) => {
    const link = await linkOf(systems, invoice);
    return systems.stripe.paymentLinks.update(link.id, { active: false });
  },
  changeBalance: ({ stripe }, { living, invoice, cents, share }) =>
    stripe.customers.createBalanceTransaction(living.customer.stripeId, {
      amount: (share < 0.5 ? -1 : 1) * stepped(cents / 10, invoice.currency),
      currency: invoice.currency,
    }),
  markUncollectible: ({ stripe }, { invoice }) => stripe.invoices.markUncollectible(invoice.id),
  void: ({ stripe }, { invoice }) => stripe.invoices.voidInvoice(invoice.id),
  credit: ({ stripe }, { invoice, share }) => {
    const amount = stepped(Math.max(invoice.total * share, 1), invoice.currency);
    const paid = amount - invoice.amount_remaining;
    const where = ['credit_amount', 'out_of_band_amount'][Math.floor(share * 1000) % 2]!;
    return stripe.creditNotes.create({ invoice: invoice.id, amount, ...(paid > 0 && { [where]: paid }) });
  },
  voidCredit: async ({ stripe }, { invoice, share }) => {
    const { data } = await stripe.creditNotes.list({ invoice: invoice.id });
    return stripe.creditNotes.voidCreditNote(chosen(data, share).id);
  },
  refund: async ({ stripe }, { invoice, share }) => {
    const { data } = await stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid' });
    const intent = data.find(({ payment }) => payment.type === 'payment_intent')?.payment.payment_intent;
    if (!intent) throw REFUSED;
    return stripe.refunds.create({
      payment_intent: String(intent),
      ...(share < 0.7 && { amount: stepped(Math.max(invoice.amount_paid * share, 1), invoice.currency) }),
    });
  },
  revise: async ({ stripe }, { invoice }) => {
    const { id } = await stripe.invoices.create({
      from_invoice: { invoice: invoice.id, action: 'revision' },
    });
    return { newInvoice: id };
  },
  delete: async ({ stripe }, { invoice }) => {
    await stripe.invoices.del(invoice.id).catch(async (error: Stripe.errors.StripeError) => {
      // Tried again after a lost answer, there is nothing left to delete.
      if (error.code !== 'resource_missing') throw error;
    });
    return { isGone: true };
  },
  time: async ({ stripe }, { living, share }) => {
    if (!living.customer.clock) throw REFUSED;
    await passDays(stripe, living.customer.clock, Math.ceil(share * 40));
  },
};

/** Seconds; the customer's own time where it has one. */
async function nowOf(stripe: Stripe, { customer: { clock } }: Living): Promise<number> {
  if (!clock) return Math.floor(Date.now() / 1000);
  return (await stripe.testHelpers.testClocks.retrieve(clock)).frozen_time;
}

function chosen<T>(all: T[], share: number): T {
  const one = all[Math.floor(share * all.length)];
  if (one === undefined) throw REFUSED;
  return one;
}

async function onHostedPage({ hosted_invoice_url: url }: Stripe.Invoice, card: string): Promise<void> {
  if (!url) throw REFUSED;
  await payOnHostedPage(url, card).catch(() => {
    // The page asks for nothing where nothing can be paid.
    throw REFUSED;
  });
}

async function linkOf({ world }: LifeWorld, { id }: Stripe.Invoice): Promise<{ id: string; url: string }> {
  const { rows } = await world.database.pool.query<{ id: string; url: string }>(
    'SELECT stripe_id AS id, url FROM payment_link WHERE invoice = $1 AND stripe_id IS NOT NULL ORDER BY payment_link.id DESC LIMIT 1',
    [id],
  );
  if (!rows[0]) throw REFUSED;
  return rows[0];
}

/** A guest pays; whether the page still takes it is the link's affair. */
async function onLinkPage({ url }: { url: string }): Promise<void> {
  const { url: page } = await fetch(url);
  await payOnLinkPage(page);
}
