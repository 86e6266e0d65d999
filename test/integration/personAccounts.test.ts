import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true, personAccounts: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());

const person = async (id: string) =>
  (
    await world.admin.query(
      `SELECT Name, FirstName, LastName, PersonEmail, Billing_Email__c, Sync_Status__c, Stripe_Customer_Id__c FROM Account WHERE Id = '${id}'`,
    )
  )[0]!;

test('a person is a customer by name and e-mail; a name changed in Stripe is written by its parts', async () => {
  const id = await world.admin.create('Account', {
    FirstName: 'Ada',
    LastName: 'Byron',
    PersonEmail: 'ada@example.com',
  });
  const invoice = await world.rep.raiseInvoice({
    account: 'Ada Byron',
    lines: [{ product: job.products[0]!.name, quantity: 1 }],
  });
  await job.isSynced(invoice);
  const customerId = String((await person(id)).Stripe_Customer_Id__c);
  expect(await world.stripe.customers.retrieve(customerId)).toMatchObject({
    name: 'Ada Byron',
    email: 'ada@example.com',
  });
  await job.quiet();
  await world.stripe.customers.update(customerId, { name: 'Augusta Ada King', email: 'king@example.com' });
  await eventually(async () => (await person(id)).Name === 'Augusta Ada King', 'the org follows');
  await job.quiet();
  expect(await person(id)).toMatchObject({
    FirstName: 'Augusta Ada',
    LastName: 'King',
    PersonEmail: 'ada@example.com',
    Billing_Email__c: 'king@example.com',
    Sync_Status__c: 'Synced',
  });
  await world.admin.update('Account', id, { LastName: 'Lovelace' });
  await eventually(
    async () =>
      ((await world.stripe.customers.retrieve(customerId)) as { name?: string }).name ===
      'Augusta Ada Lovelace',
    'Stripe follows',
  );
  await job.quiet();
});

test('the org refuses the name of a person as a whole, and the parts for a business', async () => {
  const id = await world.admin.create('Account', { LastName: 'Single' });
  const business = await world.admin.create('Account', { Name: 'Business Ltd' });
  await expect(world.admin.update('Account', id, { Name: 'Other' })).rejects.toThrow(
    'Account: bad field names on insert/update call: Name',
  );
  await expect(world.admin.update('Account', business, { LastName: 'Other' })).rejects.toThrow('LastName');
});
