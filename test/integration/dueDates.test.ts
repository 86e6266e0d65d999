import { dayIn, endOfDay } from '../../sync/domain/civilDay.ts';
import { dueBy } from '../../sync/domain/paymentTerms.ts';
import { actOn } from './actOn.ts';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { daysFromNow } from './orgUser.ts';
import { eventually, startWorld, type World } from './world.ts';

// Half an hour beside the full ones, behind UTC, and with summer time.
const ZONE = 'America/St_Johns';

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  await world.control('stripe', 'POST', '/billing', { timeZone: ZONE });
  steps = await jobSteps(world);
});
afterAll(() => world?.stop());

test('a due date is the end of that day where the Stripe account is, and stays that day on both sides', async () => {
  const day = daysFromNow(30);
  const crmId = await steps.raiseAndSync();
  const { id, due_date } = await steps.stripeInvoice(crmId);
  expect(due_date).toBe(endOfDay(ZONE, day));

  await steps.quiet();
  await world.rep.update('Invoice__c', crmId, { Description__c: 'Edited in the org' });
  await world.rep.sync(crmId);
  await world.stripe.invoices.update(id, { description: 'Edited in Stripe' });
  await eventually(
    async () => (await world.rep.invoice(crmId)).Description__c === 'Edited in Stripe',
    'the edit is in the org',
  );
  expect((await world.rep.invoice(crmId)).Due_Date__c).toBe(day);
  expect((await steps.stripeInvoice(crmId)).due_date).toBe(due_date);
});

test('an hour that is another day in UTC moves nothing; an edit on either side is the same day on the other', async () => {
  const day = daysFromNow(30);
  const crmId = await steps.raiseAndSync();
  const { id } = await steps.stripeInvoice(crmId);
  const evening = endOfDay(ZONE, day) - 3600;
  expect(new Date(evening * 1000).toISOString().slice(0, 10)).toBe(daysFromNow(31));
  await world.stripe.invoices.update(id, { due_date: evening, description: 'In the evening' });
  await eventually(
    async () => (await world.rep.invoice(crmId)).Description__c === 'In the evening',
    'the edit is in the org',
  );
  expect((await world.rep.invoice(crmId)).Due_Date__c).toBe(day);
  await world.rep.sync(crmId);
  expect((await steps.stripeInvoice(crmId)).due_date).toBe(evening);

  await world.rep.update('Invoice__c', crmId, { Due_Date__c: daysFromNow(40) });
  await world.rep.sync(crmId);
  expect((await steps.stripeInvoice(crmId)).due_date).toBe(endOfDay(ZONE, daysFromNow(40)));
  await world.stripe.invoices.update(id, { due_date: endOfDay(ZONE, daysFromNow(50)) });
  await eventually(
    async () => (await world.rep.invoice(crmId)).Due_Date__c === daysFromNow(50),
    'the day of Stripe is in the org',
  );

  const { body } = await actOn(world, { action: 'duplicate', crmId });
  await steps.quiet();
  const copy = await world.rep.invoice(body.newInvoice!.id);
  expect((await steps.stripeInvoice(body.newInvoice!.id)).due_date).toBe(
    endOfDay(ZONE, copy.Due_Date__c as string),
  );
  const audit = await invoicebridge(['audit', '--json'], world.environment);
  expect({ code: audit.code, lines: audit.lines.filter(({ kind }) => kind === 'difference') }).toEqual({
    code: 0,
    lines: [],
  });
});

test('a record without a due date has the terms of its Account, counted from the day of the Stripe account', async () => {
  const [account] = await world.rep.query(`SELECT Id FROM Account WHERE Name = '${steps.account}'`);
  await world.rep.update('Account', account!.Id, { Payment_Terms__c: 'Net 60' });
  const crmId = await world.rep.create('Invoice__c', {
    Account__c: account!.Id,
    Description__c: 'By a Flow',
  });
  await actOn(world, { action: 'sync', crmId });
  const due = dueBy('Net 60', accountToday());
  expect((await steps.stripeInvoice(crmId)).due_date).toBe(endOfDay(ZONE, due));
  expect(await world.rep.invoice(crmId)).toMatchObject({ Due_Date__c: due });
  expect(await termsOf(crmId)).toBe('Net 60');
});

test('a draft that is sent later is due by its terms from then on; a day that was chosen by hand stays', async () => {
  const raise = async (fields: object) => {
    const crmId = await steps.raise();
    await world.rep.update('Invoice__c', crmId, fields);
    await actOn(world, { action: 'sync', crmId });
    return crmId;
  };
  const later = daysFromNow(77);
  // As it is with a draft of Net 15 that has lain for a while: its day is not that of today's terms.
  const [lain, byHand] = [
    await raise({ Payment_Terms__c: 'Net 15', Due_Date__c: daysFromNow(9) }),
    await raise({ Payment_Terms__c: 'Net 15' }),
  ];
  await world.rep.update('Invoice__c', byHand, { Due_Date__c: later });
  await actOn(world, { action: 'sync', crmId: byHand });
  expect([await termsOf(lain), await termsOf(byHand)]).toEqual(['Net 15', null]);

  await actOn(world, { action: 'send', crmId: lain });
  await actOn(world, { action: 'finalize', crmId: byHand });
  const due = dueBy('Net 15', accountToday());
  expect((await steps.stripeInvoice(lain)).due_date).toBe(endOfDay(ZONE, due));
  expect(await world.rep.invoice(lain)).toMatchObject({ Status__c: 'Open', Due_Date__c: due });
  expect((await steps.stripeInvoice(byHand)).due_date).toBe(endOfDay(ZONE, later));
  expect(await world.rep.invoice(byHand)).toMatchObject({ Status__c: 'Open', Due_Date__c: later });
});

test('a draft that is to be final on a day is finalized and mailed by Stripe then, and the org follows', async () => {
  // A customer whose time is told by a clock of its own.
  const clock = await world.stripe.testHelpers.testClocks.create({
    frozen_time: Math.floor(Date.now() / 1000),
  });
  const customer = await world.stripe.customers.create({
    name: 'On a clock',
    email: 'clock@example.com',
    test_clock: clock.id,
  });
  const accountId = await world.admin.create('Account', {
    Name: 'On a clock',
    Billing_Email__c: 'clock@example.com',
    Stripe_Customer_Id__c: customer.id,
  });
  const crmId = await world.rep.raiseInvoice({
    account: 'On a clock',
    lines: [{ product: steps.products[0]!.name, quantity: 1 }],
  });
  const day = daysFromNow(10);
  await world.rep.update('Invoice__c', crmId, {
    Finalize_On__c: day,
    Payment_Terms__c: 'Net 15',
    Due_Date__c: null,
  });
  expect((await actOn(world, { action: 'sync', crmId })).status).toBe(200);
  const draft = await steps.stripeInvoice(crmId);
  expect(draft).toMatchObject({ status: 'draft', auto_advance: true, customer: customer.id });
  expect(dayIn(ZONE, draft.automatically_finalizes_at!)).toBe(day);
  expect(draft.due_date).toBe(endOfDay(ZONE, dueBy('Net 15', day)));

  await world.stripe.testHelpers.testClocks.advance(clock.id, {
    frozen_time: draft.automatically_finalizes_at! + 60,
  });
  await steps.becomes(crmId, 'Open');
  expect((await steps.mailsOf(draft.id)).map(({ to }) => to)).toEqual(['clock@example.com']);
  await steps.quiet();
  const [row] = await world.rep.query(
    `SELECT Finalize_On__c, Sent_At__c, Sync_Status__c FROM Invoice__c WHERE Id = '${crmId}' AND Account__c = '${accountId}'`,
  );
  expect(row).toMatchObject({
    Finalize_On__c: null,
    Sync_Status__c: 'Synced',
    Sent_At__c: expect.any(String) as string,
  });
});

test('a day that is cleared in the org, or is over, finalizes nothing', async () => {
  const crmId = await steps.raise();
  await world.rep.update('Invoice__c', crmId, { Finalize_On__c: daysFromNow(20) });
  await actOn(world, { action: 'sync', crmId });
  expect(await steps.stripeInvoice(crmId)).toMatchObject({ auto_advance: true });
  await world.rep.update('Invoice__c', crmId, { Finalize_On__c: null });
  await actOn(world, { action: 'sync', crmId });
  expect(await steps.stripeInvoice(crmId)).toMatchObject({
    auto_advance: false,
    automatically_finalizes_at: null,
  });
  await world.rep.update('Invoice__c', crmId, { Finalize_On__c: '2020-01-01' });
  const { status, body } = await actOn(world, { action: 'sync', crmId });
  expect({ status, detail: body.detail }).toEqual({
    status: 422,
    detail: expect.stringMatching(/is 2020-01-01, which is over\. Choose a later day/) as string,
  });
});

test('a key that may not read its account is told of, with what to set', async () => {
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'GET', path: '^/v1/account$' },
    kind: 'status',
    status: 403,
    body: { error: { type: 'invalid_request_error', message: 'The provided key lacks a permission.' } },
  });
  // What a worker knows of the zone holds for an hour.
  await world.stopWorker();
  await world.startWorker();
  const crmId = await steps.raise();
  const refused = await actOn(world, { action: 'sync', crmId });
  expect(refused).toMatchObject({ status: 422, body: { code: 'no_time_zone' } });
  expect(refused.body.detail).toMatch(/does not let our key read .* Set STRIPE_TIME_ZONE, e\.g\. to/);
  await world.control('stripe', 'DELETE', '/faults');
  expect((await actOn(world, { action: 'sync', crmId })).status).toBe(200);
});

const accountToday = () => dayIn(ZONE, Date.now() / 1000);

async function termsOf(crmId: string): Promise<unknown> {
  const [row] = await world.rep.query(`SELECT Payment_Terms__c FROM Invoice__c WHERE Id = '${crmId}'`);
  return row!.Payment_Terms__c;
}
