import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { Delivery } from '../../sandbox/stripe/pages/port.ts';
import { catchUpStripe } from '../../sync/inbox/catchUpStripe.ts';
import { CrashingProcess } from '../simulation/crashingProcess.ts';
import { actOn } from './actOn.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { daysFromNow } from './orgUser.ts';
import { streamIsRead } from './streamIsRead.ts';
import { eventually, startWorld, type World } from './world.ts';

/** Edits that people make in Stripe between the engine's read and its write of the very same field. */
let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true, environment: { LEASE_SECONDS: '2' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const rowsOf = async (crmId: string, columns: string, table: string) =>
  (
    await world.database.pool.query(
      `SELECT ${columns} FROM ${table} JOIN sync_record ON sync_record.id = record_id
       WHERE crm_id = $1 ORDER BY ${table}.id`,
      [crmId],
    )
  ).rows;
const conflictsOf = (crmId: string) => rowsOf(crmId, 'field, stripe_value, crm_value, winner', 'conflict');
const notesOf = (crmId: string) => rowsOf(crmId, 'told, is_looked_at', 'stripe_write');
const kept = (field: string, theirs: unknown, ours: unknown) => ({
  field,
  stripe_value: theirs,
  crm_value: ours,
  winner: 'salesforce',
});

async function rest(): Promise<void> {
  await job.quiet();
  await streamIsRead(world);
  await job.quiet();
}

/** What happens to our next write to this object of Stripe's. */
const fault = (id: string, order: object) =>
  world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: `^/v1/\\w+/${id}$` },
    times: 1,
    ...order,
  });
const heldWrite = (id: string) => fault(id, { kind: 'delay', hold: true });

type Fault = { kind: string; delayMs?: number };

/** The engine is about to write to Stripe; before it does, somebody edits there. */
async function editedMeanwhile(
  id: string,
  { ours, theirs, answer }: { ours: () => Promise<unknown>; theirs: () => Promise<unknown>; answer?: Fault },
): Promise<void> {
  if (answer) await fault(id, answer);
  await heldWrite(id);
  const written = ours();
  await allStruck(world, 'stripe');
  await theirs();
  await world.control('stripe', 'DELETE', '/faults');
  await written;
}

/** The same of a draft's description, by a rep and by finance. */
const describedMeanwhile = ({ id, stripeId }: Draft, answer?: Fault) =>
  editedMeanwhile(stripeId, {
    ours: () => world.rep.update('Invoice__c', id, { Description__c: 'By the rep' }),
    theirs: () => world.stripe.invoices.update(stripeId, { description: 'By finance' }),
    ...(answer && { answer }),
  });

type Draft = { id: string; stripeId: string };

async function newDraft(): Promise<Draft> {
  const id = await job.raiseAndSync();
  await rest();
  return { id, stripeId: (await job.stripeInvoice(id)).id };
}

async function newRate(percentage: number) {
  const { id } = await world.stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive: false });
  const rate = await eventually(
    async () =>
      (await world.rep.query(`SELECT Id FROM Tax_Rate__c WHERE Stripe_Tax_Rate_Id__c = '${id}'`))[0],
    'the tax rate is in the org',
  );
  return { stripeId: id, crmId: rate.Id };
}

test('of a draft, all that was overwritten is kept, the org’s values stand, and a person may take the other one', async () => {
  const [ours, theirs] = [await newRate(7), await newRate(19)];
  const { id, stripeId } = await newDraft();
  const noon = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000;
  await editedMeanwhile(stripeId, {
    ours: () =>
      world.rep.update('Invoice__c', id, {
        Description__c: 'By the rep',
        Footer__c: 'Thanks',
        Custom_Fields__c: 'PO: 1',
        Due_Date__c: '2031-05-05',
        Tax_Rate__c: ours.crmId,
      }),
    theirs: () =>
      world.stripe.invoices.update(stripeId, {
        description: 'By finance',
        footer: 'Thanks',
        custom_fields: [{ name: 'PO', value: '2' }],
        due_date: noon('2031-06-06'),
        default_tax_rates: [theirs.stripeId],
        metadata: { cost_center: '7' },
      }),
  });
  await rest();
  expect(await job.stripeInvoice(id)).toMatchObject({
    description: 'By the rep',
    footer: 'Thanks',
    custom_fields: [{ name: 'PO', value: '1' }],
    default_tax_rates: [{ id: ours.stripeId }],
  });
  expect(await world.rep.invoice(id)).toMatchObject({
    Description__c: 'By the rep',
    Due_Date__c: '2031-05-05',
    Sync_Status__c: 'Conflict',
    Sync_Error__c: expect.stringContaining(
      '“By the rep” of Salesforce stayed, “By finance” of Stripe was replaced',
    ),
  });
  expect(new Set(await conflictsOf(id))).toEqual(
    new Set([
      kept('description', 'By finance', 'By the rep'),
      kept('dueDate', '2031-06-06', '2031-05-05'),
      kept('customFields', [{ name: 'PO', value: '2' }], [{ name: 'PO', value: '1' }]),
      kept('taxRate', theirs.stripeId, ours.stripeId),
    ]),
  );
  expect(await notesOf(id)).toEqual([]);

  const listed = await world.rep.apex<{ conflictId: string; message: string }[]>(
    'ConflictController',
    'getConflicts',
    { recordId: id },
  );
  const { conflictId } = listed.find(({ message }) => message.includes('By finance'))!;
  const decision = { recordId: id, conflictId, decision: 'use-other', idempotencyKey: randomUUID() };
  expect(await world.rep.apex('ConflictController', 'settle', decision)).toMatchObject({ status: 'done' });
  await rest();
  expect((await job.stripeInvoice(id)).description).toBe('By finance');
  expect((await world.rep.invoice(id)).Description__c).toBe('By finance');
  expect(await conflictsOf(id)).toHaveLength(4);
});

test('an edit of another field, one that says the same, and one that was taken back are none that is lost', async () => {
  const { id, stripeId } = await newDraft();
  const before = (await job.stripeInvoice(id)).footer ?? '';
  await editedMeanwhile(stripeId, {
    ours: () => world.rep.update('Invoice__c', id, { Description__c: 'The same', Footer__c: 'By the rep' }),
    theirs: async () => {
      await world.stripe.invoices.update(stripeId, { description: 'The same', footer: 'Oh no' });
      await world.stripe.invoices.update(stripeId, {
        footer: before,
        custom_fields: [{ name: 'PO', value: '4711' }],
      });
    },
  });
  await rest();
  expect(await conflictsOf(id)).toEqual([]);
  expect(await job.stripeInvoice(id)).toMatchObject({ description: 'The same', footer: 'By the rep' });
  expect(await world.rep.invoice(id)).toMatchObject({
    Custom_Fields__c: 'PO: 4711',
    Sync_Status__c: 'Synced',
  });
  expect(await notesOf(id)).toEqual([]);
});

test('of a customer and of a product the same holds, also where only a part of an address was edited', async () => {
  const address = { line1: '1 Old Road', city: 'Oldtown', postal_code: '10001', country: 'US' };
  const moved = { ...address, city: 'Newtown' };
  const { id: customer } = await world.stripe.customers.create({ name: 'Races Ltd', address });
  const { id: product } = await world.stripe.products.create({ name: 'Racing', description: 'By the hour' });
  const accountId = await world.admin.create('Account', {
    Name: 'Races Ltd',
    Stripe_Customer_Id__c: customer,
  });
  const productId = await world.admin.create('Product2', {
    Name: 'Racing',
    IsActive: true,
    Stripe_Product_Id__c: product,
  });
  await rest();
  await editedMeanwhile(customer, {
    ours: () => world.admin.update('Account', accountId, { BillingStreet: '2 New Road', Phone: '+1 555 1' }),
    theirs: () => world.stripe.customers.update(customer, { address: moved, email: 'a@example.com' }),
  });
  await editedMeanwhile(product, {
    ours: () => world.admin.update('Product2', productId, { Name: 'Racing, fast', IsActive: false }),
    theirs: () => world.stripe.products.update(product, { name: 'Racing, slow', active: false }),
  });
  await rest();
  const place = { line1: '1 Old Road', city: 'Oldtown', state: null, postalCode: '10001', country: 'US' };
  expect(await conflictsOf(accountId)).toEqual([
    kept('address', { ...place, city: 'Newtown' }, { ...place, line1: '2 New Road' }),
  ]);
  expect(await conflictsOf(productId)).toEqual([kept('name', 'Racing, slow', 'Racing, fast')]);
  expect((await world.stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({
    address: { line1: '2 New Road', city: 'Oldtown' },
    email: 'a@example.com',
  });
  const [account] = await world.admin.query(
    `SELECT Id, Billing_Email__c, Sync_Status__c FROM Account WHERE Id = '${accountId}'`,
  );
  expect(account).toMatchObject({ Billing_Email__c: 'a@example.com', Sync_Status__c: 'Conflict' });
});

test.each<[string, Fault]>([
  ['the event is here before the answer', { kind: 'delayAnswer', delayMs: 800 }],
  ['the answer is lost, and the request made again', { kind: 'resetAfter' }],
])('it is kept once where %s, and events come twice', async (_what, answer) => {
  const draft = await newDraft();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal', duplicates: 2, shuffle: true });
  await describedMeanwhile(draft, answer);
  await rest();
  expect(await conflictsOf(draft.id)).toEqual([kept('description', 'By finance', 'By the rep')]);
  expect((await job.stripeInvoice(draft.id)).description).toBe('By the rep');
  expect(await notesOf(draft.id)).toEqual([]);
});

test('it is kept where the worker is killed between its write and the end of the sync', async () => {
  const draft = await newDraft();
  await world.stopWorker();
  const worker = new CrashingProcess('workerProcess.ts', world.environment);
  try {
    await worker.start();
    await describedMeanwhile(draft, { kind: 'delayAnswer', delayMs: 4_000 });
    const written = async () => (await job.stripeInvoice(draft.id)).description === 'By the rep';
    await eventually(written, 'it is written');
    await worker.restart();
    await rest();
  } finally {
    await worker.stop();
    await world.startWorker();
  }
  expect(await conflictsOf(draft.id)).toEqual([kept('description', 'By finance', 'By the rep')]);
});

test('events that come late and the wrong way round, or in Stripe’s log alone, tell the same', async () => {
  await catchUpStripe(world.worker!.engine);
  const [lost, late] = [await newDraft(), await newDraft()];
  const overwrittenUntold = async ({ id, stripeId }: Draft, mode: string) => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode });
    await describedMeanwhile({ id, stripeId });
    await rest();
    await world.rep.update('Invoice__c', id, { Description__c: 'By the rep, later' });
    await rest();
    expect(await conflictsOf(id)).toEqual([]);
  };
  await overwrittenUntold(lost, 'drop');
  await overwrittenUntold(late, 'hold');
  const { deliveries } = await world.control<{ deliveries: Delivery[] }>('stripe', 'GET', '/deliveries');
  const order = deliveries.filter(({ status }) => status === 'held').map(({ event }) => event);
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
  await world.control('stripe', 'POST', '/deliveries/release', { order: order.reverse() });
  await catchUpStripe(world.worker!.engine);
  await rest();
  for (const { id } of [late, lost]) {
    expect(await conflictsOf(id)).toEqual([kept('description', 'By finance', 'By the rep, later')]);
    expect((await job.stripeInvoice(id)).description).toBe('By the rep, later');
    expect(await notesOf(id)).toEqual([]);
  }
});

test('Edit Draft and the due date of a sending overwrite nothing unseen either', async () => {
  const { id, stripeId } = await newDraft();
  await editedMeanwhile(stripeId, {
    ours: () => actOn(world, { action: 'edit', crmId: id }, { body: { footer: 'By the rep' } }),
    theirs: () => world.stripe.invoices.update(stripeId, { footer: 'By finance' }),
  });
  await rest();
  expect((await world.rep.invoice(id)).Footer__c).toBe('By the rep');
  expect(await conflictsOf(id)).toEqual([kept('footer', 'By finance', 'By the rep')]);

  // A draft of Net 15 that has lain for a while: its day is not that of today's terms.
  const lain = await newDraft();
  await world.rep.update('Invoice__c', lain.id, { Payment_Terms__c: 'Net 15', Due_Date__c: daysFromNow(9) });
  await rest();
  const [due, theirs] = [daysFromNow(15), daysFromNow(40)];
  await editedMeanwhile(lain.stripeId, {
    ours: () => world.rep.send(lain.id),
    theirs: () =>
      world.stripe.invoices.update(lain.stripeId, { due_date: Date.parse(`${theirs}T12:00:00Z`) / 1000 }),
  });
  await rest();
  expect(await world.rep.invoice(lain.id)).toMatchObject({ Status__c: 'Open', Due_Date__c: due });
  expect(await conflictsOf(lain.id)).toEqual([kept('dueDate', theirs, due)]);
});
