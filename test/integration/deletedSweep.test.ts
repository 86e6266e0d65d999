import { randomUUID } from 'node:crypto';
import { openEngine, openLog } from '../../server/wiring.ts';
import { sweepContacts } from '../../sync/inbox/billingContacts.ts';
import { sweepCrm } from '../../sync/inbox/sweepCrm.ts';
import { sweepDeleted } from '../../sync/inbox/sweepDeleted.ts';
import { moveCursor } from '../../sync/store/cursors.ts';
import type { Engine } from '../../sync/engine.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let engine: Engine;
let close: () => Promise<void>;
// No change stream: what the org deletes is found by asking for it alone.
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_DELETED_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
  ({ engine, close } = await openEngine(world.config, openLog(world.config, 'test')));
});
afterAll(async () => {
  await close?.();
  await world?.stop();
});
afterEach(async () => {
  await withoutFaults(world);
  if (!world.worker) await world.startWorker();
});

const rowOf = async (id: string) =>
  (await world.database.pool.query('SELECT * FROM sync_record WHERE crm_id = $1', [id])).rows[0];
const undelete = (id: string) => world.control('org', 'POST', '/undelete', { ids: [id] });
const customerOf = async (accountId: string) =>
  String(
    (await world.admin.query(`SELECT Stripe_Customer_Id__c FROM Account WHERE Id = '${accountId}'`))[0]!
      .Stripe_Customer_Id__c,
  );
const emailOf = async (customerId: string) => {
  const customer = await world.stripe.customers.retrieve(customerId);
  return customer.deleted ? undefined : customer.email;
};

test('one call asks for what was deleted, another for contacts, however many there are of each', async () => {
  const accountId = await world.admin.create('Account', { Name: 'Many contacts' });
  const contact = await world.admin.create('Contact', { AccountId: accountId, LastName: 'One of many' });
  await world.admin.update('Account', accountId, { Billing_Contact__c: contact });
  await job.quiet();
  await world.stopWorker();
  const sweep = async () => [await sweepDeleted(engine), await sweepContacts(engine)];
  await sweep();
  await world.control('org', 'DELETE', '/calls');
  await sweep();
  expect(await world.control('org', 'GET', '/calls')).toMatchObject({ total: 2, queriesOf: { Contact: 1 } });
});

test('an object that the org tells nothing of does not keep the others from being looked at', async () => {
  const id = await job.raiseAndSync();
  await job.quiet();
  await world.stopWorker();
  await world.admin.delete('Invoice__c', id);
  const cursor = 'crm-deleted-Account';
  const before = await world.database.pool.query('SELECT position FROM cursor WHERE name = $1', [cursor]);
  await moveCursor(world.database, cursor, new Date(Date.now() + 86_400_000).toISOString());
  await expect(sweepDeleted(engine)).rejects.toMatchObject({
    code: 'crm_invalid_replication_date',
  });
  expect((await rowOf(id)).state).toBe('dirty');
  await moveCursor(world.database, cursor, before.rows[0].position);
});

test('Accounts that are hidden from us do not keep changes of others from being found', async () => {
  const id = await job.raiseAndSync();
  await job.quiet();
  await world.stopWorker();
  const fresh = await openEngine(world.config, openLog(world.config, 'test'));
  await sweepCrm(fresh.engine);
  await fresh.close();
  await world.admin.update('Invoice__c', id, { Description__c: 'Changed while Accounts are hidden' });
  await world.control('org', 'POST', '/faults', {
    match: { method: 'GET', path: 'sobjects/Account/describe' },
    kind: 'status',
    status: 404,
    body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
  });
  const another = await openEngine(world.config, openLog(world.config, 'test'));
  // What is as new as our own last write is decided by a later sweep.
  await eventually(async () => {
    await sweepCrm(another.engine);
    return (await rowOf(id)).state === 'dirty';
  }, 'the change is found');
  await another.close();
});

test('a deleted invoice is found, and a restored one', async () => {
  const id = await job.raiseAndSend();
  await world.admin.delete('Invoice__c', id);
  await eventually(async () => (await rowOf(id)).state === 'parked', 'the deletion was found');
  expect((await rowOf(id)).error_message).toContain('deleted in Salesforce but is still open');
  await undelete(id);
  await eventually(async () => (await rowOf(id)).crm_gone_at === null, 'the restored one was found');
  await job.isSynced(id);
});

test('a deleted line of a draft is removed in Stripe; a line that we deleted ourselves marks nothing', async () => {
  const id = await job.raiseAndSync();
  const [line] = await world.rep.lines(id);
  await world.admin.delete('Invoice_Line__c', line!.Id);
  await eventually(async () => (await job.stripeInvoice(id)).lines.data.length === 1, 'Stripe follows');
  await job.quiet();
  const stripe = await job.stripeInvoice(id);
  await world.stripe.invoices.removeLines(stripe.id, {
    lines: [{ id: stripe.lines.data[0]!.id, behavior: 'delete' }],
  });
  await eventually(async () => (await world.rep.lines(id)).length === 0, 'the org follows');
  await job.quiet();
  const seq = (await rowOf(id)).dirty_seq;
  await sweepDeleted(engine);
  expect((await rowOf(id)).dirty_seq).toBe(seq);
});

test('a deletion is taken in once, however often it is asked for', async () => {
  const id = await job.raiseAndSync();
  await world.admin.delete('Invoice__c', id);
  await eventually(async () => (await rowOf(id)).stripe_gone_at, 'the deletion was followed');
  await job.quiet();
  expect(await sweepDeleted(engine)).toBe(0);
  expect(await sweepDeleted(engine)).toBe(0);
});

test('what was deleted longer ago than the org tells is found by looking for all known records', async () => {
  const id = await job.raiseAndSend();
  await job.quiet();
  await world.stopWorker();
  await world.admin.delete('Invoice__c', id);
  // The middleware stood still for 20 days, and somebody has emptied the Recycle Bin.
  await world.database.pool.query("DELETE FROM inbox_event WHERE type LIKE 'Invoice__c%'");
  const longAgo = new Date(Date.now() - 20 * 86_400_000).toISOString();
  for (const object of ['Account', 'Invoice__c', 'Invoice_Line__c'])
    await moveCursor(world.database, `crm-deleted-${object}`, longAgo);
  expect(await sweepDeleted(engine)).toBeGreaterThan(0);
  await world.startWorker();
  await eventually(async () => (await rowOf(id)).state === 'parked', 'it was missed');
});

describe('payments', () => {
  test('a payment that a person deletes is not made again; a restored one goes on', async () => {
    const id = await job.raiseAndSend();
    await payOnHostedPage((await job.stripeInvoice(id)).hosted_invoice_url!, GOOD_CARD);
    await job.becomes(id, 'Paid');
    const payments = () =>
      world.admin.query<{ Id: string; Status__c: string; Stripe_Payment_Id__c: string }>(
        `SELECT Id, Status__c, Stripe_Payment_Id__c FROM Payment_Confirmation__c WHERE Invoice__c = '${id}'`,
      );
    const [payment] = await eventually(async () => {
      const found = await payments();
      return found.length > 0 ? found : undefined;
    }, 'its payment is in the org');
    await job.quiet();
    await world.admin.delete('Payment_Confirmation__c', payment!.Id);
    await eventually(async () => (await rowOf(payment!.Id)).crm_gone_at, 'the deletion was noted');
    await world.stripe.refunds.create({ payment_intent: payment!.Stripe_Payment_Id__c });
    await eventually(async () => (await payments()).length === 1, 'the refund is there, and only it');
    await job.quiet();
    expect((await payments()).map(({ Stripe_Payment_Id__c: one }) => one)).not.toContain(
      payment!.Stripe_Payment_Id__c,
    );
    await undelete(payment!.Id);
    await eventually(
      async () => (await payments()).find(({ Id }) => Id === payment!.Id)?.Status__c === 'Refunded',
      'the restored one says what happened meanwhile',
    );
  });

  test('a credit note that a person deletes is not made again', async () => {
    const id = await job.raiseAndSend();
    const note = await world.stripe.creditNotes.create({
      invoice: (await job.stripeInvoice(id)).id,
      amount: 100,
    });
    const notes = () =>
      world.admin.query(`SELECT Id FROM Credit_Note__c WHERE Stripe_Credit_Note_Id__c = '${note.id}'`);
    const [made] = await eventually(async () => {
      const found = await notes();
      return found.length > 0 ? found : undefined;
    }, 'it is in the org');
    await job.quiet();
    await world.admin.delete('Credit_Note__c', made!.Id);
    await eventually(async () => (await rowOf(made!.Id)).crm_gone_at, 'the deletion was noted');
    await world.stripe.creditNotes.update(note.id, { memo: 'Once more' });
    await job.quiet();
    expect(await notes()).toEqual([]);
  });
});

describe('where invoices go', () => {
  test('to the billing contact before the oldest one, and Stripe follows its address, also without an event', async () => {
    const name = `Contacts ${randomUUID().slice(0, 8)}`;
    const accountId = await world.admin.create('Account', { Name: name });
    const contact = (lastName: string) =>
      world.admin.create('Contact', {
        AccountId: accountId,
        LastName: lastName,
        Email: `${lastName}@example.com`,
      });
    const oldest = await contact('oldest');
    const billing = await contact('billing');
    await world.admin.update('Account', accountId, { Billing_Contact__c: billing });
    const id = await world.rep.raiseInvoice({
      account: name,
      lines: [{ product: job.products[0]!.name, quantity: 1 }],
    });
    await world.rep.sync(id);
    const customerId = await customerOf(accountId);
    expect(await emailOf(customerId)).toBe('billing@example.com');
    await job.quiet();
    await world.admin.update('Contact', billing, { Email: 'books@example.com' });
    await eventually(async () => (await emailOf(customerId)) === 'books@example.com', 'Stripe follows');
    await job.quiet();
    await eventually(async () => (await sweepContacts(engine)) === 0, 'each change was taken in once');
    await world.admin.update('Account', accountId, { Billing_Contact__c: null });
    await world.rep.sync(id);
    await eventually(
      async () => (await emailOf(customerId)) === 'oldest@example.com',
      'the oldest one again',
    );
    await job.quiet();
    await world.admin.delete('Contact', oldest);
    await eventually(async () => (await emailOf(customerId)) === 'books@example.com', 'the next one');
  });
});
