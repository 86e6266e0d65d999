import { randomUUID } from 'node:crypto';
import type { Mail } from '../../sandbox/stripe/pages/port.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let account: string;
let product: string;

beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5', STRIPE_CATCH_UP_SECONDS: '0.5' } });
  [{ Name: account }] = (await world.rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  )) as [{ Name: string }];
  [{ name: product }] = await world.rep.apex<[{ name: string }]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
});
afterAll(() => world?.stop());
afterEach(async () => {
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  await world.control('stripe', 'DELETE', '/faults');
  await world.control('org', 'DELETE', '/faults');
});

const fault = (side: 'stripe' | 'org', body: object) => world.control(side, 'POST', '/faults', body);
const raise = () => world.rep.raiseInvoice({ account, lines: [{ product, quantity: 2 }] });
const stripeInvoicesOf = async (crmId: string) =>
  (await world.stripe.invoices.list({ limit: 100 })).data.filter(
    ({ metadata }) => metadata?.salesforce_id === crmId,
  );
const mailsTo = async (invoiceId: string) =>
  (await world.control<{ mails: Mail[] }>('stripe', 'GET', '/mails')).mails.filter(
    ({ invoice }) => invoice === invoiceId,
  );
const becomes = (id: string, status: string) =>
  eventually(
    async () => {
      const invoice = await world.rep.invoice(id);
      return invoice.Status__c === status ? invoice : undefined;
    },
    `${id} is ${status}`,
    20_000,
  );

describe('an answer that is lost', () => {
  test.each([
    ['making the customer', '^/v1/customers$'],
    ['making the product', '^/v1/products$'],
    ['making the invoice', '^/v1/invoices$'],
    ['adding its lines', '/add_lines$'],
  ])('after %s: one of each all the same', async (_, path) => {
    const name = `Lost answers ${randomUUID().slice(0, 8)}`;
    const accountId = await world.admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
    const productId = await world.admin.create('Product2', { Name: name, IsActive: true });
    await fault('stripe', { match: { method: 'POST', path }, kind: 'resetAfter', times: 3 });
    const id = await world.admin.create('Invoice__c', {
      Account__c: accountId,
      Due_Date__c: '2099-01-31',
      Description__c: name,
    });
    await world.admin.create('Invoice_Line__c', {
      Invoice__c: id,
      Product__c: productId,
      Quantity__c: 2,
      Unit_Price__c: 12.34,
    });
    await eventually(async () => (await world.rep.invoice(id)).Sync_Status__c === 'Synced', 'synced', 20_000);
    const invoices = await stripeInvoicesOf(id);
    expect(invoices).toHaveLength(1);
    expect(invoices[0]).toMatchObject({ total: 2468, status: 'draft' });
    expect(invoices[0]!.lines.data).toHaveLength(1);
    expect(
      (await world.stripe.customers.list({ limit: 100 })).data.filter((customer) => customer.name === name),
    ).toHaveLength(1);
    expect(
      (await world.stripe.products.list({ limit: 100 })).data.filter((each) => each.name === name),
    ).toHaveLength(1);
  });

  test('after sending: the invoice is open on both sides and one mail went out', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await fault('stripe', { match: { method: 'POST', path: '/send$' }, kind: 'resetAfter', times: 4 });
    await world.rep.send(id).catch(() => undefined);
    await becomes(id, 'Open');
    const [invoice, ...more] = await stripeInvoicesOf(id);
    expect(more).toEqual([]);
    await eventually(
      async () => (await world.rep.invoice(id)).Sent_At__c,
      'the time of sending is on the record',
    );
    expect(await mailsTo(invoice!.id)).toHaveLength(1);
  });

  test('after writing the org: nothing is written twice, nothing is missing', async () => {
    const id = await raise();
    await fault('org', {
      match: { method: 'PATCH', path: '/composite/sobjects' },
      kind: 'resetAfter',
      times: 2,
    });
    await world.rep.sync(id).catch(() => undefined);
    await eventually(async () => (await world.rep.invoice(id)).Sync_Status__c === 'Synced', 'synced', 20_000);
    expect(await stripeInvoicesOf(id)).toHaveLength(1);
    expect(await world.rep.lines(id)).toHaveLength(1);
  });
});

describe('a side that is down', () => {
  test('Stripe: Send answers that it will finish by itself, and it does, with one mail', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await fault('stripe', { match: { path: '.*' }, kind: 'status', status: 503, times: 10_000 });
    const answer = await world.rep.send(id);
    expect(answer.status).toBe('running');
    expect(answer.message).toMatch(/Stripe does not answer right now.*will be carried out by itself/);
    await world.control('stripe', 'DELETE', '/faults');
    await becomes(id, 'Open');
    expect(await mailsTo((await stripeInvoicesOf(id))[0]!.id)).toHaveLength(1);
  });

  test('the org: a payment meanwhile arrives when it is back', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await world.rep.send(id);
    await fault('org', {
      match: { path: '/services/data/v67.0/(query|composite)' },
      kind: 'status',
      status: 503,
      times: 10_000,
    });
    await payOnHostedPage((await stripeInvoicesOf(id))[0]!.hosted_invoice_url!, GOOD_CARD);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await world.control('org', 'DELETE', '/faults');
    await becomes(id, 'Paid');
  });

  test('our own web process: what Stripe could not deliver comes from its log of events', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await world.rep.send(id);
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await payOnHostedPage((await stripeInvoicesOf(id))[0]!.hosted_invoice_url!, GOOD_CARD);
    await becomes(id, 'Paid');
  });

  test('the middleware, when the invoice was raised: the sweep brings it over', async () => {
    const id = await raise();
    await eventually(
      async () => (await world.rep.invoice(id)).Sync_Status__c === 'Synced',
      'synced by itself',
      20_000,
    );
    expect(await stripeInvoicesOf(id)).toHaveLength(1);
  });
});

describe('a side that asks for patience', () => {
  test('429 of Stripe is waited out', async () => {
    const id = await raise();
    await fault('stripe', {
      match: { method: 'POST', path: '^/v1/invoices' },
      kind: 'status',
      status: 429,
      times: 2,
    });
    await eventually(async () => (await world.rep.invoice(id)).Sync_Status__c === 'Synced', 'synced', 20_000);
    expect(await stripeInvoicesOf(id)).toHaveLength(1);
  });

  test('a locked row in the org is tried again', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await fault('org', {
      match: { method: 'PATCH', path: '/composite/sobjects' },
      kind: 'status',
      status: 400,
      body: [
        { errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access to this record' },
      ],
      times: 2,
    });
    await world.rep.send(id);
    await becomes(id, 'Open');
  });

  test('a session that the org has ended is renewed', async () => {
    const id = await raise();
    await fault('org', {
      match: { path: '/services/data/v67.0/query' },
      kind: 'status',
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
      times: 1,
    });
    expect((await world.rep.sync(id)).status).toBe('done');
  });
});

test('an e-mail address that is corrected right before Send is where the mail goes', async () => {
  const name = `Moved ${randomUUID().slice(0, 8)}`;
  const accountId = await world.admin.create('Account', { Name: name, Billing_Email__c: 'old@example.com' });
  const id = await world.rep.raiseInvoice({ account: name, lines: [{ product, quantity: 1 }] });
  await world.rep.sync(id);
  await world.admin.update('Account', accountId, { Billing_Email__c: 'new@example.com' });
  expect((await world.rep.send(id)).message).toContain('was sent to new@example.com');
  expect((await mailsTo((await stripeInvoicesOf(id))[0]!.id)).map(({ to }) => to)).toEqual([
    'new@example.com',
  ]);
});

describe('a record that cannot be processed', () => {
  test('a customer without e-mail: the reason is on the record, and filling it in mends it by itself', async () => {
    const name = `No mail ${randomUUID().slice(0, 8)}`;
    const accountId = await world.admin.create('Account', { Name: name });
    const id = await world.rep.raiseInvoice({ account: name, lines: [{ product, quantity: 1 }] });
    expect(await world.rep.sync(id)).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/no e-mail address.*Billing Email/) as string,
    });
    const failed = await world.rep.invoice(id);
    expect(failed).toMatchObject({ Sync_Status__c: 'Error' });
    expect(failed.Sync_Error__c).toMatch(/Fill the Billing Email/);
    await world.admin.update('Account', accountId, { Billing_Email__c: 'books@example.com' });
    await eventually(
      async () => (await world.rep.invoice(id)).Sync_Status__c === 'Synced',
      'mended by itself',
    );
    expect(await world.rep.invoice(id)).toMatchObject({ Status__c: 'Draft', Sync_Error__c: null });
  });

  test('it does not hold up others, and is not tried for ever', async () => {
    const name = `No mail ${randomUUID().slice(0, 8)}`;
    await world.admin.create('Account', { Name: name });
    const bad = await world.rep.raiseInvoice({ account: name, lines: [{ product, quantity: 1 }] });
    const good = await raise();
    await eventually(
      async () => (await world.rep.invoice(good)).Sync_Status__c === 'Synced',
      'the good one is synced',
    );
    await eventually(
      async () => (await world.rep.invoice(bad)).Sync_Status__c === 'Error',
      'the bad one says why',
    );
    // Its error text came back as a change once; after that only the catch-up asks Stripe for events.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await world.control('stripe', 'DELETE', '/calls');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const { byPath } = await world.control<{ byPath: Record<string, number> }>('stripe', 'GET', '/calls');
    expect(Object.keys(byPath)).toEqual(['GET /v1/events']);
  });
});
