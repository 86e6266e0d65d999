import type Stripe from 'stripe';
import { rejected, startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** 2027-01-31T10:00:00Z */
const START = Date.UTC(2027, 0, 31, 10) / 1000;

let test: TestStripe;
let stripe: Stripe;

beforeAll(async () => {
  test = await startTestStripe();
  stripe = test.stripe;
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

async function advanced(clock: string, to: number): Promise<Stripe.TestHelpers.TestClock> {
  const answer = await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  expect(answer).toMatchObject({
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: to } },
  });
  return until(async () => {
    const now = await stripe.testHelpers.testClocks.retrieve(clock);
    return now.status === 'ready' && now;
  });
}

async function customerOn(clock: string) {
  const customer = await stripe.customers.create({ email: 'on@clock.example', test_clock: clock });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return customer;
}

describe('a test clock', () => {
  it('freezes the time of what belongs to its customers', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START, name: 'Frozen' });
    expect(clock).toMatchObject({ frozen_time: START, name: 'Frozen', status: 'ready' });
    expect(clock.deletes_after).toBe(clock.created + 30 * DAY);
    const customer = await customerOn(clock.id);
    const invoice = await stripe.invoices.create({ customer: customer.id });
    const item = await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: invoice.id,
      amount: 900,
    });
    const sent = await stripe.invoices.finalizeInvoice(invoice.id, { expand: ['test_clock'] });
    expect([customer.created, invoice.created, item.date, sent.effective_at]).toEqual(Array(4).fill(START));
    expect(sent.test_clock).toMatchObject({ id: clock.id, object: 'test_helpers.test_clock' });
    const other = await stripe.customers.create({});
    expect(other.created).toBeLessThan(START);
  });

  it('makes an invoice late on the pages, too', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
    const customer = await customerOn(clock.id);
    const { id } = await stripe.invoices.create({
      customer: customer.id,
      ...{ collection_method: 'send_invoice', days_until_due: 3 },
    });
    await stripe.invoices.addLines(id, { lines: [{ amount: 700 }] });
    const { hosted_invoice_url: url } = await stripe.invoices.finalizeInvoice(id);
    const pages = async () => [
      /Past due|Due/.exec(await (await fetch(url!)).text())![0],
      />(Past due|Open)</.exec(await (await fetch(new URL(`/dashboard/invoices/${id}`, url!))).text())![1],
    ];
    expect(await pages()).toEqual(['Due', 'Open']);
    await advanced(clock.id, START + 4 * DAY);
    expect(await pages()).toEqual(['Past due', 'Past due']);
  });

  it('does what is due on the way when it advances, in order, and nothing for others', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
    const customer = await customerOn(clock.id);
    const mine = await stripe.invoices.create({ customer: customer.id, auto_advance: true });
    await stripe.invoices.addLines(mine.id, { lines: [{ amount: 700 }] });
    const stranger = await stripe.customers.create({ email: 'real@time.example' });
    const other = await stripe.invoices.create({ customer: stranger.id, auto_advance: true });
    const now = await advanced(clock.id, START + 2 * HOUR);
    expect(now).toMatchObject({ frozen_time: START + 2 * HOUR, status_details: {} });
    const paid = await stripe.invoices.retrieve(mine.id);
    expect(paid).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: START + HOUR + 1, paid_at: START + HOUR + 1 },
    });
    expect((await stripe.invoices.retrieve(other.id)).status).toBe('draft');
    const { data } = await stripe.events.list({ type: 'test_helpers.test_clock.*', limit: 3 });
    expect(data.map(({ type }) => type.split('.').at(-1))).toEqual(['ready', 'advancing', 'created']);
  });

  it('goes forward only, two years at most', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
    for (const frozen_time of [START, START - 5, START + 3 * 366 * DAY])
      expect(await rejected(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time }))).toMatchObject({
        statusCode: 400,
        param: 'frozen_time',
      });
  });

  it('shows its customers to those who ask for it, and takes them along when it is deleted', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
    const customer = await customerOn(clock.id);
    const listed = async (test_clock?: string) =>
      (await stripe.customers.list({ limit: 100, ...(test_clock && { test_clock }) })).data.map(
        ({ id }) => id,
      );
    expect(await listed(clock.id)).toEqual([customer.id]);
    expect(await listed()).not.toContain(customer.id);
    expect(await stripe.testHelpers.testClocks.del(clock.id)).toMatchObject({ id: clock.id, deleted: true });
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect((await rejected(stripe.testHelpers.testClocks.retrieve(clock.id))).statusCode).toBe(404);
    expect((await stripe.testHelpers.testClocks.list()).data.map(({ id }) => id)).not.toContain(clock.id);
  });

  it('takes a customer that is there already, but none twice', async () => {
    const customer = await stripe.customers.create({ email: 'late@clock.example' });
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START, customer: customer.id });
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ test_clock: clock.id });
    const again = stripe.testHelpers.testClocks.create({ frozen_time: START, customer: customer.id });
    expect(await rejected(again)).toMatchObject({ param: 'customer' });
    const unknown = stripe.customers.create({ test_clock: 'clock_none' });
    expect(await rejected(unknown)).toMatchObject({ code: 'resource_missing', param: 'test_clock' });
  });

  it('advances to its end also when the sandbox is stopped on the way', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
    const customer = await customerOn(clock.id);
    const { id } = await stripe.invoices.create({ customer: customer.id, auto_advance: true });
    await stripe.invoices.addLines(id, { lines: [{ amount: 700 }] });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START + DAY });
    await test.restart();
    stripe = test.stripe;
    await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'ready');
    expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
  });
});
