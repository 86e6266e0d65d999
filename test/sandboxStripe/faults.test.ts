import Stripe from 'stripe';
import { KEY, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
const stripe = (): Stripe => test.stripe;

beforeEach(async () => {
  test = await startTestStripe();
});
afterEach(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

async function names(): Promise<(string | null | undefined)[]> {
  return (await stripe().customers.list({ limit: 100 })).data.map(({ name }) => name);
}

describe('faults', () => {
  it('answer a status instead of doing anything, as often as asked', async () => {
    await test.control('POST', 'faults', {
      match: { method: 'POST', path: '/customers' },
      kind: 'status',
      status: 429,
      times: 1,
    });
    expect(await rejected(stripe().customers.create({ name: 'Limited' }))).toMatchObject({
      type: 'StripeRateLimitError',
      statusCode: 429,
      code: 'rate_limit',
    });
    expect(await names()).toEqual([]);
    await stripe().customers.create({ name: 'Now' });
    expect(await names()).toEqual(['Now']);
    expect(await test.control('GET', 'faults')).toEqual([]);
  });

  it('answer a body and headers of their own', async () => {
    await test.control('POST', 'faults', {
      kind: 'status',
      status: 503,
      body: { error: { type: 'api_error', message: 'Down' } },
      headers: { 'Retry-After': '7' },
    });
    const error = await rejected(stripe().balance.retrieve());
    expect(error).toMatchObject({ statusCode: 503, message: 'Down' });
    expect(error.headers?.['retry-after']).toBe('7');
    await test.control('DELETE', 'faults');
    await stripe().balance.retrieve();
  });

  it('cut the connection before anything happens', async () => {
    // A reset connection is tried once more by the client, so both attempts are struck.
    await test.control('POST', 'faults', { kind: 'resetBefore', times: 2 });
    expect(await rejected(stripe().customers.create({ name: 'Never' }))).toMatchObject({
      type: 'StripeConnectionError',
    });
    expect(await names()).toEqual([]);
  });

  it('cut the connection after the effect is kept, and the client’s own retry finds it by its key', async () => {
    await test.control('POST', 'faults', { match: { method: 'POST' }, kind: 'resetAfter', times: 1 });
    const customer = await stripe().customers.create({ name: 'Once' }, { idempotencyKey: 'lost-answer' });
    expect(customer.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await names()).toEqual(['Once']);
  });

  it('keep the effect of a request whose sender was never told', async () => {
    await test.control('POST', 'faults', { match: { method: 'POST' }, kind: 'resetAfter', times: 1 });
    const answer = fetch(`${test.server.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'name=Untold',
    });
    await expect(answer).rejects.toThrow('fetch failed');
    expect(await names()).toEqual(['Untold']);
  });

  it('are ridden out by a client that retries', async () => {
    await test.control('POST', 'faults', { kind: 'status', status: 500, times: 2 });
    const patient = new Stripe(KEY, {
      host: '127.0.0.1',
      port: test.server.port,
      protocol: 'http',
      maxNetworkRetries: 2,
    });
    await patient.customers.create({ name: 'Patient' });
    expect(await names()).toEqual(['Patient']);
  });
});

describe('the call counter', () => {
  it('counts by method and address until it is reset', async () => {
    const draft = await makeDraft(stripe());
    await stripe().invoices.retrieve(draft.id);
    await stripe().invoices.retrieve(draft.id);
    expect(await test.control('GET', 'calls')).toEqual({
      total: 5,
      byPath: {
        'POST /v1/customers': 1,
        'POST /v1/invoices': 1,
        'POST /v1/invoices/:invoice/add_lines': 1,
        'GET /v1/invoices/:invoice': 2,
      },
    });
    await test.control('DELETE', 'calls');
    expect(await test.control('GET', 'calls')).toEqual({ total: 0, byPath: {} });
  });
});

describe('a restart', () => {
  it('keeps everything, and hosted addresses follow the new port', async () => {
    const draft = await makeDraft(stripe());
    const sent = await stripe().invoices.sendInvoice(draft.id);
    await stripe().invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
    const before = await stripe().invoices.retrieve(draft.id);
    const events = (await stripe().events.list({ limit: 100 })).data.map(({ id }) => id);
    await test.restart();
    const after = await stripe().invoices.retrieve(draft.id);
    const token = (url: string | null | undefined) => url?.split('/').at(-1);
    expect(token(after.hosted_invoice_url)).toBe(token(sent.hosted_invoice_url));
    expect(after.hosted_invoice_url).toMatch(new RegExp(`^${test.server.url}/i/`));
    expect({ ...after, hosted_invoice_url: '', invoice_pdf: '' }).toEqual({
      ...before,
      hosted_invoice_url: '',
      invoice_pdf: '',
    });
    expect((await stripe().events.list({ limit: 100 })).data.map(({ id }) => id)).toEqual(events);
    expect(test.server.pages.mails()).toHaveLength(1);
    const next = await stripe().invoices.create({ customer: draft.customer as string });
    await stripe().invoices.addLines(next.id, { lines: [{ amount: 100 }] });
    expect((await stripe().invoices.finalizeInvoice(next.id)).number).toMatch(/-0002$/);
  });
});
