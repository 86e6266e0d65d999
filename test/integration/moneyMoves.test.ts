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

async function record(
  crmId: string,
  { amount, key = randomUUID(), ...more }: { amount: number; key?: string; paidOn?: string },
): Promise<Answer> {
  return request(world.webUrl)
    .post(`/v1/invoices/${crmId}/record-payment`)
    .send({ ...TRANSFER, amount, ...more })
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId)
    .set('idempotency-key', key);
}

async function open(): Promise<{ crmId: string; id: string; total: number }> {
  const crmId = await job.raiseAndSync();
  const { id } = await job.stripeInvoice(crmId);
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

// A worker that was killed leaves its command as it was noted last.
test.each([
  ['after the report, before its note', `state - 'paymentRecord' - 'moved'`],
  ['between the two calls, or after them both', `state - 'moved'`],
])('a worker killed %s goes on where it was, once', async (_, state) => {
  const { crmId, id, total } = await open();
  const before = await reports();
  const { body } = await record(crmId, { amount: total });
  await world.database.pool.query(
    `UPDATE command SET status = 'running', stage = 'accepted', state = ${state}, next_attempt_at = now(),
       finished_at = NULL, result = NULL WHERE id = $1`,
    [body.command!.id],
  );
  await world.database.pool.query(`SELECT pg_notify('command_due', $1)`, [body.command!.id]);
  const again = await eventually(async () => {
    const { rows } = await world.database.pool.query<{ status: string; result: { message: string } }>(
      'SELECT status, result FROM command WHERE id = $1',
      [body.command!.id],
    );
    return rows[0]!.status === 'running' ? undefined : rows[0];
  }, 'the command is carried out again');
  expect(again).toMatchObject({ status: 'done', result: { message: body.message } });
  expect(await paymentsOf(id)).toHaveLength(1);
  expect(await reports()).toBe(before + 1);
  await confirmed(crmId, 1);
});

/** "1,234.50 USD". */
const rest = (amount: number) =>
  `${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
