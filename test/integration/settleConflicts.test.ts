import { randomUUID } from 'node:crypto';
import { decisionSteps, USER, type DecisionSteps } from './decisionSteps.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

/** What people decide about conflicts: the value that was replaced after all, or that all is well. */
let world: World;
let job: JobSteps;
let steps: DecisionSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
  steps = decisionSteps(world, job);
});
afterAll(() => world?.stop());
afterEach(async () => {
  await withoutFaults(world);
  if (!world.worker) await world.startWorker();
});

const account = async (id: string) =>
  (await world.admin.query(`SELECT Phone, Sync_Status__c FROM Account WHERE Id = '${id}'`))[0]!;

test('the value that was replaced is taken after all, on both sides, and who decided is noted', async () => {
  const { crmId, stripeId, conflict } = await steps.conflicting();
  expect(conflict).toMatchObject({ field: 'description', message: expect.stringContaining('By finance') });
  const { status, message } = await steps.decide(conflict.id, 'use-other');
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
  expect(await steps.openOf(crmId)).toEqual([]);
  expect(await steps.settledOf(conflict.id)).toEqual({ settled_by: USER, settled_how: 'use-other' });
  await job.quiet();
  // A second press of somebody who has not seen it yet.
  expect(await steps.decide(conflict.id, 'use-other')).toMatchObject({ status: 200 });
});

test('the same of a line, though the answer to the write is lost', async () => {
  const { crmId, stripeId, conflict } = await steps.conflicting('line');
  await world.control('org', 'POST', '/faults', {
    match: { method: 'PATCH', path: '/composite/sobjects' },
    kind: 'resetAfter',
    times: 1,
  });
  // The worker goes on by itself, whether this press still hears of it or not.
  await steps.decide(conflict.id, 'use-other');
  expect((await world.rep.lines(crmId))[0]).toMatchObject({ Quantity__c: 4 });
  await eventually(async () => {
    const { lines } = await world.stripe.invoices.retrieve(stripeId);
    return (
      lines.data.some(({ quantity }) => quantity === 4) && (await steps.settledOf(conflict.id))?.settled_how
    );
  }, 'Stripe follows, and the decision is noted');
  expect(await steps.openOf(crmId)).toEqual([]);
});

test('the page lists what both sides had changed and takes the decision, of the record that it shows only', async () => {
  const { crmId, conflict } = await steps.conflicting();
  const asked = (recordId: string) => world.rep.apex('ConflictController', 'getConflicts', { recordId });
  expect(await asked(crmId)).toEqual([
    { conflictId: conflict.id, message: conflict.message, other: 'value' },
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
  const { crmId, stripeId, conflict } = await steps.conflicting();
  expect(await steps.decide(conflict.id, 'dismiss')).toMatchObject({
    status: 200,
    message: 'The note is gone. Both sides stay as they are.',
  });
  expect(await world.rep.invoice(crmId)).toMatchObject({
    Description__c: 'By the rep',
    Sync_Status__c: 'Synced',
    Sync_Error__c: null,
  });
  expect((await world.stripe.invoices.retrieve(stripeId)).description).toBe('By the rep');
  expect(await steps.settledOf(conflict.id)).toEqual({ settled_by: USER, settled_how: 'dismiss' });
});

test('what has been edited since is not overwritten, and what is final is not either', async () => {
  const edited = await steps.conflicting();
  await world.stopWorker();
  await world.rep.update('Invoice__c', edited.crmId, { Description__c: 'By the rep, once more' });
  await world.startWorker();
  await steps.rest();
  expect(await steps.decide(edited.conflict.id, 'use-other')).toMatchObject({
    status: 409,
    code: 'conflict_settled',
    detail: expect.stringContaining('has been edited since'),
  });
  expect((await world.rep.invoice(edited.crmId)).Description__c).toBe('By the rep, once more');

  const final = await steps.conflicting();
  await world.rep.send(final.crmId);
  await job.quiet();
  expect(await steps.decide(final.conflict.id, 'use-other')).toMatchObject({
    status: 409,
    code: 'wrong_state',
    detail: expect.stringContaining('The invoice is final'),
  });
  expect((await world.stripe.invoices.retrieve(final.stripeId)).description).toBe('By the rep');
  expect(await world.rep.invoice(final.crmId)).toMatchObject({
    Status__c: 'Open',
    Sync_Status__c: 'Conflict',
  });
  expect(await steps.decide('999999', 'dismiss')).toMatchObject({ status: 404, code: 'unknown_conflict' });
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
  await steps.rest();
  const [conflict] = await steps.openOf(crmId);
  expect(await steps.decide(conflict!.id, 'use-other')).toMatchObject({ status: 200 });
  expect(await account(crmId)).toMatchObject({ Phone: '+1 555 0202', Sync_Status__c: 'Synced' });
  expect(await world.stripe.customers.retrieve(stripeId)).toMatchObject({ phone: '+1 555 0202' });
});

test('a line that the org had deleted comes back as Stripe had it, once, though the command has to begin anew', async () => {
  const { conflict, ...invoice } = await steps.conflictingOverLine('org');
  expect(conflict).toMatchObject({
    field: `lines.${invoice.lineId}`,
    other: 'line',
    message: expect.stringMatching(
      /^Both sides changed a line: the deletion of Salesforce stayed, “.*”, 7 at /,
    ),
  });
  expect(await steps.quantities(invoice)).toEqual({ org: [3], stripe: [3] });
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/add_lines' },
    kind: 'resetAfter',
  });
  const pressed = steps.decide(conflict.id, 'use-other');
  await eventually(async () => {
    const tried = "SELECT FROM command WHERE params->>'conflict' = $1 AND attempts > 0";
    return (await world.database.pool.query(tried, [conflict.id])).rowCount === 1;
  }, 'the command is to begin anew');
  await withoutFaults(world);
  await pressed;
  await eventually(async () => (await steps.openOf(invoice.crmId)).length === 0, 'the conflict is settled');
  await steps.rest();
  expect(await steps.quantities(invoice)).toEqual({ org: [3, 7], stripe: [3, 7] });
  expect(await world.rep.invoice(invoice.crmId)).toMatchObject({
    Sync_Status__c: 'Synced',
    Sync_Error__c: null,
  });
  expect(await steps.settledOf(conflict.id)).toEqual({ settled_by: USER, settled_how: 'use-other' });
  // Somebody else, who has not seen it yet, presses the same.
  expect(await steps.decide(conflict.id, 'use-other')).toMatchObject({
    status: 200,
    message: expect.stringContaining('The line is on both sides again.'),
  });
  await steps.rest();
  expect(await steps.quantities(invoice)).toEqual({ org: [3, 7], stripe: [3, 7] });
});

test('a line that Stripe had deleted is deleted after all, though the org does not take it at first', async () => {
  const { conflict, ...invoice } = await steps.conflictingOverLine('stripe');
  expect(conflict).toMatchObject({ field: `lines.${invoice.lineId}`, other: 'deletion' });
  expect(await world.rep.invoice(invoice.crmId)).toMatchObject({
    Sync_Error__c: expect.stringContaining('choose Delete line where the page offers it'),
  });
  expect(await steps.quantities(invoice)).toEqual({ org: [3, 7], stripe: [3, 7] });
  await world.control('org', 'POST', '/faults', {
    match: { method: 'DELETE', path: '/composite/sobjects' },
    kind: 'status',
    status: 503,
    body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'Busy' }],
    times: 1,
  });
  await steps.decide(conflict.id, 'use-other');
  await eventually(async () => (await steps.openOf(invoice.crmId)).length === 0, 'the conflict is settled');
  await steps.rest();
  expect(await steps.quantities(invoice)).toEqual({ org: [3], stripe: [3] });
  expect((await world.rep.invoice(invoice.crmId)).Sync_Status__c).toBe('Synced');
  expect(await steps.decide(conflict.id, 'use-other')).toMatchObject({
    status: 200,
    message: expect.stringContaining('The line is deleted on both sides.'),
  });
});

test('a line that somebody edited in the moment in which we deleted it, because Stripe did, comes back with the edit', async () => {
  const crmId = await job.raiseAndSync();
  await steps.rest();
  const { id: stripeId } = await job.stripeInvoice(crmId);
  const [line] = await world.rep.lines(crmId);
  const id = String(line!.Stripe_Line_Id__c);
  await world.control('org', 'POST', '/faults', {
    match: { method: 'DELETE', path: '/composite/sobjects' },
    kind: 'delay',
    hold: true,
    times: 1,
  });
  await world.stripe.invoices.removeLines(stripeId, { lines: [{ id, behavior: 'delete' }] });
  await allStruck(world, 'org');
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 41 });
  await withoutFaults(world);
  await steps.rest();
  const [conflict] = await steps.openOf(crmId);
  expect(conflict).toMatchObject({
    other: 'line',
    message: expect.stringMatching(
      /^Both sides changed .*line.*: the deletion of Stripe stayed, “.*”, 41 at .* of Salesforce was replaced\.$/,
    ),
  });
  expect(await steps.decide(conflict!.id, 'use-other')).toMatchObject({ status: 200 });
  await steps.rest();
  expect(await steps.quantities({ crmId, stripeId })).toEqual({ org: [3, 41], stripe: [3, 41] });
  expect((await world.rep.invoice(crmId)).Sync_Status__c).toBe('Synced');
});

test('of a whole line, too, what has been edited since stays, and what is final is offered no more', async () => {
  const edited = await steps.conflictingOverLine('stripe');
  await world.stopWorker();
  await world.rep.update('Invoice_Line__c', edited.lineId, { Quantity__c: 8 });
  await world.startWorker();
  await steps.rest();
  expect(await steps.decide(edited.conflict.id, 'use-other')).toMatchObject({
    status: 409,
    code: 'conflict_settled',
    detail: expect.stringContaining('The line has been edited since'),
  });
  expect(await steps.quantities(edited)).toEqual({ org: [3, 8], stripe: [3, 8] });

  const final = await steps.conflictingOverLine('org');
  await world.rep.send(final.crmId);
  await steps.rest();
  expect(await steps.openOf(final.crmId)).toMatchObject([{ id: final.conflict.id, other: null }]);
  expect(await steps.decide(final.conflict.id, 'use-other')).toMatchObject({
    status: 409,
    code: 'wrong_state',
    detail: expect.stringContaining('The invoice is final'),
  });
  expect(await steps.decide(final.conflict.id, 'dismiss')).toMatchObject({ status: 200 });
  expect(await steps.openOf(final.crmId)).toEqual([]);
  expect(await steps.quantities(final)).toEqual({ org: [3], stripe: [3] });
});
