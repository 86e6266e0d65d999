import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type Stripe from 'stripe';
import { clientOf, makeDraft, rejected, startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

const SECRET = 'whsec_test_thin';
const SNAPSHOT_SECRET = 'whsec_test_snapshot';

interface Received {
  path: string;
  body: string;
  signature: string;
}

let test: TestStripe;
let stripe: Stripe;
const received: Received[] = [];
const receiver = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const signature = request.headers['stripe-signature'] as string;
    received.push({ path: request.url ?? '', body, signature });
    response.end();
  });
});

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  test = await startTestStripe({
    webhookEndpoints: [
      { url: `${url}/thin`, secret: SECRET, payload: 'thin' },
      { url: `${url}/snapshot`, secret: SNAPSHOT_SECRET, enabled_events: ['invoice.paid'] },
      { url: `${url}/chosen`, secret: SECRET, enabled_events: ['v1.invoice.paid'], payload: 'thin' },
    ],
  });
  stripe = test.stripe;
  const draft = await makeDraft(stripe, 4_200);
  const invoice = await stripe.invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 200, refund_amount: 200 });
  const told = (await stripe.events.list({ limit: 100 })).data.length;
  await until(() => at('/thin').length >= told && at('/chosen')[0] && at('/snapshot')[0]);
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  receiver.close();
  receiver.closeAllConnections();
  expect(found).toEqual([]);
});

function at(path: string): Received[] {
  return received.filter((one) => one.path === path);
}

function notification({ body, signature }: Received): Stripe.V2.Core.EventNotification {
  return stripe.parseEventNotification(body, signature, SECRET);
}

describe('an endpoint for thin events', () => {
  it('gets signed notifications from which event and object can be fetched', async () => {
    const paid = at('/thin')
      .map(notification)
      .find(({ type }) => type === 'v1.invoice.paid');
    if (paid?.type !== 'v1.invoice.paid') throw new Error('No notification of the paid invoice came.');
    expect(paid).toMatchObject({
      object: 'v2.core.event',
      livemode: false,
      related_object: { type: 'invoice', id: expect.stringMatching(/^in_/) },
      reason: { type: 'request', request: { id: expect.stringMatching(/^req_/) } },
    });
    expect(Object.keys(paid)).not.toContain('data');
    const event = await paid.fetchEvent();
    expect(event).toMatchObject({ id: paid.id, type: 'v1.invoice.paid', created: paid.created });
    const invoice = await paid.fetchRelatedObject();
    expect(invoice).toMatchObject({ object: 'invoice', id: paid.related_object.id, status: 'paid' });
    expect(await stripe.v2.core.events.retrieve(paid.id)).toMatchObject({ id: paid.id });
    const snapshot = await stripe.events.retrieve(paid.snapshot_event!);
    expect(snapshot.type).toBe('invoice.paid');
    expect(Math.floor(Date.parse(paid.created) / 1000)).toBe(snapshot.created);
  });

  it('is refused as a webhook of the other kind, and with another secret', () => {
    const [thin] = at('/thin');
    const [snapshot] = at('/snapshot');
    expect(() => stripe.parseEventNotification(thin!.body, thin!.signature, 'whsec_other')).toThrow(
      /signature/i,
    );
    expect(() => stripe.parseEventNotification(snapshot!.body, snapshot!.signature, SNAPSHOT_SECRET)).toThrow(
      /v1 Event|webhook payload/,
    );
    expect(() => stripe.webhooks.constructEvent(thin!.body, thin!.signature, SECRET)).toThrow();
  });

  it('gets the types it asked for, by their names in v2', () => {
    expect(at('/chosen').map((one) => notification(one).type)).toEqual(['v1.invoice.paid']);
    expect(at('/snapshot').map(({ body }) => (JSON.parse(body) as Stripe.Event).type)).toEqual([
      'invoice.paid',
    ]);
  });

  it('gets only types that the stripe package knows, each with the address of its object', async () => {
    const types = path.join(__dirname, '../../node_modules/stripe/esm/resources/V2/Core/Events.d.ts');
    const declared = readFileSync(types, 'utf8');
    const notifications = at('/thin').map(notification);
    expect(notifications.length).toBeGreaterThan(10);
    for (const { type } of notifications) expect(declared).toContain(`type: '${type}';`);
    for (const one of notifications) {
      if (!('related_object' in one && one.related_object && 'id' in one.related_object))
        throw new Error(`${one.type} names no object.`);
      const found = (await stripe.rawRequest('GET', one.related_object.url)) as unknown as { id: string };
      expect(found.id).toBe(one.related_object.id);
    }
  });

  it('is not among the webhook endpoints of v1', async () => {
    const { data } = await stripe.webhookEndpoints.list();
    expect(data.map(({ url }) => new URL(url).pathname)).toEqual(['/snapshot']);
    expect(data[0]).not.toHaveProperty('payload');
  });
});

describe('an event of v2', () => {
  it('is missing when unknown or older than 30 days, and wants a key', async () => {
    expect(await rejected(stripe.v2.core.events.retrieve('evt_test_none'))).toMatchObject({
      statusCode: 404,
      code: 'not_found',
    });
    const { id } = notification(at('/thin')[0]!);
    expect(await rejected(clientOf(test.server, 'sk_test_wrong').v2.core.events.retrieve(id))).toMatchObject({
      statusCode: 401,
    });
    await test.control('POST', 'clock', { now: Math.floor(Date.now() / 1000) + 31 * 86_400 });
    expect(await rejected(stripe.v2.core.events.retrieve(id))).toMatchObject({ statusCode: 404 });
    await test.control('POST', 'clock', { now: null });
  });
});
