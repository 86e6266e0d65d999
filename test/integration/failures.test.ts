import { randomUUID } from 'node:crypto';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { moneySteps, TRANSFER, type MoneySteps } from './moneySteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
let product: string;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5', STRIPE_CATCH_UP_SECONDS: '0.5' } });
  job = await jobSteps(world);
  money = moneySteps(world, job);
  product = job.products[0]!.name;
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const fault = (side: 'stripe' | 'org', body: object) => world.control(side, 'POST', '/faults', body);
const raise = () => job.raise([{ product, quantity: 2 }]);

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
    await job.isSynced(id);
    const invoices = await job.stripeInvoices(id);
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

  test('after making the customer, a day before the worker comes back: the log of events is read first', async () => {
    const name = `Lost for a day ${randomUUID().slice(0, 8)}`;
    const customers = async () =>
      (await world.stripe.customers.list({ limit: 100 })).data.filter((customer) => customer.name === name);
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await fault('stripe', { match: { method: 'GET', path: '/events$' }, kind: 'status', status: 400 });
    await fault('stripe', { match: { method: 'POST', path: '/customers$' }, kind: 'resetAfter' });
    const accountId = await world.admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
    await world.admin.create('Invoice__c', {
      Account__c: accountId,
      Due_Date__c: '2099-01-31',
      Description__c: name,
    });
    await eventually(async () => (await customers()).length === 1, 'the customer is made');
    await world.stopWorker();
    await world.control('stripe', 'DELETE', '/faults');
    await fault('stripe', { match: { method: 'GET', path: '/events$' }, kind: 'status', status: 400 });
    await world.control('stripe', 'POST', '/clock', { now: Math.floor(Date.now() / 1000) + 25 * 3600 });
    await world.database.pool.query(
      `WITH log AS (UPDATE cursor SET position = (position::bigint - 25 * 3600)::text WHERE name = 'stripe-events')
       UPDATE sync_record SET next_attempt_at = now(), intents =
         jsonb_set(intents, '{create,at}', to_jsonb((intents #>> '{create,at}')::timestamptz - interval '25 hours'))
       WHERE crm_id = $1`,
      [accountId],
    );
    await world.startWorker();
    const row = async () =>
      (
        await world.database.pool.query<{ error_code: string | null; stripe_id: string | null }>(
          'SELECT error_code, stripe_id FROM sync_record WHERE crm_id = $1',
          [accountId],
        )
      ).rows[0]!;
    await eventually(async () => (await row()).error_code === 'log_unread', 'it waits for the log');
    await world.control('stripe', 'DELETE', '/faults');
    const [customer] = await customers();
    await eventually(async () => (await row()).stripe_id === customer!.id, 'it has its customer', 60_000);
    expect(await customers()).toHaveLength(1);
    await world.control('stripe', 'POST', '/clock', { now: null });
  });

  test('after sending: the invoice is open on both sides and one mail went out', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await fault('stripe', { match: { method: 'POST', path: '/send$' }, kind: 'resetAfter', times: 4 });
    await world.rep.send(id).catch(() => undefined);
    await job.becomes(id, 'Open');
    const [invoice, ...more] = await job.stripeInvoices(id);
    expect(more).toEqual([]);
    await eventually(
      async () => (await world.rep.invoice(id)).Sent_At__c,
      'the time of sending is on the record',
    );
    expect(await job.mailsOf(invoice!.id)).toHaveLength(1);
  });

  test('after writing the org: nothing is written twice, nothing is missing', async () => {
    const id = await raise();
    await fault('org', {
      match: { method: 'PATCH', path: '/composite/sobjects' },
      kind: 'resetAfter',
      times: 2,
    });
    await world.rep.sync(id).catch(() => undefined);
    await job.isSynced(id);
    expect(await job.stripeInvoices(id)).toHaveLength(1);
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
    await job.becomes(id, 'Open');
    expect(await job.mailsOf((await job.stripeInvoices(id))[0]!.id)).toHaveLength(1);
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
    await payOnHostedPage((await job.stripeInvoices(id))[0]!.hosted_invoice_url!, GOOD_CARD);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await world.control('org', 'DELETE', '/faults');
    await job.becomes(id, 'Paid');
  });

  test('our own web process: what Stripe could not deliver comes from its log of events', async () => {
    const id = await raise();
    await world.rep.sync(id);
    await world.rep.send(id);
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await payOnHostedPage((await job.stripeInvoices(id))[0]!.hosted_invoice_url!, GOOD_CARD);
    await job.becomes(id, 'Paid');
  });

  test('the middleware, when the invoice was raised: the sweep brings it over', async () => {
    const id = await raise();
    await job.isSynced(id);
    expect(await job.stripeInvoices(id)).toHaveLength(1);
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
    await job.isSynced(id);
    expect(await job.stripeInvoices(id)).toHaveLength(1);
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
    await job.becomes(id, 'Open');
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
  expect((await job.mailsOf((await job.stripeInvoices(id))[0]!.id)).map(({ to }) => to)).toEqual([
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
    await job.isSynced(id);
    expect(await world.rep.invoice(id)).toMatchObject({ Status__c: 'Draft', Sync_Error__c: null });
  });

  test('it does not hold up others, and is not tried for ever', async () => {
    const name = `No mail ${randomUUID().slice(0, 8)}`;
    await world.admin.create('Account', { Name: name });
    const bad = await world.rep.raiseInvoice({ account: name, lines: [{ product, quantity: 1 }] });
    const good = await raise();
    await job.isSynced(good);
    await eventually(
      async () => (await world.rep.invoice(bad)).Sync_Status__c === 'Error',
      'the bad one says why',
    );
    // Its error text comes back as a change, and once more when that second is over (see sweepCrm); after that only
    // the catch-up asks Stripe for events.
    await eventually(async () => {
      await world.control('stripe', 'DELETE', '/calls');
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      const { byPath } = await world.control<{ byPath: Record<string, number> }>('stripe', 'GET', '/calls');
      return Object.keys(byPath).join() === 'GET /v1/events';
    }, 'it is let alone');
  });
});

test.each(['refund', 'credit', 'record-payment'])(
  '%s, broken off and taken up when Stripe has forgotten its key: it is not done twice, and a person is asked to look',
  async (action) => {
    const { crmId, id } = await (action === 'refund' ? money.paidByCard() : money.open());
    const asked = { amount: 1, ...(action === 'record-payment' && TRANSFER) };
    const { body } = await money.act(action, crmId, asked);
    const inStripe = async () => [
      ...(action === 'refund' ? await money.refundsOf(id) : []),
      ...(await money.creditNotesOf(id)),
      ...(await money.paymentsOf(id)),
    ];
    const before = await inStripe();
    const tomorrow = Math.floor(Date.now() / 1000) + 25 * 3600;
    await world.control('stripe', 'POST', '/clock', { now: tomorrow });
    try {
      const yesterday = new Date(Date.now() - 25 * 3_600_000).toISOString();
      const again = await money.carriedOutAgain(
        body.command!.id,
        `(state - 'moved' - 'paymentRecord') || '{"begunAt": "${yesterday}"}'`,
      );
      expect(again.status).toBe('failed');
      expect(again.words).toMatch(/begun for \S+ more than a day ago.* do it again if it has not\.$/);
      expect(await inStripe()).toEqual(before);
    } finally {
      await world.control('stripe', 'POST', '/clock', { now: null });
    }
  },
);
