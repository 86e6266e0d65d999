import { randomUUID } from 'node:crypto';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { streamIsRead } from './streamIsRead.ts';
import { eventually, startWorld, type World } from './world.ts';

/** What people decide about conflicts: the value that was replaced after all, or that all is well. */
let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(async () => {
  await withoutFaults(world);
  if (!world.worker) await world.startWorker();
});

const USER = '005000000000001AAA';

async function call<T>(method: string, path: string): Promise<T & { status: number }> {
  const response = await fetch(world.webUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${world.apiToken}`,
      'x-salesforce-org-id': world.orgId,
      'x-salesforce-user-id': USER,
      'idempotency-key': randomUUID(),
    },
  });
  return { ...((await response.json()) as T), status: response.status };
}

interface Listed {
  conflicts: { conflicts: { id: string; field: string; message: string }[] }[];
}
const openOf = async (crmId: string) =>
  (await call<Listed>('GET', `/v1/conflicts?crmId=${crmId}`)).conflicts.flatMap(({ conflicts }) => conflicts);
const account = async (id: string) =>
  (await world.admin.query(`SELECT Phone, Sync_Status__c FROM Account WHERE Id = '${id}'`))[0]!;
const decide = (id: string, decision: 'use-other' | 'dismiss') =>
  call<{ message?: string; detail?: string; code?: string }>('POST', `/v1/conflicts/${id}/${decision}`);
const settledOf = async (id: string) =>
  (await world.database.pool.query('SELECT settled_by, settled_how FROM conflict WHERE id = $1', [id]))
    .rows[0];

async function rest(): Promise<void> {
  await job.quiet();
  await streamIsRead(world);
  await job.quiet();
}

/** A draft whose description, or whose first line, both sides have changed. */
async function conflicting(of: 'invoice' | 'line' = 'invoice') {
  const crmId = await job.raiseAndSync();
  await job.quiet();
  await world.stopWorker();
  const { id: stripeId } = await job.stripeInvoice(crmId);
  const [line] = await world.rep.lines(crmId);
  if (of === 'invoice') {
    await world.rep.update('Invoice__c', crmId, { Description__c: 'By the rep' });
    await world.stripe.invoices.update(stripeId, { description: 'By finance' });
  } else {
    await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 9 });
    await world.stripe.invoices.updateLines(stripeId, {
      lines: [{ id: String(line!.Stripe_Line_Id__c), quantity: 4 }],
    });
  }
  await world.startWorker();
  await rest();
  const [conflict] = await openOf(crmId);
  return { crmId, stripeId, lineId: line!.Id, conflict: conflict! };
}

test('the value that was replaced is taken after all, on both sides, and who decided is noted', async () => {
  const { crmId, stripeId, conflict } = await conflicting();
  expect(conflict).toMatchObject({ field: 'description', message: expect.stringContaining('By finance') });
  const { status, message } = await decide(conflict.id, 'use-other');
  expect({ status, message }).toEqual({
    status: 200,
    message: 'The other value was taken. Stripe: Description By the rep → By finance.',
  });
  expect((await world.stripe.invoices.retrieve(stripeId)).description).toBe('By finance');
  expect(await world.rep.invoice(crmId)).toMatchObject({
    Description__c: 'By finance',
    Sync_Status__c: 'Synced',
    Sync_Error__c: null,
  });
  expect(await openOf(crmId)).toEqual([]);
  expect(await settledOf(conflict.id)).toEqual({ settled_by: USER, settled_how: 'use-other' });
  await job.quiet();
  // A second press of somebody who has not seen it yet.
  expect(await decide(conflict.id, 'use-other')).toMatchObject({ status: 200 });
});

test('the same of a line, though the answer to the write is lost', async () => {
  const { crmId, stripeId, conflict } = await conflicting('line');
  await world.control('org', 'POST', '/faults', {
    match: { method: 'PATCH', path: '/composite/sobjects' },
    kind: 'resetAfter',
    times: 1,
  });
  // The worker goes on by itself, whether this press still hears of it or not.
  await decide(conflict.id, 'use-other');
  expect((await world.rep.lines(crmId))[0]).toMatchObject({ Quantity__c: 4 });
  await eventually(async () => {
    const { lines } = await world.stripe.invoices.retrieve(stripeId);
    return lines.data.some(({ quantity }) => quantity === 4) && (await settledOf(conflict.id)).settled_how;
  }, 'Stripe follows, and the decision is noted');
  expect(await openOf(crmId)).toEqual([]);
});

test('the page lists what both sides had changed and takes the decision, of the record that it shows only', async () => {
  const { crmId, conflict } = await conflicting();
  const asked = (recordId: string) => world.rep.apex('ConflictController', 'getConflicts', { recordId });
  expect(await asked(crmId)).toEqual([
    { conflictId: conflict.id, message: conflict.message, canUseOther: true },
  ]);
  const settle = (recordId: string) =>
    world.rep.apex('ConflictController', 'settle', {
      recordId,
      conflictId: conflict.id,
      decision: 'use-other',
      idempotencyKey: randomUUID(),
    });
  const another = await job.raise();
  expect(await settle(another)).toMatchObject({ status: 'failed' });
  expect(await settle(crmId)).toMatchObject({ status: 'done' });
  expect((await world.rep.invoice(crmId)).Description__c).toBe('By finance');
  expect(await asked(crmId)).toEqual([]);
});

test('a dismissed conflict changes nothing but the note', async () => {
  const { crmId, stripeId, conflict } = await conflicting();
  expect(await decide(conflict.id, 'dismiss')).toMatchObject({
    status: 200,
    message: 'The note is gone. Both sides stay as they are.',
  });
  expect(await world.rep.invoice(crmId)).toMatchObject({
    Description__c: 'By the rep',
    Sync_Status__c: 'Synced',
    Sync_Error__c: null,
  });
  expect((await world.stripe.invoices.retrieve(stripeId)).description).toBe('By the rep');
  expect(await settledOf(conflict.id)).toEqual({ settled_by: USER, settled_how: 'dismiss' });
});

test('what has been edited since is not overwritten, and what is final is not either', async () => {
  const edited = await conflicting();
  await world.stopWorker();
  await world.rep.update('Invoice__c', edited.crmId, { Description__c: 'By the rep, once more' });
  await world.startWorker();
  await rest();
  expect(await decide(edited.conflict.id, 'use-other')).toMatchObject({
    status: 409,
    code: 'conflict_settled',
    detail: expect.stringContaining('has been edited since'),
  });
  expect((await world.rep.invoice(edited.crmId)).Description__c).toBe('By the rep, once more');

  const final = await conflicting();
  await world.rep.send(final.crmId);
  await job.quiet();
  expect(await decide(final.conflict.id, 'use-other')).toMatchObject({
    status: 409,
    code: 'wrong_state',
    detail: expect.stringContaining('The invoice is final'),
  });
  expect((await world.stripe.invoices.retrieve(final.stripeId)).description).toBe('By the rep');
  expect(await world.rep.invoice(final.crmId)).toMatchObject({
    Status__c: 'Open',
    Sync_Status__c: 'Conflict',
  });
  expect(await decide('999999', 'dismiss')).toMatchObject({ status: 404, code: 'unknown_conflict' });
});

test('an Account takes the value of Stripe after all', async () => {
  const { id: stripeId } = await world.stripe.customers.create({ name: 'Settled', email: 'ap@example.com' });
  const crmId = await world.admin.create('Account', {
    Name: 'Settled',
    Phone: '1',
    Stripe_Customer_Id__c: stripeId,
  });
  await eventually(async () => (await account(crmId)).Sync_Status__c === 'Synced', 'they are a pair');
  await job.quiet();
  await world.stopWorker();
  await world.admin.update('Account', crmId, { Phone: '+1 555 0101' });
  await world.stripe.customers.update(stripeId, { phone: '+1 555 0202' });
  await world.startWorker();
  await rest();
  const [conflict] = await openOf(crmId);
  expect(await decide(conflict!.id, 'use-other')).toMatchObject({ status: 200 });
  expect(await account(crmId)).toMatchObject({ Phone: '+1 555 0202', Sync_Status__c: 'Synced' });
  expect(await world.stripe.customers.retrieve(stripeId)).toMatchObject({ phone: '+1 555 0202' });
});
