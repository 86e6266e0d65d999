import { randomUUID } from 'node:crypto';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());

const rowOf = async (id: string) =>
  (await world.database.pool.query('SELECT * FROM sync_record WHERE crm_id = $1', [id])).rows[0];

test('a product that is deleted in the org is archived in Stripe, and active again when it is restored', async () => {
  const name = `Gone ${randomUUID().slice(0, 8)}`;
  const id = await world.admin.create('Product2', { Name: name, IsActive: true });
  const accountId = await world.admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
  const invoice = await world.admin.create('Invoice__c', {
    Account__c: accountId,
    Due_Date__c: '2099-01-31',
  });
  await world.admin.create('Invoice_Line__c', {
    Invoice__c: invoice,
    Product__c: id,
    Quantity__c: 1,
    Unit_Price__c: 5,
  });
  await job.isSynced(invoice);
  await job.quiet();
  const { stripe_id: stripeId } = await rowOf(id);
  const isActive = async () => (await world.stripe.products.retrieve(stripeId)).active;
  await world.admin.delete('Product2', id);
  await eventually(async () => !(await isActive()), 'it is archived');
  await job.quiet();
  await world.stripe.products.update(stripeId, { metadata: { late: 'event' } });
  await job.quiet();
  expect(await world.admin.query(`SELECT Id FROM Product2 WHERE Name = '${name}'`)).toEqual([]);
  await world.control('org', 'POST', '/undelete', { ids: [id] });
  await eventually(isActive, 'it is active again');
  await job.quiet();
  expect(await world.admin.query(`SELECT IsActive FROM Product2 WHERE Id = '${id}'`)).toMatchObject([
    { IsActive: true },
  ]);
});
