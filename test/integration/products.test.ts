import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;

beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());

/** A product that an invoice has brought to Stripe, with both ids. */
async function pairedProduct(index: number): Promise<{ crmId: string; stripeId: string }> {
  const { name } = job.products[index]!;
  await job.raiseAndSync([{ product: name, quantity: 1 }]);
  const [row] = await world.admin.query(
    `SELECT Id, Stripe_Product_Id__c FROM Product2 WHERE Name = '${name}'`,
  );
  return { crmId: row!.Id, stripeId: String(row!.Stripe_Product_Id__c) };
}

const inOrg = async (crmId: string) =>
  (
    await world.admin.query(
      `SELECT Id, IsActive, Description, Sync_Status__c FROM Product2 WHERE Id = '${crmId}'`,
    )
  )[0]!;

test('a product that is deactivated in the org is archived in Stripe, and comes back with it', async () => {
  const { crmId, stripeId } = await pairedProduct(0);
  for (const active of [false, true]) {
    await world.admin.update('Product2', crmId, { IsActive: active });
    await eventually(
      async () => (await world.stripe.products.retrieve(stripeId)).active === active,
      `${stripeId} is ${active ? 'active' : 'archived'}`,
    );
    expect((await inOrg(crmId)).IsActive).toBe(active);
  }
});

test('a product that is archived in Stripe is no longer active in the org, and the picker does not offer it', async () => {
  const { crmId, stripeId } = await pairedProduct(1);
  await world.stripe.products.update(stripeId, { active: false });
  await eventually(async () => !(await inOrg(crmId)).IsActive, 'the Product is inactive');
  const offered = await world.rep.apex<{ productId: string }[]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  expect(offered.map(({ productId }) => productId)).not.toContain(crmId);
});

test('where both sides change Active and the description, each change of one side alone is kept', async () => {
  const { crmId, stripeId } = await pairedProduct(2);
  await world.stopWorker();
  await world.stripe.products.update(stripeId, { active: false });
  await world.admin.update('Product2', crmId, { Description: 'Written in the org' });
  await world.startWorker();
  await eventually(async () => {
    const product = await world.stripe.products.retrieve(stripeId);
    const record = await inOrg(crmId);
    return product.description === 'Written in the org' && !product.active && !record.IsActive;
  }, 'both changes are on both sides');
});
