import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const rowOf = async (id: string) =>
  (await world.database.pool.query('SELECT * FROM sync_record WHERE crm_id = $1 OR stripe_id = $1', [id]))
    .rows[0];
const account = async (id: string) =>
  (
    await world.admin.query(
      `SELECT Id, Name, Stripe_Customer_Id__c, Sync_Status__c, Sync_Error__c FROM Account WHERE Id = '${id}'`,
    )
  )[0]!;
const customer = async (id: string) => (await world.stripe.customers.retrieve(id)) as Stripe.Customer;
const customersNamed = async (name: string) =>
  (await world.stripe.customers.list({ limit: 100 })).data.filter((one) => one.name === name);
const merge = (masterId: string, ...mergedIds: string[]) =>
  world.control('org', 'POST', '/merge', { masterId, mergedIds });

/** An Account; with an invoice that made its customer in Stripe. */
async function newAccount({
  synced,
}: {
  synced: boolean;
}): Promise<{ id: string; name: string; stripeId: string }> {
  const name = `Gone ${randomUUID().slice(0, 8)}`;
  const id = await world.admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
  if (!synced) return { id, name, stripeId: '' };
  await newInvoice(id);
  const stripeId = await eventually(
    async () => (await account(id)).Stripe_Customer_Id__c,
    'it has a customer',
  );
  await job.quiet();
  return { id, name, stripeId: String(stripeId) };
}

async function newInvoice(accountId: string): Promise<string> {
  const id = await world.admin.create('Invoice__c', { Account__c: accountId, Due_Date__c: '2099-01-31' });
  await world.admin.create('Invoice_Line__c', {
    Invoice__c: id,
    Description__c: 'Work',
    Quantity__c: 1,
    Unit_Price__c: 10,
  });
  return id;
}

/** An invoice that Stripe makes by itself for a customer. */
async function invoiceOf(customerId: string): Promise<string> {
  const invoice = await world.stripe.invoices.create({
    customer: customerId,
    currency: 'usd',
    collection_method: 'send_invoice',
    days_until_due: 30,
  });
  return invoice.id;
}
const accountOfInvoice = (stripeId: string) =>
  eventually(
    async () =>
      (
        await world.admin.query(
          `SELECT Account__c FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripeId}'`,
        )
      )[0]?.Account__c,
    'its invoice is in the org',
  );

describe('an Account that is deleted', () => {
  test('keeps its customer in Stripe; late events do not revive it; restoring it goes on', async () => {
    const name = `Gone ${randomUUID().slice(0, 8)}`;
    const id = await world.admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
    const made = await world.stripe.customers.create({
      name,
      email: 'ap@example.com',
      metadata: { salesforce_id: id },
    });
    await world.admin.update('Account', id, { Stripe_Customer_Id__c: made.id });
    await job.quiet();
    await world.admin.delete('Account', id);
    await eventually(async () => (await rowOf(id))?.crm_gone_at, 'the deletion was noted');
    await world.stripe.customers.update(made.id, { phone: '+1 555 0100' });
    await job.quiet();
    expect(await customer(made.id)).toMatchObject({ id: made.id, name });
    expect(await world.admin.query(`SELECT Id FROM Account WHERE Name = '${name}'`)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ state: 'clean' });
    await world.control('org', 'POST', '/undelete', { ids: [id] });
    await eventually(
      async () =>
        (await world.admin.query(`SELECT Phone FROM Account WHERE Id = '${id}'`))[0]!.Phone === '+1 555 0100',
      'what changed meanwhile is there',
    );
  });
});

describe('Accounts that are merged', () => {
  test('the one that stays takes over the customer if it has none', async () => {
    const lost = await newAccount({ synced: true });
    const winner = await newAccount({ synced: false });
    await merge(winner.id, lost.id);
    await eventually(
      async () => (await account(winner.id)).Stripe_Customer_Id__c === lost.stripeId,
      'it has the customer',
    );
    await job.quiet();
    expect((await customer(lost.stripeId)).metadata).toMatchObject({ salesforce_id: winner.id });
    expect(await customer(lost.stripeId)).toMatchObject({ name: winner.name });
    const next = await newInvoice(winner.id);
    await job.isSynced(next);
    expect((await job.stripeInvoice(next)).customer).toBe(lost.stripeId);
    expect(await customersNamed(winner.name)).toHaveLength(1);
    expect(await accountOfInvoice(await invoiceOf(lost.stripeId))).toBe(winner.id);
  });

  test('there is no second customer when an invoice of the one that stays comes before the merge is known', async () => {
    const lost = await newAccount({ synced: true });
    const winner = await newAccount({ synced: false });
    await world.control('org', 'POST', '/stream', { drop: 10 });
    await merge(winner.id, lost.id);
    await world.control('org', 'POST', '/stream', { drop: 0 });
    const next = await newInvoice(winner.id);
    await job.isSynced(next);
    expect((await job.stripeInvoice(next)).customer).toBe(lost.stripeId);
    await job.quiet();
    expect(await customersNamed(winner.name)).toHaveLength(1);
  });

  test('where both have a customer, later invoices of the other one go to the Account that stays', async () => {
    const lost = await newAccount({ synced: true });
    const winner = await newAccount({ synced: true });
    await merge(winner.id, lost.id);
    await eventually(
      async () => (await rowOf(lost.stripeId)).merged_into === winner.id,
      'the merge was followed',
    );
    await job.quiet();
    expect((await customer(lost.stripeId)).metadata).toMatchObject({ salesforce_id: winner.id });
    expect(await account(winner.id)).toMatchObject({ Stripe_Customer_Id__c: winner.stripeId });
    expect(await accountOfInvoice(await invoiceOf(lost.stripeId))).toBe(winner.id);
    await world.stripe.customers.update(lost.stripeId, { name: 'Renamed in Stripe' });
    await job.quiet();
    expect(await account(winner.id)).toMatchObject({ Name: winner.name });
  });

  test('an invoice that Stripe made before the merge was known is not lost', async () => {
    const lost = await newAccount({ synced: true });
    const winner = await newAccount({ synced: true });
    await world.stopWorker();
    await merge(winner.id, lost.id);
    const invoice = await invoiceOf(lost.stripeId);
    await eventually(async () => rowOf(invoice), 'its event is there');
    await world.startWorker();
    expect(await accountOfInvoice(invoice)).toBe(winner.id);
  });

  test('a chain of merges, told of in any order, ends at the last one', async () => {
    const first = await newAccount({ synced: true });
    const second = await newAccount({ synced: true });
    const last = await newAccount({ synced: true });
    await world.stopWorker();
    await merge(second.id, first.id);
    await merge(last.id, second.id);
    await world.startWorker();
    for (const { stripeId } of [first, second]) {
      await eventually(async () => (await rowOf(stripeId)).merged_into === last.id, 'it leads to the last');
      expect((await customer(stripeId)).metadata).toMatchObject({ salesforce_id: last.id });
    }
    await job.quiet();
    const third = await newAccount({ synced: true });
    await merge(third.id, last.id);
    for (const { stripeId } of [first, second, last])
      await eventually(async () => (await rowOf(stripeId)).merged_into === third.id, 'it leads on');
    await job.quiet();
    for (const { stripeId } of [first, second, last])
      expect((await customer(stripeId)).metadata).toMatchObject({ salesforce_id: third.id });
    expect(await accountOfInvoice(await invoiceOf(first.stripeId))).toBe(third.id);
  });

  test('a merge in which the person kept the customer id of the account that was lost', async () => {
    const lost = await newAccount({ synced: true });
    const winner = await newAccount({ synced: false });
    await world.stopWorker();
    await merge(winner.id, lost.id);
    await world.admin.update('Account', winner.id, { Stripe_Customer_Id__c: lost.stripeId });
    const next = await newInvoice(winner.id);
    await world.startWorker();
    await job.isSynced(next);
    expect((await job.stripeInvoice(next)).customer).toBe(lost.stripeId);
    await job.quiet();
    expect(await rowOf(lost.stripeId)).toMatchObject({ crm_id: winner.id, state: 'clean' });
  });

  test('a worker that is stopped between the two sides does the rest later', async () => {
    const lost = await newAccount({ synced: true });
    const winner = await newAccount({ synced: false });
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path: `^/v1/customers/${lost.stripeId}$` },
      kind: 'resetAfter',
      times: 20,
    });
    await merge(winner.id, lost.id);
    await eventually(
      async () => (await customer(lost.stripeId)).metadata.salesforce_id === winner.id,
      'Stripe was told',
    );
    await world.stopWorker();
    expect(await rowOf(lost.stripeId)).toMatchObject({ crm_id: lost.id });
    await withoutFaults(world);
    await world.startWorker();
    await eventually(
      async () => (await account(winner.id)).Stripe_Customer_Id__c === lost.stripeId,
      'it has the customer',
    );
    await job.quiet();
    expect(await customersNamed(winner.name)).toHaveLength(1);
  });
});

describe('a customer that is deleted in Stripe', () => {
  test('is shown in words, not made anew; clearing its id has a new one made, and parked invoices follow', async () => {
    const { id, stripeId } = await newAccount({ synced: true });
    await world.stripe.customers.del(stripeId);
    const shown = await eventually(async () => {
      const one = await account(id);
      return one.Sync_Status__c === 'Error' ? one : undefined;
    }, 'the record says so');
    expect(shown.Sync_Error__c).toBe(
      `The customer ${stripeId} was deleted in Stripe. Clear Stripe Customer Id here to have a new one made, or enter the id of another one.`,
    );
    const next = await newInvoice(id);
    await eventually(
      async () => (await world.rep.invoice(next)).Sync_Status__c === 'Error',
      'the invoice says so',
    );
    expect((await world.rep.invoice(next)).Sync_Error__c).toContain('was deleted in Stripe');
    await job.quiet();
    expect((await account(id)).Stripe_Customer_Id__c).toBe(stripeId);
    await world.admin.update('Account', id, { Stripe_Customer_Id__c: null });
    await job.isSynced(next);
    const made = String((await account(id)).Stripe_Customer_Id__c);
    expect(made).not.toBe(stripeId);
    expect((await job.stripeInvoice(next)).customer).toBe(made);
  });

  test('another id may be entered instead', async () => {
    const { id, stripeId, name } = await newAccount({ synced: true });
    await world.stripe.customers.del(stripeId);
    await eventually(async () => (await account(id)).Sync_Status__c === 'Error', 'the record says so');
    const other = await world.stripe.customers.create({ name: 'Another', email: 'ap@example.com' });
    await world.admin.update('Account', id, { Stripe_Customer_Id__c: other.id });
    await eventually(async () => (await customer(other.id)).name === name, 'it is paired with the other');
    // Their names differed, and the org's won.
    await eventually(async () => (await account(id)).Sync_Status__c === 'Conflict', 'the loss is shown');
  });
});
