import { sweepCrm } from '../../sync/inbox/sweepCrm.ts';
import { allDelivered, allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { streamIsRead } from './streamIsRead.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const rows = async <T>(sql: string, values: unknown[]) =>
  (await world.database.pool.query(sql, values)).rows as T[];
const recordOf = async (crmId: string) =>
  (
    await rows<{
      state: string;
      dirty_seq: string;
      crm_dirty: boolean;
      crm_unsure: boolean;
      attempts: number;
    }>(`SELECT * FROM sync_record WHERE entity = 'invoice' AND crm_id = $1`, [crmId])
  )[0]!;
const conflictsOf = (crmId: string) =>
  rows(
    `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record ON sync_record.id = record_id
     WHERE crm_id = $1 ORDER BY conflict.id`,
    [crmId],
  );

/** How often the org was asked for invoices, and written; a sweep is a composite call. */
async function callsOfOrg(during: () => Promise<void>) {
  await world.control('org', 'DELETE', '/calls');
  await during();
  const { byPath, queriesOf } = await world.control<Record<'byPath' | 'queriesOf', Record<string, number>>>(
    'org',
    'GET',
    '/calls',
  );
  const sum = (path: RegExp) =>
    Object.entries(byPath).reduce((total, [call, count]) => total + (path.test(call) ? count : 0), 0);
  const reads = (queriesOf.Invoice__c ?? 0) + (queriesOf.Invoice_Line__c ?? 0);
  return { reads, writes: sum(/^(PATCH|DELETE) .*\/composite/) };
}

async function rest(): Promise<void> {
  await job.quiet();
  await streamIsRead(world);
  await job.quiet();
}

/** A sweep that looks after the second of every change so far is over. */
const sweep = () => sweepCrm({ ...world.worker!.engine, now: () => new Date(Date.now() + 6_000) });

/** As if a worker had it in hand all the time: what comes meanwhile is taken up together afterwards. */
async function inOneGo(crmId: string, work: () => Promise<void>): Promise<void> {
  await rows(
    `UPDATE sync_record SET lease_owner = 'the test', lease_until = now() + interval '1 hour'
     WHERE entity = 'invoice' AND crm_id = $1`,
    [crmId],
  );
  await work();
  await rows(
    `UPDATE sync_record SET lease_owner = NULL, lease_until = NULL WHERE entity = 'invoice' AND crm_id = $1`,
    [crmId],
  );
}

async function heldBack(work: () => Promise<void>): Promise<void> {
  await world.stopWorker();
  await work();
  await world.startWorker();
}

const fault = (body: object) => world.control('org', 'POST', '/faults', body);
const WRITES = { method: 'PATCH', path: '/composite/sobjects' };

test('what changes in Stripe alone is written without reading the org, and its echo is none', async () => {
  const id = await job.raiseAndSync();
  await rest();
  await sweep();
  await rest();
  const stripe = await job.stripeInvoice(id);
  const before = await recordOf(id);
  const calls = await callsOfOrg(async () => {
    await world.stripe.invoices.finalizeInvoice(stripe.id);
    await eventually(async () => (await recordOf(id)).dirty_seq !== before.dirty_seq, 'the webhook is here');
    await rest();
    await sweep();
    await rest();
  });
  expect(calls).toEqual({ reads: 0, writes: 1 });
  expect(await job.becomes(id, 'Open')).toMatchObject({
    Total__c: stripe.total / 100,
    Sync_Status__c: 'Synced',
  });
  expect(await recordOf(id)).toMatchObject({ state: 'clean', crm_dirty: false, crm_unsure: false });
});

test('many at once are one write, and no read', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 12; index++) ids.push(await job.raiseAndSync());
  await rest();
  const calls = await callsOfOrg(async () => {
    await heldBack(async () => {
      for (const id of ids) await world.stripe.invoices.finalizeInvoice((await job.stripeInvoice(id)).id);
      await eventually(
        async () =>
          (await rows(`SELECT 1 FROM sync_record WHERE crm_id = ANY($1) AND state = 'dirty'`, [ids]))
            .length === ids.length,
        'all webhooks are here',
      );
      await world.control('org', 'DELETE', '/calls');
    });
    await rest();
  });
  // The tests' own queries are the rep's, for the Stripe ids; they were before the calls were counted anew.
  expect(calls).toEqual({ reads: 0, writes: 1 });
  for (const id of ids) expect((await world.rep.invoice(id)).Status__c).toBe('Open');
});

test('a call of Stripe that hangs holds up its own batch only', async () => {
  const [hanging, other] = [await job.raiseAndSync(), await job.raiseAndSync()];
  await rest();
  const [first, second] = [await job.stripeInvoice(hanging), await job.stripeInvoice(other)];
  const path = `^/v1/invoices/${first.id}$`;
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'GET', path },
    kind: 'delay',
    hold: true,
    times: 1,
  });
  await world.stripe.invoices.finalizeInvoice(first.id);
  await allStruck(world, 'stripe');
  await world.stripe.invoices.finalizeInvoice(second.id);
  await job.becomes(other, 'Open');
  expect((await world.rep.invoice(hanging)).Status__c).toBe('Draft');
  await withoutFaults(world);
  await job.becomes(hanging, 'Open');
});

test("an edit in the org's own moment of the write is taken in when its event comes", async () => {
  const id = await job.raiseAndSync();
  await rest();
  await fault({ match: WRITES, kind: 'delay', hold: true, times: 1 });
  await world.stripe.invoices.finalizeInvoice((await job.stripeInvoice(id)).id);
  await allStruck(world, 'org');
  await world.rep.update('Invoice__c', id, { Description__c: 'Edited meanwhile' });
  await withoutFaults(world);
  await rest();
  // From finalization on Stripe owns the text: the edit is put back, and kept.
  expect(await world.rep.invoice(id)).toMatchObject({
    Status__c: 'Open',
    Description__c: 'Work of the quarter',
  });
  expect(await conflictsOf(id)).toEqual([
    {
      field: 'description',
      stripe_value: 'Work of the quarter',
      crm_value: 'Edited meanwhile',
      winner: 'stripe',
    },
  ]);
});

test('an edit whose event is lost is found by the sweep', async () => {
  const id = await job.raiseAndSync();
  await rest();
  await world.control('org', 'POST', '/stream', { drop: 1 });
  await world.rep.update('Invoice__c', id, { Description__c: 'Nobody told' });
  await rest();
  const stripe = await job.stripeInvoice(id);
  // Something else changes in Stripe meanwhile: it must neither lose the edit nor take it for agreed.
  await world.stripe.invoices.update(stripe.id, { metadata: { note: 'x' } });
  await rest();
  expect(await world.rep.invoice(id)).toMatchObject({ Description__c: 'Nobody told' });
  expect(await sweep()).toBe(1);
  await rest();
  expect((await job.stripeInvoice(id)).description).toBe('Nobody told');
  expect(await sweep()).toBe(0);
});

test('both sides edit the same draft: each field keeps its edit, and where both did, the loss is kept', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const stripe = await job.stripeInvoice(id);
  await heldBack(async () => {
    await world.rep.update('Invoice__c', id, { Description__c: 'By the rep', Due_Date__c: '2099-03-31' });
    await world.stripe.invoices.update(stripe.id, { description: 'By finance' });
    await eventually(async () => (await recordOf(id)).state === 'dirty', 'the webhook is here');
  });
  await rest();
  expect(await world.rep.invoice(id)).toMatchObject({
    Description__c: 'By the rep',
    Due_Date__c: '2099-03-31',
  });
  expect((await job.stripeInvoice(id)).description).toBe('By the rep');
  expect(await conflictsOf(id)).toEqual([
    { field: 'description', stripe_value: 'By finance', crm_value: 'By the rep', winner: 'salesforce' },
  ]);
});

test('a worker that died between its note and its write leaves nothing unwritten', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const stripe = await job.stripeInvoice(id);
  await world.stopWorker();
  // What the dead worker had noted: that the org says what Stripe says now. It never came to write it.
  await world.stripe.invoices.finalizeInvoice(stripe.id);
  await eventually(async () => (await recordOf(id)).state === 'dirty', 'the webhook is here');
  await world.database.pool.query(
    `UPDATE sync_record SET crm_unsure = true,
       crm_snapshot = jsonb_set(crm_snapshot, '{fields,Status__c}', '"Open"')
     WHERE crm_id = $1`,
    [id],
  );
  await world.startWorker();
  await job.becomes(id, 'Open');
});

test.each(['resetBefore', 'resetAfter'])(
  'a write that is lost (%s) is followed by a full look',
  async (kind) => {
    const id = await job.raiseAndSync();
    await rest();
    await fault({ match: WRITES, kind, times: 1 });
    const calls = await callsOfOrg(async () => {
      await world.stripe.invoices.finalizeInvoice((await job.stripeInvoice(id)).id);
      await job.becomes(id, 'Open');
      await eventually(async () => (await recordOf(id)).attempts === 0, 'settled');
      await rest();
    });
    expect(calls.writes).toBeGreaterThanOrEqual(1);
    expect(await recordOf(id)).toMatchObject({ state: 'clean', crm_unsure: false });
  },
);

test('a line that somebody changes in the org is taken to Stripe, and the answer ends there', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const [line] = await world.rep.lines(id);
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 7 });
  await eventually(
    async () => (await job.stripeInvoice(id)).lines.data.some(({ quantity }) => quantity === 7),
    'the quantity in Stripe',
  );
  await rest();
  const { dirty_seq: before } = await recordOf(id);
  expect(await sweep()).toBe(0);
  await rest();
  expect((await recordOf(id)).dirty_seq).toBe(before);
});

test('a line that is added in Stripe comes to the org once, and the event of its making is no news', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const stripe = await job.stripeInvoice(id);
  await world.stripe.invoices.addLines(stripe.id, { lines: [{ description: 'Travel', amount: 4_500 }] });
  await eventually(async () => (await world.rep.lines(id)).length === 3, 'the line in the org');
  await rest();
  expect(await recordOf(id)).toMatchObject({ state: 'clean', crm_dirty: false });
  expect((await world.rep.lines(id)).map(({ Description__c }) => Description__c)).toContain('Travel');
  expect(await sweep()).toBe(0);
});

test('a parked record is not tried again because of its own text, but because of any edit', async () => {
  const id = await job.raiseAndSync();
  await rest();
  const errors = [
    { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'A PO number is needed', fields: [] },
  ];
  // Refused when it is written without a look, and again after one; the reason itself may be written.
  await fault({ match: WRITES, kind: 'status', status: 200, body: [{ success: false, errors }], times: 2 });
  // An event that came between the two tries would be a reason for a third; so would the sweep with which a worker begins.
  await inOneGo(id, async () => {
    await world.stripe.invoices.finalizeInvoice((await job.stripeInvoice(id)).id);
    await allDelivered(world);
  });
  const parked = await eventually(async () => {
    const record = await recordOf(id);
    return record.state === 'parked' ? record : undefined;
  }, 'parked');
  await eventually(
    async () => (await world.rep.invoice(id)).Sync_Status__c === 'Error',
    'the reason on the record',
  );
  await streamIsRead(world);
  expect(await recordOf(id)).toMatchObject({ state: 'parked', dirty_seq: parked.dirty_seq });
  await world.admin.update('Invoice__c', id, { Payment_Link_Status__c: 'Pending Payment' });
  await eventually(
    async () => (await recordOf(id)).dirty_seq !== parked.dirty_seq,
    'an edit of any field tries it again',
  );
  await job.becomes(id, 'Open');
});
