import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { syncCommand, type SyncedRecord } from '../../sync/actions/syncCommand.ts';
import { acceptCommand } from '../../sync/store/commands.ts';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  // No sweep, no change stream: what is found out here, a person has asked for.
  world = await startWorld({ environment: { COMMAND_WAIT_SECONDS: '60', LEASE_SECONDS: '30' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

async function post(path: string, body: object = {}, key: string = randomUUID()) {
  const response = await request(world.webUrl)
    .post(path)
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId)
    .set('idempotency-key', key)
    .send(body);
  return { status: response.status, body: response.body as Record<string, unknown> };
}

const name = () => `Made for a sync ${randomUUID().slice(0, 8)}`;
const newAccount = () =>
  world.admin.create('Account', { Name: name(), Billing_Email__c: 'ap@sync.example', Phone: '+1 555 0100' });
const account = async (id: string) =>
  (
    await world.admin.query(
      `SELECT Phone, Stripe_Customer_Id__c, Sync_Status__c, Last_Synced_At__c FROM Account WHERE Id = '${id}'`,
    )
  )[0]!;

describe('of an Account', () => {
  test('makes its customer in Stripe and says so, field by field; a second sync says that nothing differed', async () => {
    const id = await newAccount();
    const { status, body } = await post(`/v1/accounts/${id}/sync`);
    const customer = String((await account(id)).Stripe_Customer_Id__c);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      command: { kind: 'sync', status: 'done' },
      message: `Stripe: Customer ${customer}. Salesforce: Stripe Customer Id ${customer}.`,
      record: { entity: 'customer', crmId: id, stripeId: customer },
      changes: [
        { side: 'stripe', object: 'customer', field: 'customer', from: null, to: customer },
        { side: 'salesforce', object: 'Account', field: 'Stripe_Customer_Id__c', from: null, to: customer },
      ],
    });
    expect(await world.stripe.customers.retrieve(customer)).toMatchObject({
      email: 'ap@sync.example',
      metadata: { salesforce_id: id },
    });

    const before = (await account(id)).Last_Synced_At__c;
    // The org keeps times to the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const again = await post(`/v1/accounts/${id}/sync`);
    expect(again.body).toMatchObject({
      message: 'Nothing differed: Salesforce and Stripe say the same.',
      changes: [],
      conflicts: [],
    });
    expect((await account(id)).Last_Synced_At__c).not.toBe(before);
  });

  test('brings both directions together at once', async () => {
    const id = await newAccount();
    await post(`/v1/accounts/${id}/sync`);
    const customer = String((await account(id)).Stripe_Customer_Id__c);
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await world.admin.update('Account', id, { Phone: '+1 555 0111' });
    await world.stripe.customers.update(customer, { email: 'new@sync.example' });
    const { body } = await post(`/v1/accounts/${id}/sync`);
    expect(body.message).toBe(
      'Stripe: Phone +1 555 0100 → +1 555 0111. Salesforce: Billing Email ap@sync.example → new@sync.example.',
    );
    expect(await world.stripe.customers.retrieve(customer)).toMatchObject({ phone: '+1 555 0111' });
  });

  test('pressed twice at the same moment makes one customer', async () => {
    const id = await newAccount();
    const answers = await Promise.all([1, 2, 3].map(() => post(`/v1/accounts/${id}/sync`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { data } = await world.stripe.customers.list({ limit: 100 });
    expect(data.filter(({ metadata }) => metadata.salesforce_id === id)).toHaveLength(1);
  });

  test('whose answer from Stripe is lost makes one customer', async () => {
    const id = await newAccount();
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path: '^/v1/customers$' },
      kind: 'resetAfter',
      times: 3,
    });
    await post(`/v1/accounts/${id}/sync`);
    await job.quiet();
    await post(`/v1/accounts/${id}/sync`);
    const { data } = await world.stripe.customers.list({ limit: 100 });
    expect(data.filter(({ metadata }) => metadata.salesforce_id === id)).toHaveLength(1);
  });

  test('that does not exist: 404 in words, and nothing is kept of it', async () => {
    const { status, body } = await post('/v1/accounts/001000000000ZZZ/sync');
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'crm_record_gone' });
    expect(body.detail).toMatch(/^Account 001000000000ZZZ\w{3} is not in the org/);
    const { rows } = await world.database.pool.query(
      `SELECT 1 FROM sync_record WHERE crm_id LIKE '001000000000ZZZ%'`,
    );
    expect(rows).toEqual([]);
  });
});

test('of a product makes it in Stripe, and follows an edit there', async () => {
  const id = await world.admin.create('Product2', { Name: name(), IsActive: true, Description: 'Before' });
  const made = await post(`/v1/products/${id}/sync`);
  const { stripeId } = made.body.record as SyncedRecord;
  await job.quiet();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await world.stripe.products.update(stripeId!, { description: 'After' });
  const { body } = await post(`/v1/products/${id}/sync`);
  expect(body.message).toBe('Salesforce: Description Before → After.');
});

describe('of a list', () => {
  test('of every kind, by ids of either side, answers for each record', async () => {
    const invoice = await job.raiseAndSync();
    const stripeInvoice = await job.stripeInvoice(invoice);
    const fresh = await newAccount();
    const product = await world.admin.create('Product2', { Name: name(), IsActive: true });
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    const inStripe = await world.stripe.invoices.create({
      customer: String(stripeInvoice.customer),
      description: 'Made in Stripe',
    });
    await world.stripe.invoices.update(stripeInvoice.id, { description: 'Changed in Stripe' });

    const { status, body } = await post('/v1/sync', {
      ids: [inStripe.id, invoice, fresh, product, '003000000000001', invoice],
    });
    expect(status).toBe(200);
    expect(body.message).toBe('Of 5 records: 4 brought up to date, 1 could not be synced.');
    expect(body.records).toMatchObject([
      { id: inStripe.id, entity: 'invoice', status: 'done', stripeId: inStripe.id },
      {
        id: invoice,
        entity: 'invoice',
        status: 'done',
        message: 'Salesforce: Description Work of the quarter → Changed in Stripe.',
      },
      { id: fresh, entity: 'customer', status: 'done' },
      { id: product, entity: 'product', status: 'done' },
      { id: '003000000000001AAA', entity: null, status: 'failed', code: 'unknown_record' },
    ]);
    const [made] = await world.rep.query(
      `SELECT Description__c FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${inStripe.id}'`,
    );
    expect(made).toMatchObject({ Description__c: 'Made in Stripe' });
    // What was done by hand is findable as such on each record of the list.
    const history = await request(world.webUrl)
      .get(`/v1/records/${fresh}/history`)
      .set('authorization', `Bearer ${world.apiToken}`)
      .set('x-salesforce-org-id', world.orgId);
    const [record] = (history.body as { records: { history: { kind: string; what: string }[] }[] }).records;
    expect(record!.history).toContainEqual(expect.objectContaining({ kind: 'command', what: 'sync done' }));
  });

  test('of 30 invoices takes calls for the list, not for each of them', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => job.raise()));
    await world.control('org', 'DELETE', '/calls');
    const { body } = await post('/v1/sync', { ids });
    expect(body.message).toBe('Of 30 records: 30 brought up to date.');
    const { total } = await world.control<{ total: number }>('org', 'GET', '/calls');
    expect(total).toBeLessThanOrEqual(14);
  });

  test('goes on with the others when one fails, and the one is tried again by itself', async () => {
    const [good, bad] = [await job.raiseAndSync(), await job.raiseAndSync()];
    await job.quiet();
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'GET', path: `/v1/invoices/${(await job.stripeInvoice(bad)).id}$` },
      kind: 'status',
      status: 500,
      times: 4,
    });
    const { status, body } = await post('/v1/sync', { ids: [good, bad] });
    expect(status).toBe(200);
    expect(body.records).toMatchObject([{ status: 'done' }, { status: 'failed' }]);
    expect((body.records as SyncedRecord[])[1]!.message).toMatch(/by itself/);
    await job.quiet();
  });

  test.each([
    ['without ids', {}],
    ['with none', { ids: [] }],
    ['with what is no id', { ids: ["a'b"] }],
    ['with too many', { ids: Array.from({ length: 201 }, (_, index) => `in_${index}`) }],
  ])('%s: 400 in words', async (_, body) => {
    expect((await post('/v1/sync', body)).body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('with the key of another list: 409', async () => {
    const key = randomUUID();
    expect((await post('/v1/sync', { ids: ['in_a', 'in_b'] }, key)).status).toBe(200);
    expect((await post('/v1/sync', { ids: ['in_a', 'in_c'] }, key)).status).toBe(409);
  });
});

test('a sync whose worker was killed before it could answer tells all that it changed', async () => {
  const id = await newAccount();
  await world.stopWorker();
  const command = await acceptCommand(world.database, {
    orgId: world.orgId,
    kind: 'sync',
    entity: 'customer',
    crmId: id,
    idempotencyKey: randomUUID(),
    actingUser: null,
  });
  await world.startWorker();
  const { engine } = world.worker!;
  // Carried out once, but the answer was never stored; then again by another worker.
  await syncCommand(engine, command);
  const answer = await syncCommand(engine, command);
  expect('changes' in answer && answer.changes.map(({ field }) => field)).toEqual([
    'customer',
    'Stripe_Customer_Id__c',
  ]);
});

describe('on the command line', () => {
  test('says field by field what changed where, and ends with 1 when a record could not be synced', async () => {
    const id = await newAccount();
    const people = await invoicebridge(['sync', id, 'in_nothing'], world.environment);
    expect(people.code).toBe(1);
    expect(people.stdout).toMatch(/salesforce +Account +Stripe Customer Id +\(empty\) +cus_\w+/);
    expect(people.stdout).toContain('Of 2 records: 1 brought up to date, 1 could not be synced.');
    const programs = await invoicebridge(['sync', '--json', id], world.environment);
    expect(programs.code).toBe(0);
    expect(programs.lines).toMatchObject([
      { kind: 'synced', id, entity: 'customer', status: 'done', changes: [], conflicts: [] },
    ]);
    expect((await invoicebridge(['sync'], world.environment)).code).toBe(2);
  });

  test('conflicts are listed until they have been seen', async () => {
    const id = await newAccount();
    const { body } = await post(`/v1/accounts/${id}/sync`);
    const { stripeId } = body.record as SyncedRecord;
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await world.admin.update('Account', id, { Phone: '+1 555 0301' });
    await world.stripe.customers.update(stripeId!, { phone: '+1 555 0302' });
    const found = await invoicebridge(['sync', id], world.environment);
    expect(found.stdout).toContain('Both sides changed Phone: “+1 555 0301” of Salesforce stayed');
    const listed = await invoicebridge(['conflicts', '--json'], world.environment);
    expect(listed.lines).toMatchObject([
      { kind: 'conflict', entity: 'customer', crmId: id, conflicts: [{ field: 'phone' }] },
    ]);
    await invoicebridge(['sync', id], world.environment);
    expect((await invoicebridge(['conflicts'], world.environment)).stdout).toBe(
      'No record shows a conflict.\n',
    );
  });
});
