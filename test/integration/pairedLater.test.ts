import { randomUUID } from 'node:crypto';
import { withoutFaults } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

interface AccountRow {
  Stripe_Customer_Id__c: string | null;
  Sync_Status__c: string | null;
  Sync_Error__c: string | null;
  Phone: string | null;
}
const account = async (id: string) =>
  (
    await world.admin.query(
      `SELECT Stripe_Customer_Id__c, Sync_Status__c, Sync_Error__c, Phone FROM Account WHERE Id = '${id}'`,
    )
  )[0] as unknown as AccountRow;
const makeAccount = (name = `Paired later ${randomUUID().slice(0, 8)}`) =>
  world.admin.create('Account', { Name: name });
const enter = (accountId: string, stripeId: string | null) =>
  world.admin.update('Account', accountId, { Stripe_Customer_Id__c: stripeId });
const becomes = (accountId: string, status: string) =>
  eventually(async () => {
    const row = await account(accountId);
    return row.Sync_Status__c === status ? row : undefined;
  }, `${accountId} is ${status}`);

test("a customer's id that somebody enters into an Account pairs them by itself, and what each lacks it gets", async () => {
  const customer = await world.stripe.customers.create({ name: 'Known to both', phone: '+1 555 0100' });
  const id = await makeAccount('Known to both');
  await enter(id, customer.id);
  expect(await becomes(id, 'Synced')).toMatchObject({
    Stripe_Customer_Id__c: customer.id,
    Phone: '+1 555 0100',
  });
  const { rows } = await world.database.pool.query(
    "SELECT crm_id FROM sync_record WHERE entity = 'customer' AND stripe_id = $1",
    [customer.id],
  );
  expect(rows).toEqual([{ crm_id: id }]);
});

test.each([
  [
    'one that was deleted in Stripe',
    async () => {
      const { id } = await world.stripe.customers.create({ name: 'Deleted' });
      await world.stripe.customers.del(id);
      return id;
    },
    /^The customer cus_\w+ was deleted in Stripe\. Clear Stripe Customer Id here/,
  ],
  [
    'one that Stripe does not know',
    () => Promise.resolve(`cus_${randomUUID().slice(0, 8)}`),
    /^Stripe knows no customer cus_\w+ in this account: it may be misspelt.*Clear Stripe Customer Id here/,
  ],
  [
    'one of live mode',
    async () => {
      const id = `cus_${randomUUID().slice(0, 8)}`;
      await world.control('stripe', 'POST', '/faults', {
        match: { path: `^/v1/customers/${id}` },
        kind: 'status',
        status: 404,
        body: {
          error: {
            type: 'invalid_request_error',
            code: 'resource_missing',
            message: `No such customer: '${id}'; a similar object exists in live mode, but a test mode key was used to make this request.`,
          },
        },
      });
      return id;
    },
    /^The customer cus_\w+ is one of live mode, and Invoicebridge works in Stripe's test mode here\./,
  ],
])('%s is refused in plain words, and clearing the id makes another one', async (_, customerOf, words) => {
  const id = await makeAccount();
  const stripeId = await customerOf();
  await enter(id, stripeId);
  expect((await becomes(id, 'Error')).Sync_Error__c).toMatch(words);
  await enter(id, null);
  const { Stripe_Customer_Id__c: made } = await becomes(id, 'Synced');
  expect(made).toMatch(/^cus_/);
  expect(made).not.toBe(stripeId);
});

test('a customer that belongs to another Account is refused in plain words', async () => {
  const { id: customerId } = await world.stripe.customers.create({ name: 'Wanted twice' });
  const [first, second] = [await makeAccount('Wanted twice'), await makeAccount()];
  await enter(first, customerId);
  await becomes(first, 'Synced');
  // The id is unique in the org: somebody takes it out of one Account and puts it into another.
  await world.stopWorker();
  await enter(first, null);
  await enter(second, customerId);
  await world.startWorker();
  expect((await becomes(second, 'Error')).Sync_Error__c).toBe(
    `${customerId} belongs to the Account ${first} already. Take the id out of this record, or delete the other one.`,
  );
});
