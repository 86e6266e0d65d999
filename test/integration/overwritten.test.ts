import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { streamIsRead } from './streamIsRead.ts';
import { eventually, startWorld, type World } from './world.ts';

/** Edits that people make between the engine's read and its write of the very same field. */
let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(async () => {
  await withoutFaults(world);
  await world.control('org', 'POST', '/stream', { gap: 0, drop: 0, duplicate: 0 });
});

interface Row {
  state: string;
  crm_unsure: boolean;
  crm_told: unknown;
}
const recordOf = async (crmId: string) =>
  (await world.database.pool.query<Row>('SELECT * FROM sync_record WHERE crm_id = $1', [crmId])).rows[0]!;
const conflictsOf = async (crmId: string) =>
  (
    await world.database.pool.query(
      `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record ON sync_record.id = record_id
       WHERE crm_id = $1 ORDER BY conflict.id`,
      [crmId],
    )
  ).rows;

async function rest(): Promise<void> {
  await job.quiet();
  await streamIsRead(world);
  await job.quiet();
}

const heldWrite = (kind: string, method = 'PATCH') =>
  world.control('org', 'POST', '/faults', {
    match: { method, path: '/composite/sobjects' },
    kind,
    hold: true,
    times: 1,
  });

/** Something happens in Stripe, and while the engine is about to write it to the org, somebody edits there. */
async function editedMeanwhile(
  id: string,
  {
    inStripe,
    inOrg,
    write = 'delay',
    method = 'PATCH',
  }: { inStripe: () => Promise<unknown>; inOrg: () => Promise<unknown>; write?: string; method?: string },
): Promise<void> {
  await heldWrite(write, method);
  await inStripe();
  await allStruck(world, 'org');
  await inOrg();
  await withoutFaults(world);
  await rest();
}

test('of a draft, an edit in the org in the moment of our write wins, and the one in Stripe is kept', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const stripe = await job.stripeInvoice(id);
  await editedMeanwhile(id, {
    inStripe: () => world.stripe.invoices.update(stripe.id, { description: 'By finance' }),
    inOrg: () => world.rep.update('Invoice__c', id, { Description__c: 'By the rep' }),
  });
  expect((await job.stripeInvoice(id)).description).toBe('By the rep');
  expect(await world.rep.invoice(id)).toMatchObject({
    Description__c: 'By the rep',
    Sync_Status__c: 'Conflict',
  });
  expect(await conflictsOf(id)).toEqual([
    { field: 'description', stripe_value: 'By finance', crm_value: 'By the rep', winner: 'salesforce' },
  ]);
  expect(await recordOf(id)).toMatchObject({ state: 'clean', crm_told: null });
});

test('an edit of a line in the org in the moment in which we delete it, because Stripe did, is kept as a conflict', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const [line] = await world.rep.lines(id);
  const stripe = await job.stripeInvoice(id);
  await editedMeanwhile(id, {
    method: 'DELETE',
    inStripe: () =>
      world.stripe.invoices.removeLines(stripe.id, {
        lines: [{ id: String(line!.Stripe_Line_Id__c), behavior: 'delete' }],
      }),
    inOrg: () => world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 41 }),
  });
  expect((await world.rep.lines(id)).map(({ Id }) => Id)).not.toContain(line!.Id);
  expect(await conflictsOf(id)).toMatchObject([
    { field: `lines.${line!.Id}`, stripe_value: null, crm_value: { quantity: '41' }, winner: 'stripe' },
  ]);
  expect((await world.rep.invoice(id)).Sync_Status__c).toBe('Conflict');
  expect(await recordOf(id)).toMatchObject({ state: 'clean', crm_told: null });
});

test.each([
  ['Quantity__c', 9, { quantity: 4 }, { field: 'quantity', stripe_value: '4', crm_value: '9' }],
  [
    'Unit_Price__c',
    12.5,
    { price_data: { currency: 'usd', unit_amount: 700, product_data: { name: 'Item' } } },
    { field: 'unitAmount', stripe_value: '700', crm_value: '1250' },
  ],
  ['Description__c', 'By the rep', { description: 'By finance' }, { field: 'description' }],
])('the same of a line: %s', async (field, ours, theirs, conflict) => {
  const id = await job.raiseAndSync();
  await rest();
  const [line] = await world.rep.lines(id);
  const stripe = await job.stripeInvoice(id);
  await editedMeanwhile(id, {
    inStripe: () =>
      world.stripe.invoices.updateLines(stripe.id, {
        lines: [{ id: String(line!.Stripe_Line_Id__c), ...theirs }],
      }),
    inOrg: () => world.rep.update('Invoice_Line__c', line!.Id, { [field]: ours }),
  });
  const [after] = await world.rep.lines(id);
  expect(after![field]).toBe(ours);
  expect(await conflictsOf(id)).toContainEqual(
    expect.objectContaining({
      ...conflict,
      field: `lines.${line!.Id}.${conflict.field}`,
      winner: 'salesforce',
    }),
  );
});

test('of a final invoice, an edit in the moment in which another one is put back is kept as a conflict', async () => {
  const id = await job.raiseAndSync();
  await world.rep.send(id);
  await rest();
  await editedMeanwhile(id, {
    inStripe: () => world.rep.update('Invoice__c', id, { Description__c: 'First try' }),
    inOrg: () => world.rep.update('Invoice__c', id, { Description__c: 'Second try' }),
  });
  expect((await world.rep.invoice(id)).Description__c).toBe('Work of the quarter');
  expect((await conflictsOf(id)).map(({ crm_value, winner }) => [crm_value, winner])).toEqual([
    ['First try', 'stripe'],
    ['Second try', 'stripe'],
  ]);
});

test('events that come twice, and a write whose answer is lost, restore nothing twice', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const stripe = await job.stripeInvoice(id);
  await world.control('org', 'POST', '/stream', { duplicate: 4 });
  await editedMeanwhile(id, {
    inStripe: () => world.stripe.invoices.update(stripe.id, { description: 'By finance' }),
    inOrg: () => world.rep.update('Invoice__c', id, { Description__c: 'By the rep' }),
    write: 'resetAfter',
  });
  expect((await job.stripeInvoice(id)).description).toBe('By the rep');
  expect((await world.rep.invoice(id)).Description__c).toBe('By the rep');
  expect(await conflictsOf(id)).toHaveLength(1);
});

test('an event that comes late brings back no edit that we had read and that has been replaced since', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const stripe = await job.stripeInvoice(id);
  // Nobody is told of the edit; a sync that somebody asks for reads it.
  await world.control('org', 'POST', '/stream', { silent: true });
  await world.rep.update('Invoice__c', id, { Description__c: 'Read in time' });
  await world.rep.sync(id);
  await world.stripe.invoices.update(stripe.id, { description: 'Newer, by finance' });
  await eventually(
    async () => (await world.rep.invoice(id)).Description__c === 'Newer, by finance',
    'the newer text is in the org',
  );
  await world.control('org', 'POST', '/stream', { silent: false });
  await world.control('org', 'POST', '/stream', { close: true });
  await rest();
  expect((await job.stripeInvoice(id)).description).toBe('Newer, by finance');
  expect((await world.rep.invoice(id)).Description__c).toBe('Newer, by finance');
  expect(await conflictsOf(id)).toEqual([]);
  expect(await recordOf(id)).toMatchObject({ state: 'clean', crm_told: null });
});

test('a line that is deleted in the org before the answer to its adding, and edited in Stripe, is kept in a conflict', async () => {
  const id = await job.raise();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/add_lines$' },
    kind: 'resetAfter',
    times: 200,
  });
  void world.rep.sync(id);
  const draft = await eventually(async () => {
    const [invoice] = await job.stripeInvoices(id);
    return invoice && invoice.lines.data.length === 2 ? invoice : undefined;
  }, 'the lines are in Stripe, but nobody was told');
  const [line] = draft.lines.data;
  await world.stripe.invoices.updateLines(draft.id, { lines: [{ id: line!.id, quantity: 6 }] });
  await world.rep.delete('Invoice_Line__c', line!.metadata.salesforce_id!);
  await withoutFaults(world);
  await eventually(async () => (await world.rep.lines(id)).length === 1, 'one line in the org');
  await rest();
  expect((await job.stripeInvoice(id)).lines.data).toHaveLength(1);
  expect(await conflictsOf(id)).toEqual([
    {
      field: `lines.${line!.metadata.salesforce_id}`,
      stripe_value: expect.objectContaining({ quantity: '6' }),
      crm_value: null,
      winner: 'salesforce',
    },
  ]);
});
