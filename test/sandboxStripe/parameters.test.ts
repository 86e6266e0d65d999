import { once } from 'node:events';
import http from 'node:http';
import type Stripe from 'stripe';
import { KEY, clientOf, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

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

interface Raw {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: { error?: Record<string, string>; [field: string]: unknown };
}

async function raw(
  method: string,
  path: string,
  options: { headers?: object; body?: string } = {},
): Promise<Raw> {
  const request = http.request(`${test.server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${KEY}`,
      ...(options.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...options.headers,
    },
  });
  request.end(options.body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: JSON.parse(Buffer.concat(chunks).toString()) as Raw['body'],
  };
}

describe('every answer', () => {
  it('has a request id and echoes the version', async () => {
    const answer = await raw('GET', '/v1/customers', { headers: { 'stripe-version': '2026-10-28.endive' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['request-id']).toMatch(/^req_\w{14}$/);
    expect(answer.headers['stripe-version']).toBe('2026-10-28.endive');
  });

  it('refuses a version of unknown form', async () => {
    const answer = await raw('GET', '/v1/customers', { headers: { 'stripe-version': 'newest' } });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      type: 'invalid_request_error',
      message: 'Invalid Stripe API version: newest',
    });
  });

  it('needs the secret key, and never repeats a wrong one', async () => {
    expect(await rejected(clientOf(test.server, 'sk_test_wrong1234').customers.list())).toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
      message: 'Invalid API Key provided: sk_test_*****1234',
    });
    const without = await raw('GET', '/v1/customers', { headers: { authorization: '' } });
    expect(without.status).toBe(401);
    expect(without.body.error?.['message']).toMatch(/^You did not provide an API key\./);
    const basic = await raw('GET', '/v1/balance', {
      headers: { authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}` },
    });
    expect(basic.status).toBe(200);
  });

  it('names what it does not serve', async () => {
    const answer = await raw('GET', '/v1/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.body.error?.['message']).toMatch(/^Unrecognized request URL \(GET: \/v1\/nowhere\)\./);
  });

  it('wants forms, not JSON', async () => {
    const answer = await raw('POST', '/v1/customers', {
      body: '{"name":"x"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error?.['message']).toMatch(/^Invalid request \(check that your POST content type/);
  });
});

describe('parameters', () => {
  it.each<[string, string, object]>([
    [
      'an unknown one',
      'nmae=x',
      { code: 'parameter_unknown', param: 'nmae', message: 'Received unknown parameter: nmae' },
    ],
    [
      'several unknown ones',
      'a=1&b=2',
      { code: 'parameter_unknown', param: 'a', message: 'Received unknown parameters: a, b' },
    ],
    [
      'an unknown one in a hash',
      'address[town]=x',
      {
        code: 'parameter_unknown',
        param: 'address[town]',
        message: 'Received unknown parameter: address[town]',
      },
    ],
    [
      'a wrong integer',
      'balance=1.5',
      { code: 'parameter_invalid_integer', param: 'balance', message: 'Invalid integer: 1.5' },
    ],
    [
      'a wrong choice',
      'tax_exempt=maybe',
      { param: 'tax_exempt', message: 'Invalid tax_exempt: must be one of none, exempt, or reverse' },
    ],
    ['a hash that is text', 'address=home', { param: 'address', message: 'Invalid object' }],
    ['a list that is text', 'preferred_locales=de', { param: 'preferred_locales', message: 'Invalid array' }],
    [
      'a missing part of a hash',
      'shipping[name]=x',
      { code: 'parameter_missing', param: 'shipping[address]' },
    ],
    [
      'a wrong email',
      'email=nobody',
      { code: 'email_invalid', param: 'email', message: 'Invalid email address: nobody' },
    ],
    [
      'text that is too long',
      `name=${'x'.repeat(257)}`,
      { param: 'name', message: 'Invalid string: xxxxxxxxxxxxxxxx...xxxxxx; must be at most 256 characters' },
    ],
    ['a long metadata key', `metadata[${'k'.repeat(41)}]=x`, { param: 'metadata' }],
    ['a long metadata value', `metadata[k]=${'x'.repeat(501)}`, { param: 'metadata[k]' }],
    ['one that only real Stripe has', 'source=tok_visa', { code: 'sandbox_unsupported', param: 'source' }],
    ['an unknown expansion', 'expand[]=nonsense', { param: 'expand' }],
  ])('refuses %s', async (_name, body, error) => {
    const before = (await stripe.customers.list({ limit: 100 })).data.length;
    const answer = await raw('POST', '/v1/customers', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', ...error });
    expect(answer.body.error?.['request_log_url']).toContain(answer.headers['request-id']);
    expect((await stripe.customers.list({ limit: 100 })).data).toHaveLength(before);
  });

  it('says what is required, with a link to its docs', async () => {
    const answer = await raw('POST', '/v1/products', { body: 'description=x' });
    expect(answer.body.error).toMatchObject({
      code: 'parameter_missing',
      param: 'name',
      message: 'Missing required param: name.',
      doc_url: 'https://stripe.com/docs/error-codes/parameter-missing',
    });
    expect((await raw('POST', '/v1/products', { body: 'name=' })).body.error).toMatchObject({
      code: 'parameter_invalid_empty',
      param: 'name',
    });
    expect((await raw('POST', '/v1/invoices', { body: '' })).body.error).toMatchObject({
      code: 'parameter_missing',
      param: 'customer',
    });
    const draft = await makeDraft(stripe);
    expect(
      (await raw('POST', `/v1/invoices/${draft.id}/remove_lines`, { body: 'lines[0][id]=il_1' })).body.error,
    ).toMatchObject({
      code: 'parameter_missing',
      param: 'lines[0][behavior]',
    });
  });

  it.each([
    ['GET', '/v1/customers/cus_x', "No such customer: 'cus_x'", 'id'],
    ['GET', '/v1/invoices/in_x', "No such invoice: 'in_x'", 'invoice'],
    ['POST', '/v1/invoices/in_x/send', "No such invoice: 'in_x'", 'invoice'],
    ['POST', '/v1/invoices/in_x/finalize', "No such invoice: 'in_x'", 'id'],
    ['GET', '/v1/products/prod_x', "No such product: 'prod_x'", 'id'],
    ['GET', '/v1/prices/price_x', "No such price: 'price_x'", 'price'],
    ['GET', '/v1/payment_intents/pi_x', "No such payment_intent: 'pi_x'", 'intent'],
    ['GET', '/v1/charges/ch_x', "No such charge: 'ch_x'", 'id'],
    ['GET', '/v1/events/evt_x', "No such event: 'evt_x'", 'id'],
    ['GET', '/v1/invoice_payments/inpay_x', "No such invoice_payment: 'inpay_x'", 'invoice_payment'],
    ['GET', '/v1/webhook_endpoints/we_x', "No such webhook endpoint: 'we_x'", 'webhook_endpoint'],
  ])('%s %s is a 404 that says so', async (method, path, message, param) => {
    const answer = await raw(method, path);
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatchObject({
      code: 'resource_missing',
      type: 'invalid_request_error',
      message,
      param,
    });
  });
});

describe('metadata', () => {
  it('is merged by key, an empty value deletes a key, and empty metadata deletes all', async () => {
    const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } });
    expect((await stripe.customers.update(id, { metadata: { b: '', c: '3' } })).metadata).toEqual({
      a: '1',
      c: '3',
    });
    const [event] = (await stripe.events.list({ type: 'customer.updated', limit: 1 })).data;
    expect(event?.data.previous_attributes).toEqual({ metadata: { b: '2', c: null } });
    expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({});
  });
});

describe('an update that changes nothing', () => {
  it('makes no event', async () => {
    const { id } = await stripe.customers.create({ name: 'Same' });
    const before = (await stripe.events.list({ limit: 1 })).data[0]?.id;
    await stripe.customers.update(id, { name: 'Same' });
    expect((await stripe.events.list({ limit: 1 })).data[0]?.id).toBe(before);
  });
});
