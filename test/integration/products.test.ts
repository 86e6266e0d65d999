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

test("a product's id that somebody enters into a Product2 pairs them by itself, without a change stream too", async () => {
  const product = await world.stripe.products.create({ name: 'Known to Stripe', description: 'From Stripe' });
  const crmId = await world.admin.create('Product2', { Name: 'Entered by hand', IsActive: true });
  await world.admin.update('Product2', crmId, { Stripe_Product_Id__c: product.id });
  // Both have a name, and the org's wins.
  await eventually(async () => (await inOrg(crmId)).Sync_Status__c === 'Conflict', 'they are a pair');
  expect((await inOrg(crmId)).Description).toBe('From Stripe');
  expect((await world.stripe.products.retrieve(product.id)).name).toBe('Entered by hand');
});

test('a renamed product reaches the lines of drafts that have no description of their own, and no other', async () => {
  const { crmId } = await pairedProduct(3);
  const { name } = job.products[3]!;
  const draft = await job.raiseAndSync([{ product: name, quantity: 2 }]);
  const sent = await job.raiseAndSync([{ product: name, quantity: 1 }]);
  await world.rep.send(sent);
  await job.becomes(sent, 'Open');
  await world.admin.update('Product2', crmId, { Name: 'Renamed' });
  const descriptionOf = async (id: string) =>
    (await world.stripe.invoices.retrieve(String((await world.rep.invoice(id)).Stripe_Invoice_Id__c))).lines
      .data[0]!.description;
  await eventually(async () => (await descriptionOf(draft)) === 'Renamed', 'the draft says the new name');
  await job.quiet();
  expect(await descriptionOf(sent)).toBe(name);
  expect((await world.rep.lines(draft))[0]).toMatchObject({ Description__c: null });
});
