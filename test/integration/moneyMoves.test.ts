import { randomUUID } from 'node:crypto';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { moneySteps, TRANSFER, usd, type MoneySteps } from './moneySteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
let money: MoneySteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
  money = moneySteps(world, job);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

test('a part, then the rest: the invoice is open until all is there, and the org has both payments with their reference', async () => {
  const { crmId, total } = await money.open();
  const first = await money.record(crmId, { amount: 10 });
  expect(first.body.message).toMatch(
    new RegExp(`^10\\.00 USD are recorded for .* ${usd(total - 10)} are left to pay\\.$`),
  );
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Open', Amount_Paid__c: 10 });
  const second = await money.record(crmId, { amount: total - 10, paidOn: '2026-11-05' });
  expect(second.body.message).toMatch(/ It is paid\.$/);
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Paid', Amount_Remaining__c: 0 });
  const [part] = await money.confirmed(crmId, 2);
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
  const { crmId, id, total } = await money.open();
  const { body } = await money.record(crmId, { amount: total + 25 });
  expect(body.message).toMatch(
    /It is paid\. 25\.00 USD were more than was owed: they are on the customer's balance/,
  );
  expect((await world.stripe.invoices.retrieve(id)).amount_overpaid).toBe(2500);
});

test('what cannot be is refused in words before Stripe is asked', async () => {
  const { crmId } = await money.open();
  const before = await money.reports();
  expect(await money.record(crmId, { amount: 10.001 })).toMatchObject({
    status: 422,
    body: { code: 'invalid_amount', detail: expect.stringMatching(/more decimals than USD has/) as string },
  });
  expect(await money.record(crmId, { amount: 1, paidOn: '2099-01-01' })).toMatchObject({
    status: 422,
    body: { code: 'invalid_day' },
  });
  expect(await money.record(crmId, { amount: -1 })).toMatchObject({
    status: 400,
    body: { detail: "The body's amount has to be more than 0." },
  });
  expect(await money.reports()).toBe(before);
});

test('answers of Stripe that are lost, and the same key again, record it once', async () => {
  const { crmId, id } = await money.open();
  const before = await money.reports();
  for (const path of ['/report_payment$', '/attach_payment$'])
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path },
      kind: 'resetAfter',
      times: 3,
    });
  const key = randomUUID();
  const answers = await Promise.all([
    money.record(crmId, { amount: 10, key }),
    money.record(crmId, { amount: 10, key }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await money.paymentsOf(id)).toHaveLength(1);
  expect(await money.reports()).toBe(before + 1);
});

test('two people at once record two payments, and neither sum is lost', async () => {
  const { crmId, id, total } = await money.open();
  const answers = await Promise.all([
    money.record(crmId, { amount: total - 5 }),
    money.record(crmId, { amount: total - 5 }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const words = answers.map(({ body }) => body.message!).join(' ');
  expect(words).toMatch(/5\.00 USD are left to pay/);
  expect(words).toContain(`${usd(total - 10)} were more than was owed`);
  expect(await world.stripe.invoices.retrieve(id)).toMatchObject({
    status: 'paid',
    amount_overpaid: Math.round(total * 100) - 1000,
  });
});

test.each([
  ['after the report, before its note', `state - 'paymentRecord' - 'moved'`],
  ['between the two calls, or after them both', `state - 'moved'`],
])('a worker killed %s goes on where it was, once', async (_, state) => {
  const { crmId, id, total } = await money.open();
  const before = await money.reports();
  const { body } = await money.record(crmId, { amount: total });
  expect(await money.carriedOutAgain(body.command!.id, state)).toEqual({
    status: 'done',
    words: body.message,
  });
  expect(await money.paymentsOf(id)).toHaveLength(1);
  expect(await money.reports()).toBe(before + 1);
  await money.confirmed(crmId, 1);
});

test('a refund goes back to the newest payment, in parts, and never beyond what was paid', async () => {
  const { crmId, id, total } = await money.paidByCard();
  const part = await money.act('refund', crmId, { amount: 10, reason: 'requested_by_customer' });
  expect(part.body.message).toMatch(
    new RegExp(`^10\\.00 USD of .* go back to the customer\\. ${usd(total - 10)} of the payment can still`),
  );
  expect(await money.act('refund', crmId, { amount: total })).toMatchObject({
    status: 422,
    body: {
      code: 'refund_too_large',
      detail: expect.stringContaining(`at most ${usd(total - 10)} can be refunded`) as string,
    },
  });
  const [payment] = await money
    .confirmed(crmId, 2)
    .then((all) => all.filter((one) => one.Type__c === 'Payment'));
  expect((await money.act('refund', crmId, { payment: payment!.Id })).body.message).toMatch(
    /Nothing is left of/,
  );
  await eventually(
    async () => (await world.rep.invoice(crmId)).Payment_State__c === 'Refunded',
    'the record says that all was refunded',
  );
  expect(await money.refundsOf(id)).toMatchObject([
    { amount: Math.round(total * 100) - 1000 },
    { amount: 1000, reason: 'requested_by_customer' },
  ]);
  expect((await money.act('refund', crmId)).body).toMatchObject({ code: 'nothing_to_refund' });
  expect((await money.act('refund', crmId, { payment: 'pi_other' })).body).toMatchObject({
    code: 'unknown_payment',
  });
});

test('a refund that the bank sends back days later: the record says so, and the money can be refunded again', async () => {
  const { crmId, total } = await money.paidByCard('pm_card_refundFail');
  await money.act('refund', crmId, { amount: 10 });
  const state = (wanted: string) =>
    eventually(async () => {
      const invoice = await world.rep.invoice(crmId);
      return invoice.Payment_State__c === wanted ? invoice : undefined;
    }, `the record says ${wanted}`);
  await state('Partially Refunded');
  await job.quiet();
  await money.refundsAnswered();
  expect(await state('Paid')).toMatchObject({ Status__c: 'Paid', Amount_Paid__c: total });
  await job.quiet();
  const [refund, payment] = await money.confirmed(crmId, 2);
  expect(refund).toMatchObject({ Type__c: 'Refund', Status__c: 'Failed', Amount__c: 10 });
  expect(payment).toMatchObject({ Type__c: 'Payment', Status__c: 'Succeeded', Amount_Refunded__c: null });
  expect((await money.act('refund', crmId)).body.message).toContain(`${usd(total)} of`);
  await state('Refunded');
});

test('a refund whose answer is lost, that is asked for twice, or whose worker is killed is made once', async () => {
  const { crmId, id, total } = await money.paidByCard();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/refunds$' },
    kind: 'resetAfter',
    times: 3,
  });
  const key = randomUUID();
  const most = total - 1;
  const [first, , other] = await Promise.all([
    money.act('refund', crmId, { amount: most, key }),
    money.act('refund', crmId, { amount: most, key }),
    money.act('refund', crmId, { amount: most, payment: await money.chargedIntent(id) }),
  ]);
  expect([first!.status, other!.status].sort()).toEqual([200, 422]);
  const done = first!.status === 200 ? first! : other!;
  expect(await money.carriedOutAgain(done.body.command!.id, `state - 'moved'`)).toEqual({
    status: 'done',
    words: done.body.message,
  });
  expect(await money.refundsOf(id)).toHaveLength(1);
});

test('a credit note before payment lowers what is owed, of lines too, and is in the org', async () => {
  const { crmId, id, total } = await money.open();
  expect((await money.act('credit', crmId, { amount: 10, balance: 5 })).body).toMatchObject({
    code: 'split_differs',
    detail: expect.stringMatching(
      /Nothing of it was paid yet, .* leave refund, balance and outside out/,
    ) as string,
  });
  const { body } = await money.act('credit', crmId, {
    amount: 10,
    reason: 'order_change',
    memo: 'As agreed',
  });
  expect(body.message).toMatch(
    /^Credit note \S+-CN-01 over 10\.00 USD is issued for \S+: 10\.00 USD less are owed\.$/,
  );
  expect(await world.rep.invoice(crmId)).toMatchObject({
    Amount_Remaining__c: total - 10,
    Status__c: 'Open',
  });
  const [line] = await world.rep.query<{ Id: string }>(
    `SELECT Id FROM Invoice_Line__c WHERE Invoice__c = '${crmId}' ORDER BY Amount__c LIMIT 1`,
  );
  expect((await money.act('credit', crmId, { lines: [{ line: line!.Id, quantity: 1 }] })).status).toBe(200);
  expect((await money.act('credit', crmId, { lines: [{ line: crmId }] })).body).toMatchObject({
    code: 'unknown_line',
  });
  expect((await money.act('credit', crmId, { amount: 1, lines: [{ line: crmId }] })).body).toMatchObject({
    detail: 'The body has to give either an amount or lines.',
  });
  expect((await money.act('credit', crmId, { amount: total })).body).toMatchObject({
    code: expect.stringMatching(/./),
  });
  const [of, more] = await money.creditNotesOf(id);
  expect(of!.lines.data[0]).toMatchObject({ type: 'invoice_line_item', quantity: 1 });
  expect(more).toMatchObject({ total: 1000, reason: 'order_change', memo: 'As agreed' });
  await eventually(async () => {
    const notes = await world.rep.query(`SELECT Id FROM Credit_Note__c WHERE Invoice__c = '${crmId}'`);
    return notes.length === 2;
  }, 'both credit notes are in the org');
});

test('of what is paid a credit note says where it goes, and the sum has to be right', async () => {
  const { crmId, id } = await money.paidByCard();
  expect((await money.act('credit', crmId, { amount: 30 })).body).toMatchObject({
    code: 'split_differs',
    detail: expect.stringMatching(/together it has to be 30\.00 USD, and it is 0\.00 USD\.$/) as string,
  });
  const wrong = { amount: 30, refund: 10, balance: 10 };
  expect((await money.act('credit', crmId, wrong)).body).toMatchObject({ code: 'split_differs' });
  const { body } = await money.act('credit', crmId, { ...wrong, outside: 10 });
  expect(body.message).toMatch(
    /over 30\.00 USD .*: 10\.00 USD go back to the customer, 10\.00 USD are on the customer's balance, 10\.00 USD are given back outside Stripe\.$/,
  );
  expect(await money.refundsOf(id)).toMatchObject([{ amount: 1000 }]);
  expect((await money.act('credit', crmId, { amount: 5000, outside: 5000 })).body).toMatchObject({
    code: 'credit_refused',
    detail: expect.stringMatching(/can still be credited.*nothing was done\.$/) as string,
  });
  const [line] = await world.rep.query<{ Id: string }>(
    `SELECT Id FROM Invoice_Line__c WHERE Invoice__c = '${crmId}' LIMIT 1`,
  );
  expect((await money.act('credit', crmId, { lines: [{ line: line!.Id, amount: 5 }] })).body).toMatchObject({
    code: 'credit_refused',
    detail: expect.stringMatching(/must equal the credit note amount \(\$5\.00\)/) as string,
  });
  expect(await money.creditNotesOf(id)).toHaveLength(1);
});

test('partly paid: the rest is lowered first; money that came another way cannot be refunded through Stripe', async () => {
  const { crmId, id, total } = await money.open();
  await money.record(crmId, { amount: 20 });
  expect((await money.act('credit', crmId, { amount: total, refund: 20 })).body).toMatchObject({
    code: 'refund_too_large',
    detail: expect.stringMatching(/through Stripe 0\.00 USD are left to refund, not 20\.00 USD/) as string,
  });
  const { body } = await money.act('credit', crmId, { amount: total, outside: 20 });
  expect(body.message).toContain(`${usd(total - 20)} less are owed, 20.00 USD are given back outside`);
  expect(await money.creditNotesOf(id)).toMatchObject([
    { pre_payment_amount: Math.round(total * 100) - 2000 },
  ]);
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Paid', Amount_Remaining__c: 0 });
});

test('a credit note whose answer is lost, asked for twice, and whose worker is killed is issued once', async () => {
  const { crmId, id, total } = await money.open();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/credit_notes$' },
    kind: 'resetAfter',
    times: 3,
  });
  const key = randomUUID();
  const asked = { amount: total - 1 };
  const [first, , other] = await Promise.all([
    money.act('credit', crmId, { ...asked, key }),
    money.act('credit', crmId, { ...asked, key }),
    money.act('credit', crmId, asked),
  ]);
  expect([first!.status, other!.status].sort()).toEqual([200, 422]);
  const done = first!.status === 200 ? first! : other!;
  expect(await money.carriedOutAgain(done.body.command!.id, `state - 'moved'`)).toEqual({
    status: 'done',
    words: done.body.message,
  });
  expect(await money.creditNotesOf(id)).toHaveLength(1);
});
