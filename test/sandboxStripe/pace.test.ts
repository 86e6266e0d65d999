import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { rejected, startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
let stripe: Stripe;
let answer = 500;
const receiver = http.createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(answer).end());
});

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  test = await startTestStripe({
    webhookEndpoints: [{ url, secret: 'whsec_pace', enabled_events: ['product.created'] }],
    retryDelaysMs: [],
  });
  stripe = test.stripe;
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  receiver.close();
  receiver.closeAllConnections();
  expect(found).toEqual([]);
});

const day = 86_400;
const pace = (order: object) => test.control('POST', 'pace', order);

describe('the pace', () => {
  it('refuses more calls a second than it allows, and the same call succeeds later', async () => {
    await pace({ requestsPerSecond: 1 });
    const calls = [...Array(20).keys()].map((number) =>
      stripe.customers.create({ name: `No ${number}` }, { idempotencyKey: `pace ${number}` }).then(
        () => undefined,
        (error: Stripe.errors.StripeError) => ({ number, error }),
      ),
    );
    const refused = (await Promise.all(calls)).filter((one) => one !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    for (const { error } of refused)
      expect(error).toMatchObject({
        type: 'StripeRateLimitError',
        statusCode: 429,
        code: 'rate_limit',
        headers: { 'retry-after': '1', 'stripe-rate-limited-reason': 'global-rate' },
      });
    expect(await test.control('GET', 'pace')).toMatchObject({
      requestsPerSecond: 1,
      limited: refused.length,
    });
    await pace({});
    for (const { number } of refused)
      await stripe.customers.create({ name: `No ${number}` }, { idempotencyKey: `pace ${number}` });
    expect((await stripe.customers.list({ limit: 100 })).data).toHaveLength(20);
  });

  it('slows down the calls that it names', async () => {
    await pace({ latency: [{ match: { method: 'GET', path: '^/v1/balance' }, ms: 250 }, { ms: 0 }] });
    const start = Date.now();
    await stripe.balance.retrieve();
    expect(Date.now() - start).toBeGreaterThanOrEqual(240);
    await stripe.accounts.retrieveCurrent();
    expect(await test.control('GET', 'pace')).toMatchObject({ requestsPerSecond: null });
    await pace({});
    await expect(pace({ requestsPerSecond: 0 })).rejects.toThrow('400');
    await expect(pace({ latency: [{ ms: -1 }] })).rejects.toThrow('400');
  });
});

describe('the list of events', () => {
  it('tells what was not delivered, until it is', async () => {
    const undelivered = async () =>
      (await stripe.events.list({ delivery_success: false })).data.map(({ id }) => id);
    const delivered = async () =>
      (await stripe.events.list({ delivery_success: true, type: 'product.*' })).data.map(({ id }) => id);
    await stripe.products.create({ name: 'Missed' });
    const [event] = (await stripe.events.list({ type: 'product.created' })).data;
    await until(async () => {
      const { deliveries } = (await test.control('GET', 'deliveries')) as {
        deliveries: { status: string }[];
      };
      return deliveries.some(({ status }) => status === 'failed');
    });
    expect(await undelivered()).toEqual([event!.id]);
    expect(await delivered()).toEqual([]);
    answer = 200;
    await test.control('POST', `events/${event!.id}/resend`, {});
    await until(async () => (await undelivered()).length === 0);
    expect(await delivered()).toEqual([event!.id]);
  });

  it('goes back 30 days, or as far as it is told', async () => {
    await stripe.products.create({ name: 'Old' });
    const [event] = (await stripe.events.list({ type: 'product.created', limit: 1 })).data;
    await test.control('POST', 'clock', { now: event!.created + 20 * day });
    expect((await stripe.events.list({ limit: 1 })).data).toHaveLength(1);
    await test.control('POST', 'events/retention', { days: 10 });
    expect((await stripe.events.list({ limit: 1 })).data).toEqual([]);
    expect(await rejected(stripe.events.retrieve(event!.id))).toMatchObject({ statusCode: 404 });
    await test.control('POST', 'events/retention', { days: 30 });
    await test.control('POST', 'clock', { now: event!.created + 31 * day });
    expect((await stripe.events.list({ limit: 1 })).data).toEqual([]);
    await expect(test.control('POST', 'events/retention', { days: 0 })).rejects.toThrow('400');
  });
});
