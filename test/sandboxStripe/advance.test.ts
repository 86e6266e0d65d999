import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { eventsOf, makeDraft, rejected, startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

let test: TestStripe;
let stripe: Stripe;

beforeAll(async () => {
  test = await startTestStripe();
  stripe = test.stripe;
});
afterEach(async () => {
  await test.control('POST', 'clock', { now: null });
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

/** Moves the clock; what is due until then has happened when it resolves. */
async function pass(seconds: number): Promise<void> {
  await test.control('POST', 'clock', { now: (await clockNow()) + seconds });
}

async function clockNow(): Promise<number> {
  const { created } = await stripe.customers.create({});
  return created;
}

async function payer(card: string, settings: Partial<Stripe.CustomerCreateParams> = {}) {
  const customer = await stripe.customers.create({ email: 'pay@er.example', name: 'Payer', ...settings });
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: card, exp_month: 12, exp_year: 2060, cvc: '123' },
  });
  await stripe.paymentMethods.attach(method.id, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return customer;
}

const GOOD = '4242424242424242';
/** Can be attached, and is declined when it is charged. */
const FAILING = '4000000000000341';

async function autoDraft(customer: string, values: Partial<Stripe.InvoiceCreateParams> = {}) {
  const draft = await stripe.invoices.create({ customer, auto_advance: true, currency: 'usd', ...values });
  return stripe.invoices.addLines(draft.id, { lines: [{ amount: 5_000, description: 'Work' }] });
}

describe('automatic advancement', () => {
  it('finalizes and charges a draft about an hour after its creation, and not before', async () => {
    const { id: customer } = await payer(GOOD);
    const draft = await autoDraft(customer);
    expect(draft.automatically_finalizes_at).toBe(draft.created + HOUR + 1);
    await pass(HOUR - 60);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
    const { types } = await eventsOf(stripe, () => pass(120));
    expect(types.filter((type) => !type.startsWith('customer.'))).toEqual([
      'invoice.finalized',
      'payment_intent.created',
      'invoice.updated',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      status: 'paid',
      attempt_count: 1,
      auto_advance: false,
      next_payment_attempt: null,
      automatically_finalizes_at: null,
      status_transitions: { finalized_at: draft.created + HOUR + 1 },
    });
  });

  it('mails an invoice that is to be sent, and charges nothing', async () => {
    const draft = await makeDraft(stripe);
    await stripe.invoices.update(draft.id, { auto_advance: true });
    const { types } = await eventsOf(stripe, () => pass(HOUR + 10));
    expect(types.filter((type) => !type.startsWith('customer.'))).toEqual([
      'invoice.finalized',
      'payment_intent.created',
      'invoice.updated',
      'invoice.sent',
    ]);
    const { mails } = (await test.control('GET', 'mails')) as { mails: { invoice: string }[] };
    expect(mails.filter(({ invoice }) => invoice === draft.id)).toHaveLength(1);
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'open', attempt_count: 0 });
  });

  it('leaves what is not to advance, also when it is turned off in time', async () => {
    const still = await makeDraft(stripe);
    const stopped = await autoDraft((await payer(GOOD)).id);
    await stripe.invoices.update(stopped.id, { auto_advance: false });
    await pass(100 * HOUR);
    for (const { id } of [still, stopped])
      expect(await stripe.invoices.retrieve(id)).toMatchObject({
        status: 'draft',
        automatically_finalizes_at: null,
      });
  });

  it('finalizes at the time that was chosen', async () => {
    const { id: customer } = await payer(GOOD);
    const at = (await clockNow()) + 20 * DAY;
    const draft = await autoDraft(customer, { automatically_finalizes_at: at });
    expect(draft).toMatchObject({ automatically_finalizes_at: at, next_payment_attempt: at });
    await pass(19 * DAY);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
    await pass(2 * DAY);
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: at, paid_at: at },
    });
  });

  it('takes no chosen time that is past, too far, or without auto_advance', async () => {
    const { id: customer } = await payer(GOOD);
    const now = await clockNow();
    for (const values of [
      { auto_advance: true, automatically_finalizes_at: now - 5 },
      { auto_advance: true, automatically_finalizes_at: now + 6 * 366 * DAY },
      { auto_advance: false, automatically_finalizes_at: now + DAY },
    ])
      expect(await rejected(stripe.invoices.create({ customer, ...values }))).toMatchObject({
        param: 'automatically_finalizes_at',
      });
  });

  it('says why a draft cannot be finalized, and leaves it', async () => {
    const { id: customer } = await payer(GOOD);
    const draft = await stripe.invoices.create({ customer, auto_advance: true });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 100_000_000 }] });
    const { types } = await eventsOf(stripe, () => pass(HOUR + 10));
    expect(types.filter((type) => type === 'invoice.finalization_failed')).toHaveLength(1);
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      status: 'draft',
      automatically_finalizes_at: null,
      last_finalization_error: { code: 'amount_too_large' },
    });
  });
});

describe('failed automatic charges', () => {
  async function failing() {
    const customer = await payer(FAILING);
    const draft = await autoDraft(customer.id);
    await pass(HOUR + 10);
    return { customer, id: draft.id };
  }

  it('are tried again after 3, 5 and 7 days, counted, and left open', async () => {
    const { id } = await failing();
    const first = await stripe.invoices.retrieve(id);
    expect(first).toMatchObject({ status: 'open', attempted: true, attempt_count: 1 });
    expect(first.next_payment_attempt).toBe(first.status_transitions.finalized_at! + 3 * DAY);
    // A manual attempt does not touch the schedule.
    await rejected(stripe.invoices.pay(id));
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: first.next_payment_attempt,
    });
    const counts: number[] = [];
    for (const days of [3, 5, 7]) {
      const { types } = await eventsOf(stripe, () => pass(days * DAY));
      expect(types.filter((type) => type === 'invoice.payment_failed')).toHaveLength(1);
      counts.push((await stripe.invoices.retrieve(id)).attempt_count);
    }
    expect(counts).toEqual([2, 3, 4]);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'open', next_payment_attempt: null });
    const { types } = await eventsOf(stripe, () => pass(30 * DAY));
    expect(types.filter((type) => type.startsWith('invoice'))).toEqual([]);
  });

  it('end uncollectible when the merchant has set it so', async () => {
    await test.control('POST', 'billing', { retryDays: [1], invoicesAfterRetries: 'uncollectible' });
    const { id } = await failing();
    await pass(2 * DAY);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'uncollectible',
      auto_advance: false,
      status_details: { uncollectible: { reason: 'max_payment_attempts' } },
    });
    await test.control('POST', 'billing', { retryDays: [3, 5, 7], invoicesAfterRetries: 'leave' });
  });

  it('succeed at the next try with another card', async () => {
    const { id, customer } = await failing();
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
    await pass(3 * DAY);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', attempt_count: 2 });
  });

  it('stop when automatic collection is turned off', async () => {
    const { id } = await failing();
    await stripe.invoices.update(id, { auto_advance: false });
    await pass(30 * DAY);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: null,
    });
  });

  it('tell of a customer without a card once', async () => {
    const { id: customer } = await stripe.customers.create({ email: 'no@card.example' });
    const draft = await autoDraft(customer);
    const { types } = await eventsOf(stripe, () => pass(20 * DAY));
    expect(types.filter((type) => type === 'invoice.payment_failed')).toHaveLength(1);
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'open', attempted: true });
  });
});

describe('reminders by automations', () => {
  it('come the set days before and after the due date, once each, and none without automations', async () => {
    await stripe.invoices.sendInvoice((await makeDraft(stripe)).id);
    const reminders = async () =>
      (await stripe.events.list({ types: ['invoice.will_be_due', 'invoice.overdue'], limit: 100 })).data
        .map(({ type, data }) => `${type} ${(data.object as Stripe.Invoice).id}`)
        .reverse();
    await pass(60 * DAY);
    expect(await reminders()).toEqual([]);
    await test.control('POST', 'clock', { now: null });
    await test.control('POST', 'billing', { willBeDueDays: [7], overdueDays: [0, 3] });
    const { id } = await makeDraft(stripe);
    await stripe.invoices.sendInvoice(id);
    const told: string[][] = [];
    // Events are kept for 30 days.
    for (const days of [22, 2, 7, 3, 15]) {
      await pass(days * DAY);
      told.push((await reminders()).filter((one) => one.endsWith(id)).map((one) => one.split(' ')[0]!));
    }
    const [before, late] = ['invoice.will_be_due', 'invoice.overdue'];
    expect(told).toEqual([[], [before], [before, late], [before, late, late], [before, late, late]]);
    await test.control('POST', 'billing', { willBeDueDays: [], overdueDays: [] });
  });

  it('refuses settings that make no sense', async () => {
    for (const wrong of [{ retryDays: 3 }, { overdueDays: [-1] }, { invoicesAfterRetries: 'burn' }, { x: 1 }])
      await expect(test.control('POST', 'billing', wrong)).rejects.toThrow(/400/);
  });
});

describe('webhook endpoints of invoice.created', () => {
  let status = 500;
  const receiver = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(status).end());
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    await stripe.webhookEndpoints.create({ url, enabled_events: ['invoice.created'] });
  });
  afterAll(() => void receiver.close().closeAllConnections());

  it('hold the finalization back until they answered, and an hour more', async () => {
    status = 200;
    const draft = await autoDraft((await payer(GOOD)).id);
    const invoice = await until(async () => {
      const now = await stripe.invoices.retrieve(draft.id);
      return now.webhooks_delivered_at !== null && now;
    });
    expect(invoice.webhooks_delivered_at! - invoice.created).toBeLessThan(15);
    await pass(HOUR + 20);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('paid');
  });

  it('hold it back for 72 hours at most', async () => {
    status = 500;
    const draft = await autoDraft((await payer(GOOD)).id);
    expect(draft.webhooks_delivered_at).toBeNull();
    await pass(71 * HOUR);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
    await pass(2 * HOUR);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('paid');
  });
});

it('what was due while the sandbox was stopped happens after its restart', async () => {
  const { id: customer } = await payer(GOOD);
  const chosen = (await clockNow()) + 2;
  const draft = await autoDraft(customer, { automatically_finalizes_at: chosen });
  await test.restart();
  stripe = test.stripe;
  const paid = await until(async () => {
    const now = await stripe.invoices.retrieve(draft.id);
    return now.status === 'paid' && now;
  });
  expect(paid.status_transitions.finalized_at).toBe(chosen);
});
