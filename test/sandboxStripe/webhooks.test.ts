import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { openContract } from '../../sandbox/stripe/contract/openContract.ts';
import { makeDraft, rejected, startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

const SECRET = 'whsec_test_receiver';

/** A receiver that verifies as the middleware does, and answers as it is told. */
class Receiver {
  events: Stripe.Event[] = [];
  answers: number[] = [];
  #server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const header = request.headers['stripe-signature'] as string;
      this.events.push(this.stripe().webhooks.constructEvent(body, header, this.secret));
      response.writeHead(this.answers.shift() ?? 200).end();
    });
  });
  stripe: () => Stripe;
  secret: string;

  constructor(stripe: () => Stripe, secret = SECRET) {
    this.stripe = stripe;
    this.secret = secret;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/webhooks/stripe`;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

let test: TestStripe;
let receiver: Receiver;
let url: string;
const stripe = (): Stripe => test.stripe;

beforeEach(async () => {
  receiver = new Receiver(() => test.stripe);
  url = await receiver.listen();
  test = await startTestStripe({ webhookEndpoints: [{ url, secret: SECRET }] });
});
afterEach(async () => {
  const contract = await openContract();
  const found = [
    ...(await violations(test.exchanges)),
    ...receiver.events.flatMap((event) => contract.checkEvent(event)),
  ];
  await test.stop();
  receiver.close();
  expect(found).toEqual([]);
});

interface Delivered {
  event: string;
  eventType: string;
  attempt: number;
  status: string;
  httpStatus: number | null;
  error: string | null;
}

async function deliveries(): Promise<Delivered[]> {
  return ((await test.control('GET', 'deliveries')) as { deliveries: Delivered[] }).deliveries;
}

describe('deliveries', () => {
  it('reach the endpoint signed, with the event as the API has it', async () => {
    const customer = await stripe().customers.create({ name: 'Hook' });
    await until(() => receiver.events.length === 1);
    const [event] = receiver.events;
    expect(event).toMatchObject({
      type: 'customer.created',
      data: { object: { id: customer.id, name: 'Hook' } },
      pending_webhooks: 1,
    });
    await until(async () => (await stripe().events.retrieve(event!.id)).pending_webhooks === 0);
    expect((await stripe().events.list({ delivery_success: true })).data.map(({ id }) => id)).toEqual([
      event!.id,
    ]);
  });

  it('are only verified with the right secret', async () => {
    await stripe().customers.create({ name: 'Signed' });
    await until(() => receiver.events.length === 1);
    const payload = JSON.stringify({ id: 'evt_1' });
    const header = stripe().webhooks.generateTestHeaderString({ payload, secret: 'whsec_other' });
    expect(() => stripe().webhooks.constructEvent(payload, header, SECRET)).toThrow();
  });

  it('are tried again after a failure, until they are taken', async () => {
    receiver.answers = [500, 404];
    await stripe().customers.create({ name: 'Retry' });
    await until(() => receiver.events.length === 3);
    await until(async () => (await deliveries()).at(-1)?.status === 'succeeded');
    expect(
      (await deliveries()).map(({ attempt, status, httpStatus }) => ({ attempt, status, httpStatus })),
    ).toEqual([
      { attempt: 1, status: 'failed', httpStatus: 500 },
      { attempt: 2, status: 'failed', httpStatus: 404 },
      { attempt: 3, status: 'succeeded', httpStatus: 200 },
    ]);
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(1);
  });

  it('are given up after the last retry, and the event stays undelivered', async () => {
    receiver.answers = [500, 500, 500, 500];
    await stripe().customers.create({ name: 'Given up' });
    await until(async () => (await deliveries()).filter(({ status }) => status === 'failed').length === 4);
    const undelivered = await stripe().events.list({ delivery_success: false });
    expect(undelivered.data).toMatchObject([{ type: 'customer.created', pending_webhooks: 1 }]);
    await test.control('POST', `events/${undelivered.data[0]!.id}/resend`);
    await until(() => receiver.events.length === 5);
    await until(async () => (await stripe().events.list({ delivery_success: false })).data.length === 0);
  });

  it('survive a restart of Stripe', async () => {
    await test.stop();
    // As many retries as it takes until the restart.
    const retryDelaysMs = Array.from({ length: 2000 }, () => 20);
    test = await startTestStripe({ webhookEndpoints: [{ url, secret: SECRET }], retryDelaysMs });
    receiver.answers = Array.from({ length: 2000 }, () => 503);
    await test.control('POST', 'deliveries/mode', { mode: 'hold' });
    await stripe().customers.create({ name: 'Held' });
    await test.control('POST', 'deliveries/mode', { mode: 'normal' });
    await stripe().customers.create({ name: 'Pending' });
    await until(() => receiver.events.length > 0);
    await test.restart();
    receiver.answers = [];
    await until(async () => (await deliveries()).some(({ status }) => status === 'succeeded'));
    expect((await deliveries()).filter(({ status }) => status === 'held')).toHaveLength(1);
    await test.control('POST', 'deliveries/release');
    await until(async () => (await stripe().events.list({ delivery_success: false })).data.length === 0);
  });

  it('go to every endpoint that wants the type, and to none that is off', async () => {
    const second = new Receiver(() => test.stripe);
    const endpoint = await stripe().webhookEndpoints.create({
      url: await second.listen(),
      enabled_events: ['product.created'],
    });
    second.secret = endpoint.secret!;
    expect(endpoint.secret).toMatch(/^whsec_/);
    expect(await stripe().webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty('secret');
    await stripe().customers.create({ name: 'One' });
    await stripe().products.create({ name: 'Two' });
    await until(() => second.events.length === 1 && receiver.events.length === 2);
    expect(second.types()).toEqual(['product.created']);
    await stripe().webhookEndpoints.update(endpoint.id, { disabled: true });
    await stripe().products.create({ name: 'Three' });
    await until(() => receiver.events.length === 3);
    await stripe().webhookEndpoints.del(endpoint.id);
    expect((await stripe().webhookEndpoints.list()).data).toHaveLength(1);
    expect(second.events).toHaveLength(1);
    second.close();
  });

  it('have endpoints with an address of a known scheme', async () => {
    expect(
      await rejected(stripe().webhookEndpoints.create({ url: 'example.com', enabled_events: ['*'] })),
    ).toMatchObject({ code: 'url_invalid', param: 'url' });
  });
});

describe('the knobs of deliveries', () => {
  it('hold, then release in a given order, one after another', async () => {
    await test.control('POST', 'deliveries/mode', { mode: 'hold' });
    const draft = await makeDraft(stripe());
    await stripe().invoices.sendInvoice(draft.id);
    const events = (await stripe().events.list({ limit: 100 })).data;
    expect(receiver.events).toEqual([]);
    const order = events.map(({ id }) => id).sort();
    const chosen = order.slice(0, 3);
    expect(await test.control('POST', 'deliveries/release', { order: chosen })).toEqual({ released: 3 });
    expect(receiver.events.map(({ id }) => id)).toEqual(chosen);
    expect(await test.control('POST', 'deliveries/release')).toEqual({ released: order.length - 3 });
    expect(receiver.events.map(({ id }) => id).sort()).toEqual(order);
  });

  it('drop, so that only the API knows of an event', async () => {
    await test.control('POST', 'deliveries/mode', { mode: 'drop' });
    await stripe().customers.create({ name: 'Lost' });
    expect(await deliveries()).toMatchObject([{ status: 'dropped' }]);
    expect((await stripe().events.list({ delivery_success: false })).data).toHaveLength(1);
    await test.control('POST', 'deliveries/mode', { mode: 'normal' });
    await stripe().customers.create({ name: 'Found' });
    await until(() => receiver.events.length === 1);
    expect((receiver.events[0]!.data.object as Stripe.Customer).name).toBe('Found');
  });

  it('send duplicates, shuffled', async () => {
    await test.control('POST', 'deliveries/mode', { duplicates: 19, shuffle: true });
    await stripe().customers.create({ name: 'Twenty times' });
    await until(() => receiver.events.length === 20);
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(1);
  });

  it('refuse what they do not know', async () => {
    await expect(test.control('POST', 'deliveries/mode', { mode: 'sideways' })).rejects.toThrow(
      /normal, hold, drop/,
    );
    await expect(test.control('POST', 'clock', { now: 'tomorrow' })).rejects.toThrow(/unix seconds/);
    await expect(test.control('POST', 'faults', { kind: 'explode' })).rejects.toThrow(/resetBefore/);
    await expect(test.control('POST', 'events/evt_none/resend')).rejects.toThrow(/no event/);
  });
});
