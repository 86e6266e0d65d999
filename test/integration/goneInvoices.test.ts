import type Stripe from 'stripe';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ changeStream: true });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const rowOf = async (id: string) =>
  (await world.database.pool.query('SELECT * FROM sync_record WHERE crm_id = $1 OR stripe_id = $1', [id]))
    .rows[0];
const inOrg = (stripeId: string) =>
  world.rep.query(`SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripeId}'`);
const inStripe = async (stripeId: string): Promise<Stripe.Invoice | null> =>
  world.stripe.invoices.retrieve(stripeId).catch(() => null);
const undelete = (id: string) => world.control('org', 'POST', '/undelete', { ids: [id] });
const conflictsOf = async (id: string) =>
  (
    await world.database.pool.query(
      `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record ON sync_record.id = record_id
       WHERE crm_id = $1 ORDER BY conflict.id`,
      [id],
    )
  ).rows;
const lateEvent = (stripeId: string, description: string) =>
  world.stripe.invoices.update(stripeId, { metadata: { late: description } });

describe('an invoice that is deleted in the org', () => {
  test('a draft is deleted in Stripe too, and its late events do not bring it back', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
    await world.stripe.invoices.update(stripe.id, { metadata: { note: 'on its way' } });
    await world.admin.delete('Invoice__c', id);
    await eventually(async () => (await inStripe(stripe.id)) === null, 'the draft is gone in Stripe');
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
    await world.control('stripe', 'POST', '/deliveries/release', {});
    await job.quiet();
    expect(await inOrg(stripe.id)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ state: 'clean', stripe_id: stripe.id });
    expect((await rowOf(id)).crm_gone_at).not.toBeNull();
    expect((await rowOf(id)).stripe_gone_at).not.toBeNull();
  });

  test('what somebody had just changed in its draft in Stripe is kept as a conflict', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.stopWorker();
    await world.stripe.invoices.update(stripe.id, { description: 'Edited in Stripe' });
    await world.admin.delete('Invoice__c', id);
    await world.startWorker();
    await eventually(async () => (await inStripe(stripe.id)) === null, 'the draft is gone in Stripe');
    await job.quiet();
    expect(await conflictsOf(id)).toEqual([
      {
        field: 'invoice',
        stripe_value: expect.objectContaining({ description: 'Edited in Stripe' }) as object,
        crm_value: null,
        winner: 'salesforce',
      },
    ]);
  });

  test('an open one is parked with the next step, and settled by voiding it', async () => {
    const id = await job.raiseAndSend();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.admin.delete('Invoice__c', id);
    const parked = await eventually(async () => {
      const row = await rowOf(id);
      return row.state === 'parked' ? row : undefined;
    }, 'it is parked');
    expect(parked.error_message).toMatch(
      new RegExp(
        `^${stripe.number} was deleted in Salesforce but is still open in Stripe.*Void it.*Recycle Bin`,
      ),
    );
    await lateEvent(stripe.id, 'while it is deleted');
    await job.quiet();
    expect(await inOrg(stripe.id)).toEqual([]);
    expect((await inStripe(stripe.id))!.status).toBe('open');
    await world.stripe.invoices.voidInvoice(stripe.id);
    await eventually(async () => (await rowOf(id)).state === 'clean', 'nothing is left to do');
    expect(await inOrg(stripe.id)).toEqual([]);
  });

  test('an open one that is restored is synced again, with the payment that came meanwhile', async () => {
    const id = await job.raiseAndSend();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.admin.delete('Invoice__c', id);
    await eventually(async () => (await rowOf(id)).state === 'parked', 'it is parked');
    await payOnHostedPage(stripe.hosted_invoice_url!, GOOD_CARD);
    await eventually(async () => (await rowOf(id)).state === 'clean', 'paid: nothing is left to do');
    await job.quiet();
    expect(await inOrg(stripe.id)).toEqual([]);
    await undelete(id);
    await job.becomes(id, 'Paid');
    await eventually(
      async () =>
        (await world.rep.query(`SELECT Id FROM Payment_Confirmation__c WHERE Invoice__c = '${id}'`))
          .length === 1,
      'its payment is in the org',
    );
    expect(await rowOf(id)).toMatchObject({ crm_gone_at: null });
  });

  test('a draft that is restored after its deletion was followed says that it has to be raised again', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.admin.delete('Invoice__c', id);
    await eventually(async () => (await rowOf(id)).stripe_gone_at, 'the deletion was followed');
    await job.quiet();
    await undelete(id);
    const shown = await eventually(async () => {
      const invoice = await world.rep.invoice(id);
      return invoice.Sync_Status__c === 'Error' ? invoice : undefined;
    }, 'the record says so');
    expect(shown.Sync_Error__c).toMatch(
      /was deleted in Stripe and cannot be restored there\. Raise the invoice again/,
    );
    await job.quiet();
    // Clearing the id has another draft made.
    await world.admin.update('Invoice__c', id, { Stripe_Invoice_Id__c: null });
    await job.isSynced(id);
    expect((await job.stripeInvoice(id)).id).not.toBe(stripe.id);
    expect((await job.stripeInvoice(id)).total).toBe(stripe.total);
  });

  test('it was never synced: nothing is made in Stripe', async () => {
    await world.stopWorker();
    const id = await job.raise();
    await world.admin.delete('Invoice__c', id);
    await world.startWorker();
    await eventually(async () => (await rowOf(id))?.crm_gone_at, 'the deletion was noted');
    await job.quiet();
    expect(await job.stripeInvoices(id)).toEqual([]);
  });

  test('a draft whose making got no answer before the worker was stopped is deleted too', async () => {
    const id = await job.raise();
    await job.isSynced(id);
    await job.quiet();
    const accountId = String(
      (await world.rep.query(`SELECT Account__c FROM Invoice__c WHERE Id = '${id}'`))[0]!.Account__c,
    );
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path: '^/v1/invoices$' },
      kind: 'resetAfter',
      times: 50,
    });
    const second = await world.admin.create('Invoice__c', {
      Account__c: accountId,
      Due_Date__c: '2099-01-31',
    });
    await eventually(
      async () => (await job.stripeInvoices(second)).length === 1,
      'Stripe has made the draft',
    );
    await world.stopWorker();
    await world.admin.delete('Invoice__c', second);
    await withoutFaults(world);
    expect((await rowOf(second)).stripe_id).toBeNull();
    await world.startWorker();
    await eventually(async () => (await job.stripeInvoices(second)).length === 0, 'the draft is gone');
    await job.quiet();
    expect(await rowOf(second)).toMatchObject({ state: 'clean' });
  });

  test('a lost answer to the deletion ends the same', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'DELETE', path: '^/v1/invoices/' },
      kind: 'resetAfter',
      times: 3,
    });
    await world.admin.delete('Invoice__c', id);
    await eventually(async () => (await rowOf(id)).stripe_gone_at, 'the deletion was followed');
    expect(await inStripe(stripe.id)).toBeNull();
    await job.quiet();
    expect(await rowOf(id)).toMatchObject({ state: 'clean' });
  });

  test('a button that is pressed on it says that it was deleted', async () => {
    const id = await job.raiseAndSync();
    await job.quiet();
    await world.stopWorker();
    const answer = world.rep.sync(id);
    await eventually(
      async () =>
        (
          await world.database.pool.query("SELECT 1 FROM command WHERE crm_id = $1 AND status = 'running'", [
            id,
          ])
        ).rowCount,
      'the command is accepted',
    );
    await world.admin.delete('Invoice__c', id);
    await world.startWorker();
    expect(await answer).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('This invoice was deleted in Salesforce') as string,
    });
  });
});

describe('a draft that is deleted in Stripe', () => {
  test('goes to the Recycle Bin of the org, also when its events come late and in disorder', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
    await lateEvent(stripe.id, 'before its deletion');
    await world.stripe.invoices.del(stripe.id);
    const { deliveries } = await world.control<{
      deliveries: { status: string; event: string; type: string }[];
    }>('stripe', 'GET', '/deliveries');
    const held = deliveries.filter(({ status }) => status === 'held').map(({ event }) => event);
    await world.control('stripe', 'POST', '/deliveries/release', { order: held.toReversed() });
    await eventually(async () => (await inOrg(stripe.id)).length === 0, 'the org has deleted it');
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
    await job.quiet();
    expect(await rowOf(id)).toMatchObject({ state: 'clean' });
    expect(await conflictsOf(id)).toEqual([]);
    await undelete(id);
    const shown = await eventually(async () => {
      const invoice = await world.rep.invoice(id);
      return invoice.Sync_Status__c === 'Error' ? invoice : undefined;
    }, 'a restored record says what to do');
    expect(shown.Sync_Error__c).toContain('Raise the invoice again');
  });

  test('what the org had changed since is kept as a conflict, and the deletion wins', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.stopWorker();
    const [line] = await world.rep.lines(id);
    await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 7 });
    await world.stripe.invoices.del(stripe.id);
    await world.startWorker();
    await eventually(async () => (await inOrg(stripe.id)).length === 0, 'the org has deleted it');
    await job.quiet();
    const conflicts = await conflictsOf(id);
    expect(conflicts).toMatchObject([{ field: 'invoice', stripe_value: null, winner: 'stripe' }]);
    expect(conflicts[0].crm_value.lines.map(({ quantity }: { quantity: string }) => quantity)).toContain('7');
  });

  test('an invoice that is only not to be found in Stripe is not deleted: the words name the key', async () => {
    const id = await job.raiseAndSync();
    const stripe = await job.stripeInvoice(id);
    await job.quiet();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    await world.stripe.invoices.del(stripe.id);
    const answer = await world.rep.sync(id);
    expect(answer).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/is no longer in Stripe.*STRIPE_SECRET_KEY/) as string,
    });
    expect(await inOrg(stripe.id)).toHaveLength(1);
  });

  test('made and deleted before we looked: nothing is parked', async () => {
    await world.stopWorker();
    const [customer] = (await world.stripe.customers.list({ limit: 1 })).data;
    const invoice = await world.stripe.invoices.create({ customer: customer!.id, currency: 'usd' });
    await world.stripe.invoices.del(invoice.id);
    await eventually(async () => rowOf(invoice.id), 'its events are there');
    await world.startWorker();
    await eventually(async () => (await rowOf(invoice.id)).state === 'clean', 'it is settled');
  });
});

test('a line deleted in the org after finalization is put back, and the deletion is kept as a conflict', async () => {
  const id = await job.raiseAndSend();
  await job.quiet();
  const [line] = await world.rep.lines(id);
  await world.admin.delete('Invoice_Line__c', line!.Id);
  await eventually(async () => (await world.rep.lines(id)).length === 2, 'the line is back');
  await job.quiet();
  expect(await conflictsOf(id)).toMatchObject([
    { field: `lines.${line!.Id}`, crm_value: null, winner: 'stripe' },
  ]);
});
