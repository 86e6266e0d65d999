import request from 'supertest';
import { randomUUID } from 'node:crypto';
import { thinEvent } from '../../sandbox/stripe/webhooks/thinEvents.ts';
import { catchUpStripe } from '../../sync/inbox/catchUpStripe.ts';
import { claimDueRecords } from '../../sync/store/syncRecords.ts';
import { joinHalf } from '../../sync/store/joinHalf.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

const stored = async (world: World) =>
  (
    await world.database.pool.query<{
      event_id: string;
      type: string;
      entity: string | null;
      payload: object;
    }>(`SELECT event_id, type, entity, payload FROM inbox_event WHERE source = 'stripe' ORDER BY id`)
  ).rows;

/** Raised, sent and paid; then everything is quiet. */
async function paid(world: World, job: JobSteps): Promise<string> {
  const id = await job.raiseAndSend();
  await payOnHostedPage((await job.stripeInvoice(id)).hosted_invoice_url!, GOOD_CARD);
  await job.becomes(id, 'Paid');
  await job.quiet();
  return id;
}

/** A draft whose description finance has changed between our read and our write of it. */
async function overwrittenDraft(world: World, job: JobSteps): Promise<string> {
  const id = await job.raiseAndSync();
  await job.quiet();
  const stripe = await job.stripeInvoice(id);
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: `^/v1/invoices/${stripe.id}$` },
    kind: 'delay',
    hold: true,
    times: 1,
  });
  await world.rep.update('Invoice__c', id, { Description__c: 'By the rep' });
  const synced = job.sync(id);
  await allStruck(world, 'stripe');
  await world.stripe.invoices.update(stripe.id, { description: 'By finance' });
  await world.control('stripe', 'DELETE', '/faults');
  await synced;
  await job.quiet();
  return id;
}

const replacedIn = async (world: World, crmId: string) =>
  (
    await world.database.pool.query<{ stripe_value: unknown }>(
      `SELECT stripe_value FROM conflict JOIN sync_record ON sync_record.id = record_id WHERE crm_id = $1`,
      [crmId],
    )
  ).rows.map(({ stripe_value }) => stripe_value);

describe('thin events alone', () => {
  let world: World;
  let job: JobSteps;
  beforeAll(async () => {
    world = await startWorld({ webhooks: 'thin' });
    job = await jobSteps(world);
  });
  afterAll(() => world?.stop());
  afterEach(() => withoutFaults(world));

  test('an invoice that is paid turns to Paid in the org', async () => {
    const id = await paid(world, job);
    const stripe = await job.stripeInvoice(id);
    expect(await world.rep.invoice(id)).toMatchObject({
      Number__c: stripe.number,
      Amount_Remaining__c: 0,
      Sync_Status__c: 'Synced',
    });
    const sent = (await stored(world)).find(({ type }) => type === 'invoice.sent');
    expect(sent).toMatchObject({ entity: 'invoice', payload: { thin: expect.stringMatching(/^evt_/) } });
  });

  test('held, shuffled and each sent three times, they end the same', async () => {
    const others = (await world.rep.query('SELECT Id FROM Invoice__c')).length;
    await world.control('stripe', 'POST', '/deliveries/mode', {
      mode: 'normal',
      duplicates: 2,
      shuffle: true,
    });
    const id = await paid(world, job);
    const stripe = await job.stripeInvoice(id);
    expect(await world.rep.query('SELECT Id FROM Invoice__c')).toHaveLength(others + 1);
    expect(await job.stripeInvoices(id)).toHaveLength(1);
    expect(await job.mailsOf(stripe.id)).toHaveLength(1);
    const ids = (await stored(world)).map(({ event_id }) => event_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('what our write has replaced is told by Stripe’s log', async () => {
    await catchUpStripe(world.worker!.engine);
    const id = await overwrittenDraft(world, job);
    expect(await replacedIn(world, id)).toEqual([]);
    await catchUpStripe(world.worker!.engine);
    await job.quiet();
    expect(await replacedIn(world, id)).toEqual(['By finance']);
  });

  test('an event about a part of a record is kept under its own id, and marks nothing', async () => {
    const before = await stored(world);
    const { customer } = await job.stripeInvoice(await job.raiseAndSync());
    await world.stripe.invoiceItems.create({ customer: customer as string, amount: 100, currency: 'usd' });
    const item = await eventually(
      async () =>
        (await stored(world)).slice(before.length).find(({ type }) => type === 'invoiceitem.created'),
      'the event of the item is stored',
    );
    expect(item).toMatchObject({ entity: null, event_id: expect.stringMatching(/^evt_test_/) });
  });

  const post = (path: string, body: string, secret: string) =>
    request(world.webUrl)
      .post(path)
      .set('stripe-signature', world.stripe.webhooks.generateTestHeaderString({ payload: body, secret }))
      .send(body);
  const thin = (changes: object = {}) =>
    JSON.stringify({
      id: `evt_test_${randomUUID()}`,
      object: 'v2.core.event',
      type: 'v1.invoice.updated',
      created: new Date().toISOString(),
      livemode: false,
      related_object: { id: 'in_nobody', type: 'invoice', url: '/v1/invoices/in_nobody' },
      ...changes,
    });

  test('a bad signature, a wrong mode, an event of the other kind: 400, and nothing is stored', async () => {
    const [snapshotSecret] = world.config.stripe.webhookSecrets;
    const [thinSecret] = world.config.stripe.thinWebhookSecrets;
    const before = (await stored(world)).length;
    const path = '/webhooks/stripe/thin';
    expect((await post(path, thin(), snapshotSecret!)).body).toMatchObject({
      status: 400,
      code: 'invalid_signature',
    });
    expect((await post(path, thin({ livemode: true }), thinSecret!)).body).toMatchObject({
      code: 'wrong_mode',
    });
    const snapshot = JSON.stringify({
      id: 'evt_1x',
      object: 'event',
      type: 'invoice.paid',
      livemode: false,
      data: { object: {} },
    });
    expect((await post(path, snapshot, thinSecret!)).body).toMatchObject({ status: 400, code: 'wrong_kind' });
    expect((await post('/webhooks/stripe', thin(), snapshotSecret!)).body).toMatchObject({
      status: 400,
      code: 'wrong_kind',
    });
    expect(await stored(world)).toHaveLength(before);
  });

  test('the same event twice is stored once', async () => {
    const [secret] = world.config.stripe.thinWebhookSecrets;
    const body = thin({ snapshot_event: `evt_1${randomUUID()}` });
    const { id, snapshot_event: snapshot } = JSON.parse(body) as { id: string; snapshot_event: string };
    for (let time = 0; time < 2; time++)
      expect((await post('/webhooks/stripe/thin', body, secret!)).status).toBe(200);
    const found = (await stored(world)).filter(({ event_id }) => [id, snapshot].includes(event_id));
    expect(found).toMatchObject([{ event_id: snapshot, type: 'invoice.updated', entity: 'invoice' }]);
  });
});

describe('both endpoints at once', () => {
  let world: World;
  let job: JobSteps;
  beforeAll(async () => {
    world = await startWorld({ webhooks: 'both' });
    job = await jobSteps(world);
  });
  afterAll(() => world?.stop());
  afterEach(() => withoutFaults(world));

  test('what both tell is stored once, and written once', async () => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal', shuffle: true });
    const id = await paid(world, job);
    const events = await stored(world);
    const told = events.filter(({ entity }) => entity !== null);
    const inStripe = (await world.stripe.events.list({ limit: 100 })).data;
    expect(
      told.map(({ event_id }) => event_id).filter((one) => !inStripe.some((event) => event.id === one)),
    ).toEqual([]);
    expect(new Set(told.map(({ event_id }) => event_id)).size).toBe(told.length);
    const { rows } = await world.database.pool.query(
      `SELECT count(*)::int FROM change JOIN sync_record ON sync_record.id = record_id
       WHERE crm_id = $1 AND field = 'Status__c' AND to_value = '"Paid"'`,
      [id],
    );
    expect(rows).toEqual([{ count: 1 }]);
    expect(await job.mailsOf((await job.stripeInvoice(id)).id)).toHaveLength(1);
  });

  test('what our write has replaced is told by the snapshot, though its thin twin was here before it', async () => {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
    const id = await overwrittenDraft(world, job);
    const [event] = (await world.stripe.events.list({ type: 'invoice.updated', limit: 1 })).data;
    const thin = JSON.stringify(thinEvent(event as never));
    const [secret] = world.config.stripe.thinWebhookSecrets;
    await request(world.webUrl)
      .post('/webhooks/stripe/thin')
      .set(
        'stripe-signature',
        world.stripe.webhooks.generateTestHeaderString({ payload: thin, secret: secret! }),
      )
      .send(thin)
      .expect(200);
    await job.quiet();
    expect(await replacedIn(world, id)).toEqual([]);
    await world.control('stripe', 'POST', '/deliveries/release', {});
    await job.quiet();
    expect(await replacedIn(world, id)).toEqual(['By finance']);
  });

  test('an invoice of which only its own side has been told joins the record that it was made for', async () => {
    await world.stopWorker();
    const crmId = await job.raise();
    const { customer } = (await world.stripe.invoices.list({ limit: 1 })).data[0]!;
    // As a killed worker leaves it: made, but its id not noted. Of both events only the thin one arrives.
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
    const made = await world.stripe.invoices.create({
      customer: customer as string,
      metadata: { salesforce_id: crmId },
      collection_method: 'send_invoice',
      days_until_due: 30,
    });
    const { pool } = world.database;
    await pool.query(
      `SELECT mark_dirty('invoice', NULL, $1, 'salesforce'), mark_dirty('invoice', $2, NULL, 'stripe')`,
      [crmId, made.id],
    );
    await pool.query(`UPDATE sync_record SET next_attempt_at = now() + interval '1 hour' WHERE crm_id = $1`, [
      crmId,
    ]);
    await world.startWorker();
    const joined = await eventually(async () => {
      const { rows } = await pool.query(
        'SELECT stripe_id, crm_id FROM sync_record WHERE stripe_id = $1 AND crm_id IS NOT NULL',
        [made.id],
      );
      return rows[0];
    }, 'the two are joined');
    expect(joined).toEqual({ stripe_id: made.id, crm_id: crmId });
    await pool.query(`UPDATE sync_record SET next_attempt_at = now() WHERE crm_id = $1`, [crmId]);
    await job.quiet();
    expect(await world.rep.invoice(crmId)).toMatchObject({ Stripe_Invoice_Id__c: made.id });
    expect(
      await world.rep.query(`SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${made.id}'`),
    ).toHaveLength(1);
  });

  test('a copy that carries the id of a record with another invoice is not joined to it', async () => {
    await world.stopWorker();
    const { pool } = world.database;
    await pool.query(
      `SELECT mark_dirty('invoice', 'in_first', 'a00000000000001AAA', 'stripe'), mark_dirty('invoice', 'in_copy', NULL, 'stripe')`,
    );
    const claimed = await claimDueRecords(world.database, 'invoice', { owner: 'test/1', leaseSeconds: 5 });
    const copy = claimed.find(({ stripeId }) => stripeId === 'in_copy')!;
    expect(await joinHalf(world.database, copy, 'a00000000000001AAA')).toBe(false);
    const { rows } = await pool.query(
      `SELECT stripe_id, crm_id FROM sync_record WHERE stripe_id IN ('in_first', 'in_copy') ORDER BY stripe_id`,
    );
    expect(rows).toEqual([
      { stripe_id: 'in_copy', crm_id: null },
      { stripe_id: 'in_first', crm_id: 'a00000000000001AAA' },
    ]);
  });
});
