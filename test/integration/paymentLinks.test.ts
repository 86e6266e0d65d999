import { randomUUID } from 'node:crypto';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { linkSteps, type LinkSteps } from './linkSteps.ts';
import { moneySteps, usd, type MoneySteps } from './moneySteps.ts';
import { markExpiringLinks } from '../../sync/store/expiringLinks.ts';
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

test('a link takes cards only, once, over what is left, and says whose it is; paying it makes the invoice Paid on both sides', async () => {
  const opened = await money.open();
  const { body } = await money.act('create-payment-link', opened.crmId);
  const [link, ...more] = await links.linksOf(opened.id);
  expect(more).toEqual([]);
  expect(body).toMatchObject({
    message: expect.stringContaining(`has a payment link over ${usd(opened.total)}.`) as string,
    invoice: { paymentLinkUrl: link!.url },
  });
  expect(link).toMatchObject({
    payment_method_types: ['card'],
    restrictions: { completed_sessions: { limit: 1 } },
    metadata: { salesforce_id: opened.crmId, stripe_invoice_id: opened.id },
    payment_intent_data: { metadata: { salesforce_id: opened.crmId, stripe_invoice_id: opened.id } },
  });
  await links.shows(opened.crmId, {
    Payment_Link_Status__c: 'Pending Payment',
    Payment_Link_Url__c: link!.url,
  });
  expect((await money.act('create-payment-link', opened.crmId)).body).toMatchObject({ code: 'link_exists' });

  expect(await links.pay(await links.openPage(link!.url))).toContain('Thanks for your payment');
  await links.shows(opened.crmId, {
    Status__c: 'Paid',
    Payment_State__c: 'Paid',
    Payment_Link_Status__c: 'Paid',
    Payment_Link_Url__c: null,
    Payment_Link_Note__c: null,
  });
  await links.isPaidOnce(opened);
  const [confirmation] = await money.confirmed(opened.crmId, 1);
  expect(confirmation).toMatchObject({
    Type__c: 'Payment',
    Status__c: 'Succeeded',
    Amount__c: opened.total,
    Method__c: 'Visa •••• 4242',
    Account__r: { Name: job.account },
  });
  expect((await world.stripe.paymentLinks.retrieve(link!.id)).active).toBe(false);
});

test('however many press, whatever answer is lost: one link', async () => {
  const { crmId, id } = await money.open();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/payment_links$' },
    kind: 'resetAfter',
    times: 3,
  });
  const first = world.worker!;
  await world.startWorker();
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => money.act('create-payment-link', crmId, { key: randomUUID() })),
  );
  for (const { status, body } of answers)
    expect([200, 202, body.code]).toContain(status === 409 ? 'link_exists' : status);
  await links.shows(crmId, { Payment_Link_Status__c: 'Pending Payment' });
  await job.quiet();
  expect(await links.linksOf(id)).toHaveLength(1);
  await first.stop();
});

test('a worker killed after Stripe made the link and before it knew its id: the next one gets the same', async () => {
  const { crmId, id, link } = await links.linked();
  await rewind(`UPDATE payment_link SET stripe_id = NULL, url = NULL WHERE invoice = $1`, id);
  await world.rep.sync(crmId);
  await links.shows(crmId, { Payment_Link_Url__c: link.url });
  // Stripe forgets the request's key after a day, but the link names it.
  await rewind(
    `UPDATE payment_link SET stripe_id = NULL, url = NULL, created_at = now() - interval '2 days' WHERE invoice = $1`,
    id,
  );
  await world.rep.sync(crmId);
  await links.shows(crmId, { Payment_Link_Url__c: link.url });
  expect(await links.linksOf(id)).toHaveLength(1);
});

test.each([
  ['before it was noted', 'DELETE FROM link_payment WHERE invoice = $1'],
  ['between the decision and the attachment', 'UPDATE link_payment SET settled = false WHERE invoice = $1'],
])('a worker killed over a payment, %s: it counts once', async (_, sql) => {
  const paid = await links.linked();
  await links.pay(await links.openPage(paid.link.url));
  await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await rewind(sql, paid.id);
  await rewind(`UPDATE payment_link SET closed_why = NULL, active = true WHERE invoice = $1`, paid.id);
  await world.rep.sync(paid.crmId);
  await job.quiet();
  await links.isPaidOnce(paid);
});

test.each(['/attach_payment$', '/charges/', '/payment_links/plink'])(
  'the answer of %s is lost, and all webhooks of the payment come twice, shuffled: it counts once',
  async (path) => {
    const paid = await links.linked();
    await world.control('stripe', 'POST', '/deliveries/mode', {
      mode: 'normal',
      duplicates: 1,
      shuffle: true,
    });
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path },
      kind: 'resetAfter',
      times: 4,
    });
    await links.pay(await links.openPage(paid.link.url));
    await links.shows(paid.crmId, {
      Status__c: 'Paid',
      Payment_Link_Status__c: 'Paid',
      Sync_Status__c: 'Synced',
    });
    await job.quiet();
    await links.isPaidOnce(paid);
  },
);

test("the webhooks of a payment are lost: Stripe's log of events brings it", async () => {
  const paid = await links.linked();
  await job.quiet();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await links.pay(await links.openPage(paid.link.url));
  await world.stopWorker();
  await world.startWorker();
  await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await links.isPaidOnce(paid);
});

test("Stripe does not take a guest's payment for the invoice: a record of it counts, and the org has the payment once", async () => {
  const paid = await links.linked();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/charges/' },
    kind: 'status',
    status: 400,
    body: { error: { type: 'invalid_request_error', message: 'The charge cannot be changed.' } },
  });
  await links.pay(await links.openPage(paid.link.url));
  await links.shows(paid.crmId, { Status__c: 'Paid', Payment_Link_Status__c: 'Paid' });
  await job.quiet();
  const [payment] = await money.paymentsOf(paid.id);
  expect(payment!.payment.type).toBe('payment_record');
  expect(await money.confirmed(paid.crmId, 1)).toMatchObject([{ Type__c: 'Payment', Amount__c: paid.total }]);
});

test('what a person does to a link in Stripe is followed', async () => {
  const { crmId, id, link } = await links.linked();
  await world.stripe.paymentLinks.update(link.id, { active: false });
  await links.shows(crmId, { Payment_Link_Status__c: 'Deactivated', Payment_Link_Url__c: null });
  await world.stripe.paymentLinks.update(link.id, { active: true });
  await links.shows(crmId, { Payment_Link_Status__c: 'Pending Payment', Payment_Link_Url__c: link.url });
  await world.stripe.paymentLinks.update(link.id, { active: false });
  await links.shows(crmId, { Payment_Link_Status__c: 'Deactivated' });
  await money.act('create-payment-link', crmId);
  const [fresh] = await links.linksOf(id);
  await links.shows(crmId, { Payment_Link_Url__c: fresh!.url });
  // Of two links one is closed, whoever switches it on again; and all of them once nothing is left to pay.
  await world.stripe.paymentLinks.update(link.id, { active: true });
  await eventually(
    async () => !(await world.stripe.paymentLinks.retrieve(link.id)).active,
    'the older link is closed again',
  );
  await money.act('void', crmId);
  await links.shows(crmId, {
    Status__c: 'Void',
    Payment_Link_Status__c: 'Deactivated',
    Payment_Link_Url__c: null,
  });
  expect((await links.linksOf(id)).map(({ active }) => active)).toEqual([false, false]);
});

test('addresses that have expired are living again where somebody uses them, and on the record by themselves', async () => {
  const { crmId, id, link } = await links.linked();
  const expired = String((await world.rep.invoice(crmId)).Hosted_Invoice_Url__c);
  const later = Math.floor(Date.now() / 1000) + 125 * 86_400;
  await world.control('stripe', 'POST', '/clock', { now: later });
  expect((await fetch(expired)).status).toBe(410);
  const used = await world.rep.apex<Record<string, string>>('InvoiceCommandController', 'getLinks', {
    invoiceId: crmId,
  });
  expect((await fetch(used.hostedInvoiceUrl!)).status).toBe(200);
  expect((await fetch(used.invoicePdfUrl!)).status).toBe(200);
  expect(used.paymentLinkUrl).toBe(link.url);
  await hasAddress(crmId, used.hostedInvoiceUrl!);

  await job.quiet();
  await rewind(
    `UPDATE sync_record SET last_synced_at = now() - interval '8 days',
       crm_snapshot = jsonb_set(crm_snapshot, '{terms,dueDate}', to_jsonb((now() - interval '40 days')::date::text))
     WHERE entity = 'invoice' AND stripe_id = $1`,
    id,
  );
  expect(await markExpiringLinks(world.database)).toBe(1);
  expect(await markExpiringLinks(world.database)).toBe(0);
  await job.quiet();
  await world.control('stripe', 'POST', '/clock', { now: null });
});

async function hasAddress(crmId: string, url: string): Promise<void> {
  await eventually(
    async () => (await world.rep.invoice(crmId)).Hosted_Invoice_Url__c === url,
    'the record has the living address',
  );
}

const rewind = (sql: string, invoice: string) => world.database.pool.query(sql, [invoice]);
