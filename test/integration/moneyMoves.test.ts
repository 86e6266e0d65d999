import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

const TRANSFER = { paidOn: '2026-11-02', method: 'Bank transfer', reference: 'RF18 5390 0754 7034' };

interface Answer {
  status: number;
  body: { command?: { id: string }; code?: string; detail?: string; message?: string };
}

async function act(
  action: string,
  crmId: string,
  { key = randomUUID(), ...body }: { key?: string; [param: string]: unknown } = {},
): Promise<Answer> {
  return request(world.webUrl)
    .post(`/v1/invoices/${crmId}/${action}`)
    .send(body)
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId)
    .set('idempotency-key', key);
}

const record = (crmId: string, asked: { amount: number; key?: string; paidOn?: string }) =>
  act('record-payment', crmId, { ...TRANSFER, ...asked });

async function open(): Promise<{ crmId: string; id: string; total: number }> {
  const crmId = await job.raiseAndSync();
  const { id, customer } = await job.stripeInvoice(crmId);
  // What an earlier case overpaid would pay this one.
  await world.stripe.customers.update(String(customer), { balance: 0 });
  const { total } = await world.stripe.invoices.finalizeInvoice(id);
  return { crmId, id, total: total / 100 };
}

const confirmationsOf = (crmId: string) =>
  world.rep.query(
    'SELECT Type__c, Status__c, Amount__c, Currency__c, Method__c, Reference__c, Paid_At__c, Stripe_Payment_Id__c, ' +
      `Account__r.Name FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}' ORDER BY Amount__c`,
  );

const confirmed = (crmId: string, count: number) =>
  eventually(
    async () => {
      const found = await confirmationsOf(crmId);
      return found.length === count ? found : undefined;
    },
    `${count} payments of ${crmId} are in the org`,
    20_000,
  );

const paymentsOf = async (invoice: string) =>
  (await world.stripe.invoicePayments.list({ invoice, status: 'paid' })).data;

const reports = async () => (await world.stripe.paymentRecords.list({ limit: 100 } as never)).data.length;

test('a part, then the rest: the invoice is open until all is there, and the org has both payments with their reference', async () => {
  const { crmId, total } = await open();
  const first = await record(crmId, { amount: 10 });
  expect(first.body.message).toMatch(
    new RegExp(`^10\\.00 USD are recorded for .* ${rest(total - 10)} are left to pay\\.$`),
  );
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Open', Amount_Paid__c: 10 });
  const second = await record(crmId, { amount: total - 10, paidOn: '2026-11-05' });
  expect(second.body.message).toMatch(/ It is paid\.$/);
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Paid', Amount_Remaining__c: 0 });
  const [part] = await confirmed(crmId, 2);
  expect(part).toMatchObject({
    Type__c: 'Out of Band',
    Status__c: 'Succeeded',
    Amount__c: 10,
    Currency__c: 'USD',
    Method__c: 'Bank transfer',
    Reference__c: TRANSFER.reference,
    Paid_At__c: expect.stringMatching(/^2026-11-02T12:00:00/) as string,
    Stripe_Payment_Id__c: expect.stringMatching(/^pr_/) as string,
    Account__r: { Name: job.account },
  });
});

test('more than is owed pays the invoice, and the words say what the customer is left with', async () => {
  const { crmId, id, total } = await open();
  const { body } = await record(crmId, { amount: total + 25 });
  expect(body.message).toMatch(
    /It is paid\. 25\.00 USD were more than was owed: they are on the customer's balance/,
  );
  expect((await world.stripe.invoices.retrieve(id)).amount_overpaid).toBe(2500);
});

test('what cannot be is refused in words before Stripe is asked', async () => {
  const { crmId } = await open();
  const before = await reports();
  expect(await record(crmId, { amount: 10.001 })).toMatchObject({
    status: 422,
    body: { code: 'invalid_amount', detail: expect.stringMatching(/more decimals than USD has/) as string },
  });
  expect(await record(crmId, { amount: 1, paidOn: '2099-01-01' })).toMatchObject({
    status: 422,
    body: { code: 'invalid_day' },
  });
  expect(await record(crmId, { amount: -1 })).toMatchObject({
    status: 400,
    body: { detail: "The body's amount has to be more than 0." },
  });
  expect(await reports()).toBe(before);
});

test('answers of Stripe that are lost, and the same key again, record it once', async () => {
  const { crmId, id } = await open();
  const before = await reports();
  for (const path of ['/report_payment$', '/attach_payment$'])
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path },
      kind: 'resetAfter',
      times: 3,
    });
  const key = randomUUID();
  const answers = await Promise.all([record(crmId, { amount: 10, key }), record(crmId, { amount: 10, key })]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await paymentsOf(id)).toHaveLength(1);
  expect(await reports()).toBe(before + 1);
});

test('two people at once record two payments, and neither sum is lost', async () => {
  const { crmId, id, total } = await open();
  const answers = await Promise.all([
    record(crmId, { amount: total - 5 }),
    record(crmId, { amount: total - 5 }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const words = answers.map(({ body }) => body.message!).join(' ');
  expect(words).toMatch(/5\.00 USD are left to pay/);
  expect(words).toContain(`${rest(total - 10)} were more than was owed`);
  expect(await world.stripe.invoices.retrieve(id)).toMatchObject({
    status: 'paid',
    amount_overpaid: Math.round(total * 100) - 1000,
  });
});

test.each([
  ['after the report, before its note', `state - 'paymentRecord' - 'moved'`],
  ['between the two calls, or after them both', `state - 'moved'`],
])('a worker killed %s goes on where it was, once', async (_, state) => {
  const { crmId, id, total } = await open();
  const before = await reports();
  const { body } = await record(crmId, { amount: total });
  expect(await carriedOutAgain(body.command!.id, state)).toEqual({ status: 'done', words: body.message });
  expect(await paymentsOf(id)).toHaveLength(1);
  expect(await reports()).toBe(before + 1);
  await confirmed(crmId, 1);
});

test('a refund goes back to the newest payment, in parts, and never beyond what was paid', async () => {
  const { crmId, id, total } = await paidByCard();
  const part = await act('refund', crmId, { amount: 10, reason: 'requested_by_customer' });
  expect(part.body.message).toMatch(
    new RegExp(`^10\\.00 USD of .* go back to the customer\\. ${rest(total - 10)} of the payment can still`),
  );
  expect(await act('refund', crmId, { amount: total })).toMatchObject({
    status: 422,
    body: {
      code: 'refund_too_large',
      detail: expect.stringContaining(`at most ${rest(total - 10)} can be refunded`) as string,
    },
  });
  const [payment] = await confirmed(crmId, 2).then((all) => all.filter((one) => one.Type__c === 'Payment'));
  expect((await act('refund', crmId, { payment: payment!.Id })).body.message).toMatch(/Nothing is left of/);
  await eventually(
    async () => (await world.rep.invoice(crmId)).Payment_State__c === 'Refunded',
    'the record says that all was refunded',
    20_000,
  );
  expect(await refundsOf(id)).toMatchObject([
    { amount: Math.round(total * 100) - 1000 },
    { amount: 1000, reason: 'requested_by_customer' },
  ]);
  expect((await act('refund', crmId)).body).toMatchObject({ code: 'nothing_to_refund' });
  expect((await act('refund', crmId, { payment: 'pi_other' })).body).toMatchObject({
    code: 'unknown_payment',
  });
});

test('a refund whose answer is lost, that is asked for twice, or whose worker is killed is made once', async () => {
  const { crmId, id, total } = await paidByCard();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/refunds$' },
    kind: 'resetAfter',
    times: 3,
  });
  const key = randomUUID();
  const most = total - 1;
  const [first, , other] = await Promise.all([
    act('refund', crmId, { amount: most, key }),
    act('refund', crmId, { amount: most, key }),
    act('refund', crmId, { amount: most, payment: await chargedIntent(id) }),
  ]);
  expect([first!.status, other!.status].sort()).toEqual([200, 422]);
  const done = first!.status === 200 ? first! : other!;
  expect(await carriedOutAgain(done.body.command!.id, `state - 'moved'`)).toEqual({
    status: 'done',
    words: done.body.message,
  });
  expect(await refundsOf(id)).toHaveLength(1);
});

// A worker that was killed leaves its command as it was noted last.
async function carriedOutAgain(id: string, state: string): Promise<{ status: string; words: string }> {
  await world.database.pool.query(
    `UPDATE command SET status = 'running', stage = 'accepted', state = ${state}, next_attempt_at = now(),
       finished_at = NULL, result = NULL WHERE id = $1`,
    [id],
  );
  await world.database.pool.query(`SELECT pg_notify('command_due', $1)`, [id]);
  return eventually(async () => {
    const { rows } = await world.database.pool.query<{ status: string; words: string }>(
      `SELECT status, coalesce(result, error) ->> 'message' AS words FROM command WHERE id = $1`,
      [id],
    );
    return rows[0]!.status === 'running' ? undefined : rows[0];
  }, 'the command is carried out again');
}

async function paidByCard(): Promise<{ crmId: string; id: string; total: number }> {
  const opened = await open();
  await world.stripe.invoices.pay(opened.id, { payment_method: 'pm_card_visa' });
  await job.becomes(opened.crmId, 'Paid');
  return opened;
}

async function chargedIntent(invoice: string): Promise<string> {
  return String((await paymentsOf(invoice))[0]!.payment.payment_intent);
}

async function refundsOf(invoice: string) {
  return (await world.stripe.refunds.list({ payment_intent: await chargedIntent(invoice) })).data;
}

/** "1,234.50 USD". */
const rest = (amount: number) =>
  `${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
