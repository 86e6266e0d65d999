import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { priceSteps, type PriceSteps } from './priceSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let steps: PriceSteps;

beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.3' } });
  job = await jobSteps(world);
  steps = priceSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

/** What a Stripe product costs, in alphabetical order: prices of one second have no other. */
const amounts = async (product: string) =>
  (await steps.prices(product))
    .map(({ unit_amount, active }) => `${unit_amount} ${active ? 'active' : 'archived'}`)
    .sort();

describe('from the price book to Stripe', () => {
  test('the prices of a product come to Stripe with it, in minor units and with the id of the entry', async () => {
    const { name, unitPrice } = job.products[0]!;
    await job.raiseAndSync([{ product: name, quantity: 1 }]);
    const entry = await eventually(async () => {
      const [row] = await world.admin.query(
        `SELECT Id, Stripe_Price_Id__c, Sync_Status__c, Product2.Stripe_Product_Id__c FROM PricebookEntry WHERE Product2.Name = '${name}'`,
      );
      return row!.Stripe_Price_Id__c ? row : undefined;
    }, 'the entry has a price');
    const price = await world.stripe.prices.retrieve(String(entry.Stripe_Price_Id__c));
    expect(price).toMatchObject({
      type: 'one_time',
      active: true,
      currency: 'usd',
      unit_amount: Math.round(unitPrice * 100),
      product: (entry.Product2 as { Stripe_Product_Id__c: string }).Stripe_Product_Id__c,
      metadata: { salesforce_id: entry.Id, salesforce_org_id: world.orgId },
    });
    expect(entry.Sync_Status__c).toBe('Synced');
    await job.quiet();
    expect(await amounts(String(price.product))).toHaveLength(1);
  });

  test('a changed List Price makes another price, archives the old one and takes over the default', async () => {
    const { entryId, priceId, stripeProductId } = await steps.pair(100);
    await world.stripe.products.update(stripeProductId, { default_price: priceId });
    await world.admin.update('PricebookEntry', entryId, { UnitPrice: 120.5 });
    const entry = await eventually(async () => {
      const row = await steps.entry(entryId);
      return row.Stripe_Price_Id__c === priceId ? undefined : row;
    }, 'the entry has another price');
    expect(await amounts(stripeProductId)).toEqual(['10000 archived', '12050 active']);
    const product = await world.stripe.products.retrieve(stripeProductId);
    expect(product.default_price).toBe(entry.Stripe_Price_Id__c);
    await job.quiet();
    expect(await amounts(stripeProductId)).toHaveLength(2);
    expect((await steps.entry(entryId)).UnitPrice).toBe(120.5);
  });

  test('an entry that is taken off sale archives its price, also a default one, and brings it back with it', async () => {
    const { entryId, priceId, stripeProductId } = await steps.pair(30);
    await world.stripe.products.update(stripeProductId, { default_price: priceId });
    for (const active of [false, true]) {
      await world.admin.update('PricebookEntry', entryId, { IsActive: active });
      await eventually(
        async () => (await world.stripe.prices.retrieve(priceId)).active === active,
        `the price is ${active ? 'active' : 'archived'}`,
      );
    }
    await job.quiet();
    expect(await amounts(stripeProductId)).toEqual(['3000 active']);
    expect((await steps.entry(entryId)).Stripe_Price_Id__c).toBe(priceId);
  });

  test('an amount that is changed off sale comes to Stripe when the entry is back on sale', async () => {
    const { entryId, stripeProductId } = await steps.pair(30);
    await world.admin.update('PricebookEntry', entryId, { IsActive: false });
    await eventually(async () => (await amounts(stripeProductId))[0] === '3000 archived', 'it is archived');
    await world.admin.update('PricebookEntry', entryId, { UnitPrice: 35 });
    await job.quiet();
    expect(await amounts(stripeProductId)).toEqual(['3000 archived']);
    await world.admin.update('PricebookEntry', entryId, { IsActive: true });
    await eventually(async () => (await amounts(stripeProductId)).length === 2, 'there is a new price');
    await job.quiet();
    expect(await amounts(stripeProductId)).toEqual(['3000 archived', '3500 active']);
    expect(await steps.entry(entryId)).toMatchObject({ UnitPrice: 35, IsActive: true });
  });

  test('the price of a deleted entry is archived once, and one that Stripe brings back stays', async () => {
    const { entryId, priceId, productId } = await steps.pair(55);
    await world.admin.delete('PricebookEntry', entryId);
    await eventually(async () => !(await world.stripe.prices.retrieve(priceId)).active, 'it is archived');
    await job.quiet();
    await world.stripe.prices.update(priceId, { active: true });
    await job.quiet();
    expect((await world.stripe.prices.retrieve(priceId)).active).toBe(true);
    expect(await steps.entriesOf(productId)).toEqual([]);
  });

  test('an entry takes over a price of the same amount that is there already', async () => {
    const { productId, stripeProductId, priceIds } = await steps.linkedProduct([
      { currency: 'usd', unit_amount: 700 },
      { currency: 'usd', unit_amount: 900 },
    ]);
    const [book] = await world.admin.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true');
    await world.admin.create('PricebookEntry', {
      Pricebook2Id: book!.Id,
      Product2Id: productId,
      UnitPrice: 9,
      IsActive: true,
    });
    await eventually(
      async () => (await steps.entriesOf(productId))[0]?.Stripe_Price_Id__c === priceIds[1],
      'the entry has the price of the same amount',
    );
    await job.quiet();
    expect(await amounts(stripeProductId)).toEqual(['700 active', '900 active']);
  });

  test('a price that is gone from Stripe is told in words; a cleared id has a new one made', async () => {
    const { entryId, stripeProductId, priceId } = await steps.pair(12);
    await job.quiet();
    // Stripe's Dashboard deletes a price that was never used; the API cannot.
    await world.database.pool.query(
      `UPDATE sync_record SET stripe_id = 'price_gone' WHERE entity = 'price' AND stripe_id = $1`,
      [priceId],
    );
    await world.admin.update('PricebookEntry', entryId, { Stripe_Price_Id__c: 'price_gone', UnitPrice: 13 });
    const parked = await eventually(async () => {
      const row = await steps.entry(entryId);
      return row.Sync_Status__c === 'Error' ? row : undefined;
    }, 'the entry says what is wrong');
    expect(parked.Sync_Error__c).toBe(
      'price_gone is no longer in Stripe. Clear Stripe Price Id on the price book entry to have a new one made.',
    );
    await world.admin.update('PricebookEntry', entryId, { Stripe_Price_Id__c: null });
    await eventually(async () => (await steps.entry(entryId)).Sync_Status__c === 'Synced', 'it is synced');
    expect(await amounts(stripeProductId)).toContain('1300 active');
  });
});

describe('from Stripe to the price book', () => {
  test('the only price of a product becomes an entry, once however often Stripe tells of it', async () => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal', duplicates: 10 });
    const { productId, priceIds } = await steps.linkedProduct([{ currency: 'usd', unit_amount: 4_250 }]);
    await eventually(async () => (await steps.entriesOf(productId)).length > 0, 'there is an entry');
    await job.quiet();
    expect(await steps.entriesOf(productId)).toMatchObject([
      { UnitPrice: 42.5, IsActive: true, Stripe_Price_Id__c: priceIds[0], Sync_Status__c: 'Synced' },
    ]);
  });

  test("a price with the id of another org's entry in its metadata is treated as any other", async () => {
    const { productId, stripeProductId, priceIds } = await steps.linkedProduct([
      { currency: 'usd', unit_amount: 990, metadata: { salesforce_id: '01u000000000999AAA' } },
    ]);
    await eventually(
      async () => (await steps.entriesOf(productId))[0]?.Stripe_Price_Id__c === priceIds[0],
      'there is an entry of our own',
    );
    await job.quiet();
    expect(await amounts(stripeProductId)).toEqual(['990 active']);
  });

  test('of several prices none is chosen silently; the default price is, once there is one', async () => {
    const { productId, stripeProductId, priceIds } = await steps.linkedProduct([
      { currency: 'usd', unit_amount: 100 },
      { currency: 'usd', unit_amount: 200 },
      { currency: 'usd', unit_amount: 300, recurring: { interval: 'month' } },
      { currency: 'eur', unit_amount: 400 },
      { currency: 'usd', unit_amount_decimal: '0.5' as never },
    ]);
    const several =
      'The Stripe product has 3 prices in USD, and none of them is its default price. Make one the default price of the product in Stripe.';
    const reasons = [
      several,
      several,
      'It is recurring, and a price book entry holds one fixed amount.',
      'It is in EUR, and the org has only USD.',
      'Its amount has more decimals than the 2 of List Price in the org.',
    ];
    for (const [index, reason] of reasons.entries())
      await eventually(async () => (await steps.reason(priceIds[index]!)) === reason, reason);
    expect(await steps.entriesOf(productId)).toEqual([]);

    await world.stripe.products.update(stripeProductId, { default_price: priceIds[1]! });
    await eventually(async () => (await steps.entriesOf(productId)).length > 0, 'there is an entry');
    await job.quiet();
    expect(await steps.entriesOf(productId)).toMatchObject([
      { UnitPrice: 2, Stripe_Price_Id__c: priceIds[1] },
    ]);
    const [entry] = await steps.entriesOf(productId);
    await world.stripe.products.update(stripeProductId, { metadata: { touched: '1' } });
    await eventually(
      async () =>
        (await steps.reason(priceIds[0]!)) ===
        `The Product's price book entry in USD, ${entry!.Id}, stands for ${priceIds[1]}.`,
      'the history says which price it is',
    );
  });

  test('a price that is edited in the Dashboard, which makes a new one and archives the old, changes List Price', async () => {
    const { entryId, priceId, stripeProductId } = await steps.pair(80);
    const { id: next } = await world.stripe.prices.create({
      product: stripeProductId,
      currency: 'usd',
      unit_amount: 8_500,
    });
    await world.stripe.products.update(stripeProductId, { default_price: next });
    await world.stripe.prices.update(priceId, { active: false });
    await eventually(async () => (await steps.entry(entryId)).Stripe_Price_Id__c === next, 'it follows');
    await job.quiet();
    expect(await steps.entry(entryId)).toMatchObject({ UnitPrice: 85, IsActive: true });
    expect(await amounts(stripeProductId)).toEqual(['8000 archived', '8500 active']);
  });

  test('a price that is archived in Stripe takes the entry off sale; the next one brings it back', async () => {
    const { entryId, priceId, stripeProductId } = await steps.pair(64);
    await world.stripe.prices.update(priceId, { active: false });
    await eventually(async () => !(await steps.entry(entryId)).IsActive, 'the entry is off sale');
    await job.quiet();
    const { id: next } = await world.stripe.prices.create({
      product: stripeProductId,
      currency: 'usd',
      unit_amount: 6_600,
    });
    await eventually(async () => (await steps.entry(entryId)).Stripe_Price_Id__c === next, 'it is back');
    expect(await steps.entry(entryId)).toMatchObject({ UnitPrice: 66, IsActive: true });
  });

  test('an entry that the org took off sale is not brought back by another price of Stripe', async () => {
    const { entryId, priceId, stripeProductId } = await steps.pair(64);
    await world.admin.update('PricebookEntry', entryId, { IsActive: false });
    await eventually(async () => !(await world.stripe.prices.retrieve(priceId)).active, 'it is archived');
    const { id: other } = await world.stripe.prices.create({
      product: stripeProductId,
      currency: 'usd',
      unit_amount: 6_600,
    });
    await eventually(async () => await steps.reason(other), 'the other price is looked at');
    await job.quiet();
    expect(await steps.entry(entryId)).toMatchObject({
      UnitPrice: 64,
      IsActive: false,
      Stripe_Price_Id__c: priceId,
    });
  });

  test('where both sides change the amount, the org wins and the loss is kept', async () => {
    const { entryId, priceId, stripeProductId } = await steps.pair(50);
    await job.quiet();
    await world.stopWorker();
    await world.stripe.prices.create({ product: stripeProductId, currency: 'usd', unit_amount: 5_100 });
    await world.stripe.prices.update(priceId, { active: false });
    await world.admin.update('PricebookEntry', entryId, { UnitPrice: 52 });
    await world.startWorker();
    await eventually(async () => (await amounts(stripeProductId)).length === 3, 'the org wins');
    await job.quiet();
    expect(await amounts(stripeProductId)).toEqual(['5000 archived', '5100 archived', '5200 active']);
    expect(await steps.entry(entryId)).toMatchObject({
      UnitPrice: 52,
      Sync_Status__c: 'Conflict',
      Sync_Error__c:
        'Both sides changed List price: “52” of Salesforce stayed, “51” of Stripe was replaced. ' +
        'Where the value that was replaced is the right one, choose Use other value where the page offers it, or enter it again. A sync by hand takes this note away.',
    });
    const { rows } = await world.database.pool.query(
      `SELECT field, stripe_value, crm_value, winner FROM conflict
       JOIN sync_record ON sync_record.id = record_id WHERE crm_id = $1`,
      [entryId],
    );
    expect(rows).toEqual([{ field: 'listPrice', stripe_value: 51, crm_value: 52, winner: 'salesforce' }]);
  });
});

test('echoes of our own writes end: nothing is written any more, and Stripe is left alone', async () => {
  const { entryId } = await steps.pair(77);
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 78 });
  await eventually(async () => (await amountOf(entryId)) === 7_800, 'the price follows');
  // What a sweep has seen within a change's second it looks at once more when that is over.
  await eventually(async () => {
    const before = await counted();
    await new Promise((done) => setTimeout(done, 6_000));
    return (await counted()) === before;
  }, 'nothing changes any more');
});

const amountOf = async (entryId: string) =>
  (await world.stripe.prices.retrieve(String((await steps.entry(entryId)).Stripe_Price_Id__c))).unit_amount;

async function counted(): Promise<string> {
  const { rows } = await world.database.pool.query(
    `SELECT (SELECT count(*) FROM change) AS changes, (SELECT count(*) FROM inbox_event) AS events,
            (SELECT sum(version) FROM sync_record) AS settled`,
  );
  return JSON.stringify(rows);
}
