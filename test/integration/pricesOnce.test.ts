import type { Delivery } from '../../sandbox/stripe/pages/port.ts';
import { CrashingProcess } from '../simulation/crashingProcess.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { priceSteps, type PriceSteps } from './priceSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let steps: PriceSteps;

beforeAll(async () => {
  world = await startWorld({
    environment: { CRM_SWEEP_SECONDS: '0.3', LEASE_SECONDS: '1' },
    retryDelaysMs: [200, 400, 800],
  });
  job = await jobSteps(world);
  steps = priceSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

/** How many prices of each amount there are, and how many of them are active. */
async function counted(stripeProductId: string): Promise<Record<string, { made: number; active: number }>> {
  const found: Record<string, { made: number; active: number }> = {};
  for (const { unit_amount, active } of await steps.prices(stripeProductId)) {
    const one = (found[String(unit_amount)] ??= { made: 0, active: 0 });
    one.made += 1;
    one.active += active ? 1 : 0;
  }
  return found;
}

const amountInStripe = async (entryId: string) =>
  (await world.stripe.prices.retrieve(String((await steps.entry(entryId)).Stripe_Price_Id__c))).unit_amount;

test.each([
  ['the making of the new price', { method: 'POST', path: '^/v1/prices$' }],
  ['the archiving of the old price', { method: 'POST', path: '^/v1/prices/price_' }],
  ['the move of the default price', { method: 'POST', path: '^/v1/products/prod_' }],
])('a lost answer to %s changes nothing: one price is made, and one archived', async (_, match) => {
  const { entryId, priceId, stripeProductId } = await steps.pair(10);
  await world.stripe.products.update(stripeProductId, { default_price: priceId });
  await job.quiet();
  await world.control('stripe', 'POST', '/faults', { match, kind: 'resetAfter', times: 4 });
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 11 });
  await eventually(async () => (await amountInStripe(entryId)) === 1_100, 'the price follows');
  await job.quiet();
  expect(await counted(stripeProductId)).toEqual({
    1000: { made: 1, active: 0 },
    1100: { made: 1, active: 1 },
  });
  const { default_price } = await world.stripe.products.retrieve(stripeProductId);
  expect(default_price).toBe((await steps.entry(entryId)).Stripe_Price_Id__c);
});

test('a price whose making was not answered is not made again when another one has taken its predecessor’s place', async () => {
  const { entryId, priceId, stripeProductId } = await steps.pair(70);
  await job.quiet();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '^/v1/prices$' },
    kind: 'resetAfter',
  });
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 71 });
  await eventually(
    async () => (await counted(stripeProductId))['7100'],
    'the price is made, and nobody told',
  );
  await world.stopWorker();
  await world.control('stripe', 'DELETE', '/faults');
  // As a worker that was killed behind the noted request leaves it, with a row that has followed the Dashboard meanwhile.
  const next = await world.stripe.prices.create({
    product: stripeProductId,
    currency: 'usd',
    unit_amount: 7_200,
  });
  await world.stripe.prices.update(priceId, { active: false });
  await world.database.pool.query('UPDATE sync_record SET stripe_id = $1 WHERE stripe_id = $2', [
    next.id,
    priceId,
  ]);
  await world.startWorker();
  await eventually(async () => (await amountInStripe(entryId)) === 7_100, 'the org’s amount');
  await job.quiet();
  expect(await counted(stripeProductId)).toEqual({
    7000: { made: 1, active: 0 },
    7100: { made: 1, active: 1 },
    7200: { made: 1, active: 0 },
  });
});

test('the org refusing the write for a while makes no further price', async () => {
  const { entryId, stripeProductId } = await steps.pair(20);
  await job.quiet();
  await world.control('org', 'POST', '/faults', {
    match: { method: 'PATCH', path: 'composite/sobjects' },
    kind: 'status',
    status: 503,
    times: 3,
  });
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 21 });
  await eventually(async () => (await amountInStripe(entryId)) === 2_100, 'the price follows');
  await job.quiet();
  expect(await counted(stripeProductId)).toEqual({
    2000: { made: 1, active: 0 },
    2100: { made: 1, active: 1 },
  });
});

test.each([1, 2, 3, 4, 5, 6])(
  'events of a price that was edited in the Dashboard end the same in any order (%i)',
  async (seed) => {
    const { entryId, priceId, stripeProductId } = await steps.pair(40);
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
    const next = await world.stripe.prices.create({
      product: stripeProductId,
      currency: 'usd',
      unit_amount: 4_400,
    });
    await world.stripe.products.update(stripeProductId, { default_price: next.id });
    await world.stripe.prices.update(priceId, { active: false });
    const { deliveries } = await world.control<{ deliveries: Delivery[] }>('stripe', 'GET', '/deliveries');
    const held = deliveries.filter(({ status }) => status === 'held').map(({ event }) => event);
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const place of orders[seed - 1]!) {
      await world.control('stripe', 'POST', '/deliveries/release', { order: [held[place]] });
      await new Promise((done) => setTimeout(done, 150));
    }
    await eventually(async () => (await steps.entry(entryId)).Stripe_Price_Id__c === next.id, 'it follows');
    await job.quiet();
    expect(await steps.entry(entryId)).toMatchObject({ UnitPrice: 44, IsActive: true });
    expect(await counted(stripeProductId)).toEqual({
      4000: { made: 1, active: 0 },
      4400: { made: 1, active: 1 },
    });
  },
);

test('kill -9 of the worker at four points of changing prices: each amount is made once, one is active', async () => {
  const pairs = await Promise.all([steps.pair(5), steps.pair(6), steps.pair(7)]);
  await job.quiet();
  await world.stopWorker();
  const worker = new CrashingProcess('workerProcess.ts', world.environment);
  await worker.start();
  for (let round = 1; round <= 4; round++) {
    await Promise.all(
      pairs.map(({ entryId }) => world.admin.update('PricebookEntry', entryId, { UnitPrice: 100 + round })),
    );
    await worker.restart();
    // It begins with a sweep; each round ends at another point of what follows.
    await new Promise((done) => setTimeout(done, round * 185));
  }
  await worker.stop();
  await world.startWorker();
  for (const { entryId, stripeProductId } of pairs) {
    await eventually(async () => (await amountInStripe(entryId)) === 10_400, 'the last amount');
    await job.quiet();
    const found = await counted(stripeProductId);
    expect(Object.values(found).filter(({ made }) => made > 1)).toEqual([]);
    expect(Object.entries(found).filter(([, { active }]) => active > 0)).toEqual([
      ['10400', { made: 1, active: 1 }],
    ]);
  }
});
