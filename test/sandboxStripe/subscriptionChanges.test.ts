import type Stripe from 'stripe';
import { DAY, HOUR, START, Subscriber, periodsAfter } from './subscriber.ts';
import { eventsOf, rejected } from './testStripe.ts';

let subscriber: Subscriber;
let stripe: Stripe;
let monthly: string;

beforeAll(async () => {
  subscriber = await Subscriber.start();
  ({ stripe, monthly } = subscriber);
});
beforeEach(() => subscriber.newClock());
afterAll(async () => expect(await subscriber.stop()).toEqual([]));

describe('a subscription whose invoices are sent', () => {
  it('is active at once, mails each invoice an hour after it is made, and is past due when one is not paid', async () => {
    const customer = await subscriber.payer();
    const sub = await stripe.subscriptions.create({
      customer,
      items: [{ price: monthly }],
      collection_method: 'send_invoice',
      days_until_due: 5,
    });
    expect(sub.status).toBe('active');
    const [draft] = await subscriber.invoicesOf(sub.id);
    expect(draft).toMatchObject({ status: 'draft', auto_advance: true, due_date: START + 5 * DAY });
    await subscriber.advance(START + 2 * HOUR);
    const { mails } = (await subscriber.test.control('GET', 'mails')) as { mails: { invoice: string }[] };
    expect(mails.map(({ invoice }) => invoice)).toContain(draft!.id);
    await subscriber.advance(START + 6 * DAY);
    expect((await stripe.subscriptions.retrieve(sub.id)).status).toBe('past_due');
    await stripe.invoices.pay(draft!.id, { paid_out_of_band: true });
    expect((await stripe.subscriptions.retrieve(sub.id)).status).toBe('active');
    const finalized = await stripe.invoices.retrieve(draft!.id);
    const revision = stripe.invoices.create({ from_invoice: { action: 'revision', invoice: finalized.id } });
    expect(await rejected(revision)).toMatchObject({ statusCode: 400 });
  });

  it('needs to know when they are due', async () => {
    const customer = await subscriber.payer();
    const create = stripe.subscriptions.create({
      customer,
      items: [{ price: monthly }],
      collection_method: 'send_invoice',
    });
    expect(await rejected(create)).toMatchObject({ param: 'days_until_due' });
  });
});

describe('a change of a subscription', () => {
  it('of the quantity is prorated to the second and billed with the next invoice', async () => {
    const customer = await subscriber.payer();
    const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    // Half of the 28 days.
    await subscriber.advance(START + 14 * DAY);
    const item = sub.items.data[0]!.id;
    await stripe.subscriptions.update(sub.id, { items: [{ id: item, quantity: 3 }] });
    const { data } = await stripe.invoiceItems.list({ customer, pending: true });
    expect(
      data.map(({ amount, proration, parent }) => [amount, proration, parent?.subscription_details]),
    ).toEqual([
      [2999, true, { subscription: sub.id, subscription_item: item }],
      [-1000, true, { subscription: sub.id, subscription_item: item }],
    ]);
    await subscriber.advance(periodsAfter(1) + 2 * HOUR);
    expect((await subscriber.invoicesOf(sub.id)).at(-1)).toMatchObject({
      total: 3 * 1999 + 1999,
      status: 'paid',
    });
  });

  it('is billed at once, or not at all, when that is asked for', async () => {
    const customer = await subscriber.payer();
    const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await subscriber.advance(START + 14 * DAY);
    const item = sub.items.data[0]!.id;
    await stripe.subscriptionItems.update(item, { quantity: 2, proration_behavior: 'always_invoice' });
    const after = (await subscriber.invoicesOf(sub.id)).at(-1)!;
    expect(after).toMatchObject({ status: 'paid', total: 999, billing_reason: 'subscription_update' });
    await stripe.subscriptionItems.update(item, { quantity: 7, proration_behavior: 'none' });
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([]);
    const added = await stripe.subscriptionItems.create({
      subscription: sub.id,
      price: monthly,
      proration_behavior: 'none',
    });
    expect((await stripe.subscriptionItems.list({ subscription: sub.id })).data).toHaveLength(2);
    await stripe.subscriptionItems.del(added.id, { proration_behavior: 'none' });
    expect(await rejected(stripe.subscriptionItems.del(item))).toMatchObject({ statusCode: 400 });
  });

  it('cancels at the end of the period, at once, or with its customer', async () => {
    const customer = await subscriber.payer();
    const [later, now, deleted] = await Promise.all(
      [1, 2, 3].map(() => stripe.subscriptions.create({ customer, items: [{ price: monthly }] })),
    );
    expect(await stripe.subscriptions.update(later!.id, { cancel_at_period_end: true })).toMatchObject({
      status: 'active',
      cancel_at: periodsAfter(1),
      cancellation_details: { reason: 'cancellation_requested' },
    });
    const { result, types } = await eventsOf(stripe, () => stripe.subscriptions.cancel(now!.id));
    expect(result).toMatchObject({ status: 'canceled', ended_at: START });
    expect(types).toEqual(['customer.subscription.deleted']);
    expect(await rejected(stripe.subscriptions.cancel(now!.id))).toMatchObject({ statusCode: 404 });
    await subscriber.advance(periodsAfter(1) + 2 * HOUR);
    expect(await stripe.subscriptions.retrieve(later!.id)).toMatchObject({
      status: 'canceled',
      ended_at: periodsAfter(1),
    });
    expect(await subscriber.invoicesOf(later!.id)).toHaveLength(1);
    await stripe.customers.del(customer);
    expect((await stripe.subscriptions.retrieve(deleted!.id)).status).toBe('canceled');
  });
});

it('refuses what cannot be subscribed to, in words', async () => {
  const customer = await subscriber.payer();
  const product = await stripe.products.create({ name: 'Once' });
  const once = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 5 });
  const yearly = {
    currency: 'usd',
    product: product.id,
    recurring: { interval: 'year' as const },
    unit_amount: 100,
  };
  for (const items of [
    [{ price: once.id }],
    [{ price: monthly }, { price_data: yearly }],
    [{ price: 'price_0' }],
  ])
    expect(await rejected(stripe.subscriptions.create({ customer, items }))).toMatchObject({
      statusCode: 400,
    });
  const trial = stripe.subscriptions.create({ customer, items: [{ price: monthly }], trial_period_days: 3 });
  expect(await rejected(trial)).toMatchObject({ code: 'sandbox_unsupported' });
  expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
});
