import { audit, type Difference } from '../../sync/audit/audit.ts';
import { runBackfill } from '../../sync/backfill/runBackfill.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { linkSteps, type LinkSteps } from './linkSteps.ts';
import { moneySteps, usd, type MoneySteps } from './moneySteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
let links: LinkSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  money = moneySteps(world, job);
  links = linkSteps(world, money);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

/** No webhook comes; Stripe's log is read when a worker starts, and not again here. */
const untold = () => world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });

test('a payment through a link, and a link that is switched off, of which no event has come: an audit finds and mends both', async () => {
  const [paid, off] = [await links.linked(), await links.linked()];
  await job.quiet();
  await untold();
  await links.pay(await links.openPage(paid.link.url));
  await world.stripe.paymentLinks.update(off.link.id, { active: false });
  const found: Difference[] = [];
  const run = async (heal: boolean) => {
    found.length = 0;
    const report = await audit(world.worker!.engine, { heal, onDifference: (one) => found.push(one) });
    return report.entities.find(({ entity }) => entity === 'invoice')!;
  };
  expect(await run(false)).toMatchObject({ differing: 2, healed: 0 });
  expect(found).toMatchObject([
    {
      stripeId: paid.id,
      crmId: paid.crmId,
      fields: [{ field: 'paymentLink.payment', stripe: expect.stringMatching(/^pi_/) as string }],
    },
    {
      stripeId: off.id,
      crmId: off.crmId,
      fields: [{ field: 'paymentLink.active', stripe: false, salesforce: true }],
    },
  ]);
  expect(await run(true)).toMatchObject({ differing: 2, healed: 2 });
  await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await links.shows(off.crmId, { Payment_Link_Status__c: 'Deactivated', Payment_Link_Url__c: null });
  await links.isPaidOnce(paid);
  await job.quiet();
  expect(await run(false)).toMatchObject({ differing: 0 });
});

test('links of an installation whose database is lost are taken up by a backfill, and what was paid through them counts once', async () => {
  const [paid, living] = [await links.linked(), await links.linked()];
  await job.quiet();
  await untold();
  await links.pay(await links.openPage(paid.link.url));
  await world.database.pool.query('DELETE FROM payment_link WHERE invoice = ANY($1)', [[paid.id, living.id]]);
  const signal = new AbortController().signal;
  const backfill = () =>
    runBackfill(world.worker!.engine, {
      databaseUrl: world.config.databaseUrl,
      start: { direction: 'stripe', options: { entities: ['payment'], unmatched: 'queue', where: null } },
      dryRun: false,
      signal,
    });
  expect((await backfill()).state).toBe('done');
  await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await links.isPaidOnce(paid);
  await job.quiet();
  await links.shows(living.crmId, {
    Payment_Link_Status__c: 'Pending Payment',
    Payment_Link_Url__c: living.link.url,
  });
  // Known now, it is followed as if this installation had made it; once more takes up nothing.
  expect((await backfill()).state).toBe('done');
  expect((await money.act('create-payment-link', living.crmId)).body).toMatchObject({ code: 'link_exists' });
  await links.pay(await links.openPage(living.link.url));
  await money.act('sync', living.crmId);
  await links.shows(living.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await links.isPaidOnce(living);
});

test('what such an installation has counted in part, and given back, is neither counted nor given back again', async () => {
  const [part, back] = [await links.linked(), await links.linked()];
  const pages = [await links.openPage(part.link.url), await links.openPage(back.link.url)];
  await links.unseen(async () => {
    const { id: invoice } = part;
    const reported = await world.stripe.paymentRecords.reportPayment({
      amount_requested: { value: 1000, currency: 'usd' },
      payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
      initiated_at: 1_790_000_000,
      outcome: 'guaranteed',
      guaranteed: { guaranteed_at: 1_790_000_000 },
    });
    await world.stripe.invoices.attachPayment(invoice, { payment_record: reported.id });
    await world.stripe.invoices.voidInvoice(back.id);
    for (const page of pages) await links.pay(page);
  });
  await links.shows(part.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  const noted = await links.shows(back.crmId, { Status__c: 'Void', Payment_Link_Status__c: 'Deactivated' });
  await job.quiet();
  const refunds = async () =>
    Promise.all([part, back].map(async ({ id }) => links.refundsOf(await links.chargesOf(id))));
  const before = await refunds();
  expect(before.map((each) => each.length)).toEqual([1, 1]);
  const { pool } = world.database;
  await pool.query('DELETE FROM payment_link WHERE invoice = ANY($1)', [[part.id, back.id]]);
  await pool.query('DELETE FROM link_payment WHERE invoice = ANY($1)', [[part.id, back.id]]);
  await runBackfill(world.worker!.engine, {
    databaseUrl: world.config.databaseUrl,
    start: { direction: 'stripe', options: { entities: ['payment'], unmatched: 'queue', where: null } },
    dryRun: false,
    signal: new AbortController().signal,
  });
  await job.quiet();
  expect(await refunds()).toEqual(before);
  await links.shows(part.crmId, { Payment_Link_Status__c: 'Paid', Amount_Refunded__c: 0 });
  await links.shows(back.crmId, { Payment_Link_Note__c: noted.Payment_Link_Note__c });
});

test('what could not be refunded by itself and is refunded in the Dashboard: the record says so and asks no more', async () => {
  const paid = await links.refundRefused();
  await links.shows(paid.crmId, { Status__c: 'Void', Payment_Link_Status__c: 'Refund Failed' });
  const [charge] = await links.chargesOf(paid.id);
  const half = Math.round(charge!.amount / 2);
  await world.stripe.refunds.create({ charge: charge!.id, amount: half });
  await job.quiet();
  await links.shows(paid.crmId, { Payment_Link_Status__c: 'Refund Failed' });
  await world.stripe.refunds.create({ charge: charge!.id });
  const shown = await links.shows(paid.crmId, { Payment_Link_Status__c: 'Deactivated' });
  expect(shown.Payment_Link_Note__c).toMatch(
    new RegExp(`^${usd(paid.total)} .* were refunded: the invoice was void\\.$`),
  );
  // It never counted, so nothing of the invoice's own money went back.
  await job.quiet();
  await links.shows(paid.crmId, { Amount_Refunded__c: 0, Payment_State__c: 'Void' });
});

test("a tax rate that was changed in Stripe while no webhook came: Stripe's log of events brings it", async () => {
  const rate = await world.stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false });
  const inOrg = async () =>
    (
      await world.rep.query(
        `SELECT Name, Active__c FROM Tax_Rate__c WHERE Stripe_Tax_Rate_Id__c = '${rate.id}'`,
      )
    )[0];
  await eventually(inOrg, 'the tax rate is in the org');
  await job.quiet();
  await untold();
  await world.stripe.taxRates.update(rate.id, { display_name: 'VAT (old)', active: false });
  await world.stopWorker();
  await world.startWorker();
  await eventually(async () => (await inOrg())?.Active__c === false, 'it is off in the org');
  expect(await inOrg()).toMatchObject({ Name: 'VAT (old) 19%' });
});
