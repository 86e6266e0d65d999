import type Stripe from 'stripe';
import { addDays } from '../../sync/domain/civilDay.ts';
import type { World } from './world.ts';

/** What was open at the end of a day, as Stripe's invoices said on that very day: by currency, minor units. */
export interface Observed {
  day: string;
  open: Record<string, number>;
}

const DUE_DAYS = 30;

/**
 * Months in the life of a customer, lived through Stripe with its clock turned back: all kinds of movements, in two
 * currencies. After each of them it is noted what is open, which statements have to come to, however they count.
 */
export async function liveThrough(world: World, customer: string, firstDay: string): Promise<Observed[]> {
  const { stripe } = world;
  const observed: Observed[] = [];
  const noon = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000;

  const draft = async (
    amount: number,
    { currency = 'usd', from }: { currency?: string; from?: string } = {},
  ) => {
    const { id } = await stripe.invoices.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: DUE_DAYS,
      auto_advance: false,
      ...(from ? { from_invoice: { invoice: from, action: 'revision' } } : { currency }),
    });
    if (!from)
      await stripe.invoiceItems.create({ customer, invoice: id, currency, amount, description: 'Work' });
    return id;
  };
  const open = async (amount: number, options = {}) => {
    const id = await draft(amount, options);
    await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
    return id;
  };
  const outside = async (invoice: string, { value, at }: { value: number; at: string }) => {
    const time = noon(at);
    const { id } = await stripe.paymentRecords.reportPayment({
      amount_requested: { value, currency: 'usd' },
      payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
      processor_details: { type: 'custom', custom: { payment_reference: 'RF18 5390' } },
      customer_details: { customer },
      initiated_at: time,
      outcome: 'guaranteed',
      guaranteed: { guaranteed_at: time },
    });
    await stripe.invoices.attachPayment(invoice, { payment_record: id });
  };
  const byCard = (invoice: string) => stripe.invoices.pay(invoice, { payment_method: 'pm_card_visa' });
  const intentOf = async (invoice: string) =>
    String((await stripe.invoicePayments.list({ invoice, status: 'paid' })).data[0]!.payment.payment_intent);

  const ids: Record<string, string> = {};
  const life: [number, (day: string) => Promise<unknown>][] = [
    [0, async () => (ids.first = await open(10_000))],
    [0, async () => (ids.yen = await open(5000, { currency: 'jpy' }))],
    [3, (at) => outside(ids.first!, { value: 3000, at })],
    [5, () => stripe.creditNotes.create({ invoice: ids.first!, amount: 2000 })],
    [8, async () => byCard((ids.card = await open(8000)))],
    [10, async () => stripe.refunds.create({ payment_intent: await intentOf(ids.card!), amount: 1500 })],
    [
      12,
      () =>
        stripe.creditNotes.create({
          invoice: ids.card!,
          amount: 4000,
          refund_amount: 2500,
          credit_amount: 1500,
        }),
    ],
    [15, async () => (ids.void = await open(6000))],
    [18, () => stripe.invoices.voidInvoice(ids.void!)],
    [20, async () => (ids.lost = await open(7000))],
    [22, () => stripe.invoices.markUncollectible(ids.lost!)],
    [25, () => stripe.invoices.pay(ids.lost!, { paid_out_of_band: true })],
    [28, async () => stripe.invoices.markUncollectible(await open(900))],
    [30, async () => (ids.revised = await open(5500))],
    [33, async () => stripe.invoices.finalizeInvoice(await draft(0, { from: ids.revised! }))],
    [35, async (at) => outside(await open(1000), { value: 1200, at })],
    [
      40,
      async () => (ids.note = (await stripe.creditNotes.create({ invoice: ids.first!, amount: 1000 })).id),
    ],
    [42, () => stripe.creditNotes.voidCreditNote(ids.note!)],
    [45, () => stripe.creditNotes.create({ invoice: ids.yen!, amount: 5000 })],
    [48, () => open(150)],
    [50, () => stripe.customers.update(customer, { balance: 0 })],
    [52, () => open(30)],
    [55, () => open(50_000)],
    [60, () => draft(99_900)],
    [65, () => subscribe()],
    [80, () => open(777, { currency: 'jpy' })],
  ];
  async function subscribe(): Promise<void> {
    const { id, latest_invoice: made } = await stripe.subscriptions.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: DUE_DAYS,
      items: [{ price: ids.price! }],
    });
    await stripe.invoices.finalizeInvoice(String(made));
    await stripe.subscriptions.cancel(id);
  }

  // Nobody has to hear of it: a statement asks Stripe.
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  const product = await stripe.products.create({ name: 'Support' });
  const recurring = { interval: 'month' } as const;
  ids.price = (
    await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 4200, recurring })
  ).id;
  for (const [day, happens] of life) {
    const date = addDays(firstDay, day);
    await world.control('stripe', 'POST', '/clock', { now: noon(date) });
    await happens(date);
    observed.push({ day: date, open: await openNow(stripe, customer) });
  }
  await world.control('stripe', 'POST', '/clock', { now: null });
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  return observed;
}

/** What is open now, and how many days it is past due on a day, counted from the invoices themselves. */
export async function openInvoices(stripe: Stripe, customer: string): Promise<Stripe.Invoice[]> {
  return stripe.invoices.list({ customer, status: 'open', limit: 100 }).autoPagingToArray({ limit: 1000 });
}

async function openNow(stripe: Stripe, customer: string): Promise<Record<string, number>> {
  const open: Record<string, number> = {};
  for (const { currency, amount_remaining: left } of await openInvoices(stripe, customer))
    open[currency] = (open[currency] ?? 0) + left;
  return open;
}
