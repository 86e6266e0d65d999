import type Stripe from 'stripe';
import { DAY, HOUR, START, Subscriber, periodsAfter } from './subscriber.ts';
import { eventsOf, rejected } from './testStripe.ts';

const FAILING = '4000000000000341';

let subscriber: Subscriber;
let stripe: Stripe;
let monthly: string;

beforeAll(async () => {
  subscriber = await Subscriber.start();
  ({ stripe, monthly } = subscriber);
});
beforeEach(() => subscriber.newClock());
afterAll(async () => expect(await subscriber.stop()).toEqual([]));

describe('a subscription that is charged', () => {
  it('pays its first invoice at once and becomes active', async () => {
    const customer = await subscriber.payer();
    const { result, types } = await eventsOf(stripe, () =>
      stripe.subscriptions.create({
        customer,
        items: [{ price: monthly, quantity: 2 }],
        metadata: { plan: 'two' },
        expand: ['latest_invoice'],
      }),
    );
    expect(types).toEqual([
      'customer.subscription.created',
      'customer.updated',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'invoice.updated',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'customer.subscription.updated',
      'invoice.payment_succeeded',
    ]);
    expect(result).toMatchObject({ status: 'active', start_date: START, currency: 'usd' });
    expect(result.items.data[0]).toMatchObject({
      quantity: 2,
      price: { id: monthly },
      plan: { id: monthly, amount: 1999 },
      current_period_start: START,
      // 28 February
      current_period_end: Date.UTC(2027, 1, 28, 10) / 1000,
    });
    const invoice = result.latest_invoice as Stripe.Invoice;
    expect(invoice).toMatchObject({
      status: 'paid',
      total: 3998,
      billing_reason: 'subscription_create',
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: result.id, metadata: { plan: 'two' } },
      },
    });
    expect(invoice.lines.data[0]).toMatchObject({
      amount: 3998,
      description: '2 × Hosting (at $19.99 / month)',
      subscription: result.id,
      period: { start: START, end: periodsAfter(1) },
      parent: {
        type: 'subscription_item_details',
        subscription_item_details: {
          subscription: result.id,
          subscription_item: result.items.data[0]!.id,
          proration: false,
        },
      },
    });
  });

  it('makes an invoice each month, on the anchor day, drafts for an hour, then charged; pending items join', async () => {
    const customer = await subscriber.payer();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd', description: 'Extra' });
    await subscriber.advance(periodsAfter(1) + 60);
    const draft = (await subscriber.invoicesOf(id)).at(-1)!;
    expect(draft).toMatchObject({
      status: 'draft',
      auto_advance: true,
      billing_reason: 'subscription_cycle',
      created: periodsAfter(1),
      period_start: START,
      period_end: periodsAfter(1),
      total: 2499,
    });
    expect(await rejected(stripe.invoices.del(draft.id))).toMatchObject({ statusCode: 400 });
    const line = draft.lines.data.find(({ parent }) => parent?.type === 'subscription_item_details')!;
    const edit = stripe.invoices.updateLines(draft.id, { lines: [{ id: line.id, quantity: 5 }] });
    expect(await rejected(edit)).toMatchObject({ statusCode: 400 });
    await subscriber.advance(periodsAfter(2) + 2 * HOUR);
    await subscriber.advance(periodsAfter(3) + 2 * HOUR);
    expect(
      (await subscriber.invoicesOf(id)).map(({ created, status, total }) => [created, status, total]),
    ).toEqual([
      [START, 'paid', 1999],
      [periodsAfter(1), 'paid', 2499],
      [periodsAfter(2), 'paid', 1999],
      [periodsAfter(3), 'paid', 1999],
    ]);
    // 31 March has the anchor's day again.
    expect(periodsAfter(2)).toBe(Date.UTC(2027, 2, 31, 10) / 1000);
  });

  it('is told of seven days before it renews, without an id', async () => {
    const customer = await subscriber.payer();
    await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await subscriber.advance(periodsAfter(1) - 8 * DAY);
    const upcoming = async () =>
      (await stripe.events.list({ type: 'invoice.upcoming', limit: 100 })).data
        .map(({ data }) => data.object as Stripe.Invoice)
        .filter((one) => one.customer === customer);
    expect(await upcoming()).toEqual([]);
    await subscriber.advance(periodsAfter(1) - DAY);
    const [invoice, ...more] = await upcoming();
    expect(more).toEqual([]);
    expect(invoice).toMatchObject({ total: 1999, billing_reason: 'upcoming', status: 'draft' });
    expect(invoice).not.toHaveProperty('id');
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1);
  });

  it('becomes past due when a charge fails, and active again when it is paid', async () => {
    const customer = await subscriber.payer();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await subscriber.useCard(customer, FAILING);
    await subscriber.advance(periodsAfter(1) + 2 * HOUR);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' });
    const late = (await subscriber.invoicesOf(id)).at(-1)!;
    expect(late).toMatchObject({ status: 'open', attempt_count: 1 });
    await stripe.invoices.pay(late.id, { payment_method: 'pm_card_visa' });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });

  it.each([
    ['cancel', 'canceled', 'payment_failed'],
    ['unpaid', 'unpaid', null],
    ['past_due', 'past_due', null],
  ])('ends after the retries as the merchant has set: %s', async (setting, status, reason) => {
    await subscriber.test.control('POST', 'billing', { subscriptionsAfterRetries: setting });
    const customer = await subscriber.payer();
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await subscriber.useCard(customer, FAILING);
    await subscriber.advance(periodsAfter(1) + 20 * DAY);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status,
      cancellation_details: { reason },
    });
    expect((await subscriber.invoicesOf(id)).at(-1)).toMatchObject({ status: 'open', attempt_count: 4 });
    await subscriber.test.control('POST', 'billing', { subscriptionsAfterRetries: 'cancel' });
  });

  it('is incomplete when the first charge fails, and expires after 23 hours', async () => {
    const customer = await subscriber.payer(FAILING);
    const paid = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    const left = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    expect(paid.status).toBe('incomplete');
    await stripe.invoices.pay(paid.latest_invoice as string, { payment_method: 'pm_card_visa' });
    expect((await stripe.subscriptions.retrieve(paid.id)).status).toBe('active');
    await subscriber.advance(START + DAY);
    expect((await stripe.subscriptions.retrieve(left.id)).status).toBe('incomplete_expired');
    expect((await stripe.invoices.retrieve(left.latest_invoice as string)).status).toBe('void');
    const refusal = stripe.subscriptions.create({
      customer,
      items: [{ price: monthly }],
      payment_behavior: 'error_if_incomplete',
    });
    expect(await rejected(refusal)).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toHaveLength(2);
  });
});
