import { CrashingProcess } from '../simulation/crashingProcess.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { priceSteps, type PriceSteps } from './priceSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

/** Syncs that are broken off between a write and their end, and what people do before the next try. */
let world: World;
let job: JobSteps;
let prices: PriceSteps;

beforeAll(async () => {
  world = await startWorld({
    environment: { CRM_SWEEP_SECONDS: '0.3', LEASE_SECONDS: '1' },
    retryDelaysMs: [200, 400, 800],
  });
  job = await jobSteps(world);
  prices = priceSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

/** From now on these writes take effect in Stripe, and nobody is told: the sync that makes one does not come to its end. */
const answersAreLost = (path: string) =>
  world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path },
    kind: 'resetAfter',
    times: 1000,
  });

/** The try that made the write has given up; the next one comes with `worksAgain`. */
const brokenOff = (crmId: string) =>
  eventually(async () => {
    const { rowCount } = await world.database.pool.query(
      `UPDATE sync_record SET next_attempt_at = now() + interval '1 hour'
       WHERE crm_id = $1 AND state = 'dirty' AND error_code IS NOT NULL AND lease_owner IS NULL`,
      [crmId],
    );
    return rowCount === 1;
  }, 'the sync was broken off');

async function worksAgain(): Promise<void> {
  await withoutFaults(world);
  await world.database.pool.query(
    "UPDATE sync_record SET next_attempt_at = now() WHERE state = 'dirty' AND next_attempt_at > now()",
  );
  await job.quiet();
}

const conflictsOf = async (crmId: string) =>
  (
    await world.database.pool.query(
      `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record ON sync_record.id = record_id
       WHERE crm_id = $1 ORDER BY conflict.id`,
      [crmId],
    )
  ).rows;

test('what the org says again after its newer value has reached Stripe, and nobody was told of that, stands', async () => {
  const id = await job.raiseAndSync();
  await job.quiet();
  const stripe = await job.stripeInvoice(id);
  const [line] = await world.rep.lines(id);
  const { Description__c: described, Quantity__c: quantity } = {
    ...line!,
    ...(await world.rep.invoice(id)),
  };
  await answersAreLost(`^/v1/invoices/${stripe.id}`);
  await world.rep.update('Invoice__c', id, { Description__c: 'Newer' });
  await eventually(async () => (await job.stripeInvoice(id)).description === 'Newer', 'it is in Stripe');
  await brokenOff(id);
  await world.rep.update('Invoice__c', id, { Description__c: described });
  await worksAgain();
  expect((await job.stripeInvoice(id)).description).toBe(described);
  expect((await world.rep.invoice(id)).Description__c).toBe(described);

  const lineInStripe = async () =>
    (await job.stripeInvoice(id)).lines.data.find((one) => one.id === line!.Stripe_Line_Id__c)!;
  await answersAreLost(`^/v1/invoices/${stripe.id}`);
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 77 });
  await eventually(async () => (await lineInStripe()).quantity === 77, 'it is in Stripe');
  await brokenOff(id);
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: quantity });
  await worksAgain();
  expect((await lineInStripe()).quantity).toBe(quantity);
  expect((await world.rep.lines(id)).find(({ Id }) => Id === line!.Id)!.Quantity__c).toBe(quantity);
  expect(await conflictsOf(id)).toEqual([]);
});

test('the same of an Account, of which somebody in Stripe has edited something else meanwhile', async () => {
  const [account] = await world.rep.query(
    `SELECT Id, Phone, Stripe_Customer_Id__c FROM Account WHERE Name = '${job.account}'`,
  );
  const customer = String(account!.Stripe_Customer_Id__c);
  const inStripe = async () => (await world.stripe.customers.retrieve(customer)) as { phone: string | null };
  await answersAreLost(`^/v1/customers/${customer}`);
  await world.admin.update('Account', account!.Id, { Phone: '+1 555 0707' });
  await eventually(async () => (await inStripe()).phone === '+1 555 0707', 'it is in Stripe');
  await brokenOff(account!.Id);
  await world.admin.update('Account', account!.Id, { Phone: account!.Phone ?? '' });
  await withoutFaults(world);
  await world.stripe.customers.update(customer, { name: 'Renamed in Stripe' });
  await worksAgain();
  expect((await inStripe()).phone).toBe(account!.Phone);
  const [after] = await world.rep.query(`SELECT Id, Name, Phone FROM Account WHERE Id = '${account!.Id}'`);
  expect(after).toMatchObject({ Name: 'Renamed in Stripe', Phone: account!.Phone });
  await world.admin.update('Account', account!.Id, { Name: job.account });
  await job.quiet();
  expect(await conflictsOf(account!.Id)).toEqual([]);
});

const amounts = async (stripeProductId: string) =>
  (await prices.prices(stripeProductId)).map(({ unit_amount, active }) => `${unit_amount} ${active}`).sort();

test('a List Price that is set back while the making of the new price was not answered leaves no second active price', async () => {
  const { entryId, stripeProductId } = await prices.pair(30);
  await job.quiet();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await answersAreLost('^/v1/prices$');
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 31 });
  await eventually(async () => (await amounts(stripeProductId)).includes('3100 true'), 'it is made');
  await brokenOff(entryId);
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 30 });
  await eventually(async () => {
    await worksAgain();
    const { Stripe_Price_Id__c: id } = await prices.entry(entryId);
    return (await world.stripe.prices.retrieve(String(id))).unit_amount === 3000;
  }, 'the older amount is back');
  expect(await prices.entry(entryId)).toMatchObject({ UnitPrice: 30, IsActive: true });
  const active = (await amounts(stripeProductId)).filter((one) => one.endsWith('true'));
  expect(active).toEqual(['3000 true']);
});

test('the same while somebody edits the price in the Dashboard: what was begun is not made twice', async () => {
  const { entryId, priceId, stripeProductId } = await prices.pair(50);
  await job.quiet();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await answersAreLost('^/v1/prices$');
  await world.admin.update('PricebookEntry', entryId, { UnitPrice: 51 });
  await eventually(async () => (await amounts(stripeProductId)).includes('5100 true'), 'it is made');
  await world.stopWorker();
  await withoutFaults(world);
  const next = await world.stripe.prices.create({
    product: stripeProductId,
    currency: 'usd',
    unit_amount: 52_00,
  });
  await world.stripe.products.update(stripeProductId, { default_price: next.id });
  await world.stripe.prices.update(priceId, { active: false });
  await world.startWorker();
  await worksAgain();
  await eventually(
    async () =>
      (await world.stripe.prices.retrieve(String((await prices.entry(entryId)).Stripe_Price_Id__c)))
        .unit_amount === 5100,
    'the org’s amount',
  );
  const made = await amounts(stripeProductId);
  expect(made.filter((one) => one.startsWith('5100'))).toEqual(['5100 true']);
});

test('an entry that is on sale again before anybody was told that its price was archived stays on sale', async () => {
  const { entryId, priceId } = await prices.pair(40);
  await job.quiet();
  await answersAreLost(`^/v1/prices/${priceId}`);
  const active = async () => (await world.stripe.prices.retrieve(priceId)).active;
  await world.admin.update('PricebookEntry', entryId, { IsActive: false });
  await eventually(async () => !(await active()), 'the price is archived');
  await brokenOff(entryId);
  await world.admin.update('PricebookEntry', entryId, { IsActive: true });
  // The sweep has seen it.
  await eventually(async () => {
    await worksAgain();
    return active();
  }, 'the price is active again');
  await job.quiet();
  expect(await prices.entry(entryId)).toMatchObject({ IsActive: true, Stripe_Price_Id__c: priceId });
});

test('an edit of an invoice in the org that comes before the sync that made it there was settled, and after it was finalized, is kept as a conflict', async () => {
  const [account] = await world.rep.query(
    `SELECT Id, Stripe_Customer_Id__c FROM Account WHERE Name = '${job.account}'`,
  );
  // The record is written, and of its lines nothing is heard any more.
  await world.control('org', 'POST', '/faults', {
    match: { method: 'PATCH', path: 'composite/sobjects/Invoice_Line__c' },
    kind: 'resetAfter',
    times: 1000,
  });
  const made = await world.stripe.invoices.create({
    customer: String(account!.Stripe_Customer_Id__c),
    collection_method: 'send_invoice',
    days_until_due: 30,
    description: 'By finance',
  });
  await world.stripe.invoices.addLines(made.id, {
    lines: [
      {
        description: 'One',
        quantity: 2,
        price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'One' } },
      },
    ],
  });
  const id = await eventually(async () => {
    const [row] = await world.rep.query(
      `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${made.id}'`,
    );
    return row && (await world.rep.lines(row.Id)).length === 1 ? row.Id : undefined;
  }, 'it is in the org');
  await world.rep.update('Invoice__c', id, { Description__c: 'By the rep' });
  await world.stripe.invoices.finalizeInvoice(made.id);
  await worksAgain();
  await eventually(async () => (await world.rep.invoice(id)).Status__c === 'Open', 'the org says the same');
  await job.quiet();
  expect((await world.rep.invoice(id)).Description__c).toBe('By finance');
  expect(await conflictsOf(id)).toEqual([
    { field: 'description', stripe_value: 'By finance', crm_value: 'By the rep', winner: 'stripe' },
  ]);
});

test('kill -9 of the worker at eight points of pairing by hand and of following a new name: each pair is the one that was entered, and the draft says the last name', async () => {
  const { name } = job.products[2]!;
  const [product] = await world.rep.query(`SELECT Id FROM Product2 WHERE Name = '${name}'`);
  const draft = await job.raiseAndSync([{ product: name, quantity: 2 }]);
  await job.quiet();
  await world.stopWorker();
  const worker = new CrashingProcess('workerProcess.ts', world.environment);
  await worker.start();
  const pairs: { accountId: string; customer: string }[] = [];
  for (let round = 1; round <= 8; round++) {
    const { id: customer } = await world.stripe.customers.create({
      name: `By hand ${round}`,
      phone: `+1 555 ${round}`,
    });
    const accountId = await world.admin.create('Account', { Name: `By hand ${round}` });
    await world.admin.update('Account', accountId, { Stripe_Customer_Id__c: customer });
    await world.admin.update('Product2', product!.Id, { Name: `Renamed ${round}` });
    pairs.push({ accountId, customer });
    await worker.restart();
    // It begins with a sweep; each round ends at another point of what follows.
    await new Promise((done) => setTimeout(done, round * 83));
  }
  await worker.stop();
  await world.startWorker();
  for (const [index, { accountId, customer }] of pairs.entries()) {
    const account = await eventually(async () => {
      const [row] = await world.admin.query(
        `SELECT Id, Phone, Stripe_Customer_Id__c, Sync_Status__c FROM Account WHERE Id = '${accountId}'`,
      );
      return row!.Sync_Status__c === 'Synced' ? row : undefined;
    }, 'the Account is in a pair');
    expect(account).toMatchObject({ Stripe_Customer_Id__c: customer, Phone: `+1 555 ${index + 1}` });
    expect(await conflictsOf(accountId)).toEqual([]);
  }
  const { data: customers } = await world.stripe.customers.list({ limit: 100 });
  const handed = customers.filter((one) => one.name?.startsWith('By hand')).map(({ id }) => id);
  expect(handed.sort()).toEqual(pairs.map(({ customer }) => customer).sort());
  const described = async () => (await job.stripeInvoice(draft)).lines.data[0]!.description;
  await eventually(async () => (await described()) === 'Renamed 8', 'the draft says the last name');
  await job.quiet();
  expect((await world.rep.lines(draft))[0]).toMatchObject({ Description__c: null });
}, 180_000);
