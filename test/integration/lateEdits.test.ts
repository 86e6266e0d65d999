import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

async function holder(): Promise<string | null> {
  const { rows } = await world.database.pool.query<{ lease_owner: string | null }>(
    `SELECT lease_owner FROM sync_record WHERE entity = 'customer'`,
  );
  return rows[0]!.lease_owner;
}

test('an Account that is edited while the answer to the making of its customer is lost keeps the edit', async () => {
  const [account] = await world.rep.query(`SELECT Id FROM Account WHERE Name = '${job.account}'`);
  // No event may tell of the customer either.
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '^/v1/customers$' },
    kind: 'resetAfter',
  });
  const invoice = await job.raise();
  void world.rep.sync(invoice);
  await eventually(
    async () => (await world.stripe.customers.list()).data.length > 0,
    'the customer is in Stripe, but nobody was told',
  );
  const before = await holder();
  await world.admin.update('Account', account!.Id, { Phone: '+1 555 0199' });
  // What the attempt in hand has read of the Account is older.
  await eventually(async () => (await holder()) !== before, 'that attempt has ended');
  await world.control('stripe', 'DELETE', '/faults');
  await eventually(
    async () => (await world.rep.invoice(invoice)).Stripe_Invoice_Id__c,
    'the invoice is in Stripe',
  );
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  await world.control('stripe', 'POST', '/deliveries/release', {});
  await job.quiet();
  const [customer, ...more] = (await world.stripe.customers.list()).data;
  expect(more).toEqual([]);
  const [kept] = await world.rep.query(`SELECT Id, Phone FROM Account WHERE Id = '${account!.Id}'`);
  expect([customer!.phone, kept!.Phone]).toEqual(['+1 555 0199', '+1 555 0199']);
});
