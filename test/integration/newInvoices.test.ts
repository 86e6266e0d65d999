import { randomUUID } from 'node:crypto';
import { actOn, type ActAnswer, type ActOptions } from './actOn.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  steps = await jobSteps(world);
});
afterAll(() => world?.stop());

const act = (action: string, crmId: string, options?: ActOptions) => actOn(world, { action, crmId }, options);

test('a revision becomes a record of its own, and each finalized one takes the place of all before it', async () => {
  const first = await steps.raiseAndSend();
  const original = await steps.stripeInvoice(first);
  const second = await revise(first);
  const draft = await world.stripe.invoices.retrieve(second.stripeId);
  expect(draft).toMatchObject({ status: 'draft', total: original.total, metadata: {} });
  expect(await world.rep.invoice(second.id)).toMatchObject({
    Status__c: 'Draft',
    Account__c: (await world.rep.invoice(first)).Account__c,
    Revision_Of__c: first,
    Latest_Revision__c: null,
  });
  expect((await linesOf(second.id)).map(withoutIds)).toEqual((await linesOf(first)).map(withoutIds));
  expect((await world.rep.invoice(first)).Status__c).toBe('Open');

  // Its lines are edited in the org as those of any draft.
  const [line] = await linesOf(second.id);
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 7 });
  await act('send', second.id);
  const sent = await world.stripe.invoices.retrieve(second.stripeId);
  expect(sent.status).toBe('open');
  expect(sent.total).toBe(original.total + 5 * Math.round(Number(line!.Unit_Price__c) * 100));
  await becomesLatest(first, second.id);
  expect(await world.rep.invoice(first)).toMatchObject({ Status__c: 'Void', Number__c: original.number });
  expect((await act('revise', first)).body).toMatchObject({ code: 'wrong_state' });

  // One that is made in Stripe's Dashboard appears the same way, and stands for the whole chain.
  const third = await world.stripe.invoices.create({
    from_invoice: { invoice: second.stripeId, action: 'revision' },
  });
  await world.stripe.invoices.finalizeInvoice(third.id);
  const thirdId = await eventually(
    async () =>
      (
        await world.rep.query<{ Id: string }>(
          `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${third.id}'`,
        )
      )[0]?.Id,
    'the third version is in the org',
  );
  await becomesLatest(first, thirdId);
  await becomesLatest(second.id, thirdId);
  expect(await world.rep.invoice(thirdId)).toMatchObject({
    Revision_Of__c: second.id,
    Latest_Revision__c: null,
  });
});

test('one draft revision at a time; a deleted one leaves the invoice as it was', async () => {
  const crmId = await finalized();
  const [one, two] = await Promise.all([act('revise', crmId), act('revise', crmId)]);
  const made = [one, two].flatMap(({ body }) => body.newInvoice?.stripeId ?? []);
  expect(new Set(made).size).toBe(1);
  const [draft] = made;
  const again = await act('revise', crmId);
  expect(again).toMatchObject({ status: 409, body: { code: 'revised' } });
  expect(again.body.detail).toMatch(
    /has a revision already that is still a draft: \w+\. Edit that one, or delete it\./,
  );
  expect(await revisionsOf(crmId)).toEqual([draft]);

  await world.stripe.invoices.del(draft!);
  expect((await steps.stripeInvoice(crmId)).status).toBe('open');
  const next = await revise(crmId);
  expect(await revisionsOf(crmId)).toEqual([next.stripeId]);
});

test('an answer of Stripe that is lost, and the same key twice, make one revision', async () => {
  const crmId = await finalized();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/v1/invoices$' },
    kind: 'resetAfter',
    times: 3,
  });
  const key = randomUUID();
  const [first, second] = await Promise.all([act('revise', crmId, { key }), act('revise', crmId, { key })]);
  expect(first.status).toBe(200);
  expect(second.body.newInvoice).toEqual(first.body.newInvoice);
  expect(await revisionsOf(crmId)).toEqual([first.body.newInvoice!.stripeId]);
});

// What a killed worker leaves: Stripe has made the draft, and the command's own notes end at each step before that.
const KILLED: [string, (state: Record<string, unknown>) => { stage: string; state: object }][] = [
  ['Stripe has answered', ({ made: _, ...state }) => ({ stage: 'accepted', state })],
  ['the draft is noted', (state) => ({ stage: 'accepted', state })],
  ['the step is done', (state) => ({ stage: 'carried out', state })],
];

test.each(KILLED)('a worker that is killed when %s makes no second revision', async (_, left) => {
  const crmId = await finalized();
  const { body } = await act('revise', crmId);
  const again = await carriedOutAgain(body.command!.id, left);
  expect(again.newInvoice).toEqual(body.newInvoice);
  expect(await revisionsOf(crmId)).toEqual([body.newInvoice!.stripeId]);
});

test('a duplicate is a draft of its own with the same lines and as many days to pay, and nothing of what was paid', async () => {
  const crmId = await finalized();
  const original = await steps.stripeInvoice(crmId);
  await world.stripe.invoices.pay(original.id, { paid_out_of_band: true });
  const { status, body } = await act('duplicate', crmId);
  expect({ status, message: body.message }).toEqual({
    status: 200,
    message: `A copy of ${original.number} is there as a new draft. Check its lines and its due date before you send it.`,
  });
  const copy = body.newInvoice!;
  const record = await world.rep.invoice(crmId);
  expect(await world.rep.invoice(copy.id)).toMatchObject({
    Status__c: 'Draft',
    Number__c: null,
    Account__c: record.Account__c,
    Description__c: record.Description__c,
    Due_Date__c: record.Due_Date__c,
    Total__c: record.Total__c,
    Amount_Paid__c: 0,
    Revision_Of__c: null,
  });
  expect((await linesOf(copy.id)).map(withoutIds)).toEqual((await linesOf(crmId)).map(withoutIds));
  expect(await world.stripe.invoices.retrieve(copy.stripeId)).toMatchObject({
    status: 'draft',
    collection_method: 'send_invoice',
    auto_advance: false,
    from_invoice: null,
  });
  expect((await act('send', copy.id)).body.message).toMatch(/was sent to/);
});

test('a duplicate whose making is interrupted is made once, as the invoice was when it was asked for', async () => {
  const crmId = await steps.raiseAndSync();
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/add_lines$' },
    kind: 'resetAfter',
    times: 3,
  });
  const before = await allInvoices();
  const { body } = await act('duplicate', crmId);
  const lines = (await linesOf(body.newInvoice!.id)).map(withoutIds);
  const [line] = await linesOf(crmId);
  await world.rep.update('Invoice_Line__c', line!.Id, { Quantity__c: 9 });
  for (const left of KILLED)
    expect((await carriedOutAgain(body.command!.id, left[1])).newInvoice).toEqual(body.newInvoice);
  expect(await allInvoices()).toBe(before + 1);
  expect((await linesOf(body.newInvoice!.id)).map(withoutIds)).toEqual(lines);
});

test("a subscription's invoice comes to the org by itself, and what Stripe does not allow on it is refused", async () => {
  const { customer, lines } = await steps.stripeInvoice(await finalized());
  const product = lines.data[0]!.pricing!.price_details!.product;
  const price = await world.stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 1999,
    recurring: { interval: 'month' },
  });
  const subscription = await world.stripe.subscriptions.create({
    customer: String(customer),
    items: [{ price: price.id, quantity: 2 }],
    collection_method: 'send_invoice',
    days_until_due: 14,
  });
  const crmId = await eventually(
    async () =>
      (
        await world.rep.query<{ Id: string }>(
          `SELECT Id FROM Invoice__c WHERE Stripe_Subscription_Id__c = '${subscription.id}'`,
        )
      )[0]?.Id,
    'the invoice of the first cycle is in the org',
  );
  await steps.quiet();
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Draft', Total__c: 39.98 });
  expect((await linesOf(crmId)).map(withoutIds)).toEqual([
    { Product__c: expect.any(String) as string, Unit_Price__c: 19.99, Quantity__c: 2, Amount__c: 39.98 },
  ]);

  const [cycle] = (
    await world.stripe.invoices.listLineItems(String((await world.rep.invoice(crmId)).Stripe_Invoice_Id__c))
  ).data;
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  expect(
    await world.rep.query(
      `SELECT Period_Start_Date__c, Period_End_Date__c FROM Invoice_Line__c WHERE Invoice__c = '${crmId}'`,
    ),
  ).toMatchObject([
    { Period_Start_Date__c: day(cycle!.period.start), Period_End_Date__c: day(cycle!.period.end) },
  ]);

  const refused = { status: 409, body: { code: 'of_subscription' } };
  expect(await act('delete', crmId)).toMatchObject(refused);
  expect((await act('finalize', crmId)).status).toBe(200);
  expect(await act('revise', crmId)).toMatchObject(refused);
  expect((await steps.stripeInvoice(crmId)).status).toBe('open');
  const copy = (await act('duplicate', crmId)).body.newInvoice!;
  expect(await world.rep.invoice(copy.id)).toMatchObject({
    Status__c: 'Draft',
    Stripe_Subscription_Id__c: null,
    Total__c: 39.98,
  });
  expect((await act('void', crmId)).status).toBe(200);
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Void' });
});

const allInvoices = async () => (await world.stripe.invoices.list({ limit: 100 })).data.length;

/** Puts a finished command back to where a killed worker would have left it, and gives what comes of it then. */
async function carriedOutAgain(
  id: string,
  left: (state: Record<string, unknown>) => { stage: string; state: object },
): Promise<ActAnswer['body']> {
  const { pool } = world.database;
  const { rows } = await pool.query<{ state: Record<string, unknown> }>(
    'SELECT state FROM command WHERE id = $1',
    [id],
  );
  const { stage, state } = left(rows[0]!.state);
  await pool.query(
    `UPDATE command SET status = 'running', result = NULL, finished_at = NULL, next_attempt_at = now(), stage = $2, state = $3
     WHERE id = $1`,
    [id, stage, state],
  );
  await pool.query(`SELECT pg_notify('command_due', $1)`, [id]);
  return eventually(async () => {
    const { rows: now } = await pool.query<{ status: string; result: ActAnswer['body'] }>(
      'SELECT status, result FROM command WHERE id = $1',
      [id],
    );
    return now[0]!.status === 'done' ? now[0]!.result : undefined;
  }, 'the command is done again');
}

async function finalized(): Promise<string> {
  const crmId = await steps.raiseAndSync();
  await world.stripe.invoices.finalizeInvoice((await steps.stripeInvoice(crmId)).id);
  return crmId;
}

async function revise(crmId: string): Promise<{ id: string; stripeId: string }> {
  const { status, body } = await act('revise', crmId);
  expect({ status, message: body.message }).toEqual({
    status: 200,
    message: expect.stringMatching(/has a revision now, which is a draft/) as string,
  });
  return body.newInvoice!;
}

const becomesLatest = (crmId: string, latest: string) =>
  eventually(
    async () => (await world.rep.invoice(crmId)).Latest_Revision__c === latest,
    `${latest} stands in place of ${crmId}`,
  );

async function revisionsOf(crmId: string): Promise<string[]> {
  const { id } = await steps.stripeInvoice(crmId);
  const { data } = await world.stripe.invoices.list({ limit: 100 });
  return data.flatMap((one) => (one.from_invoice?.invoice === id ? [one.id] : []));
}

interface Line {
  Id: string;
  Product__c: string;
  Description__c: string;
  Unit_Price__c: number;
  Quantity__c: number;
  Amount__c: number;
}

const linesOf = (crmId: string) =>
  world.rep.query<Line>(
    `SELECT Id, Product__c, Description__c, Unit_Price__c, Quantity__c, Amount__c FROM Invoice_Line__c WHERE Invoice__c = '${crmId}' ORDER BY Sort_Order__c`,
  );

const withoutIds = ({ Product__c, Unit_Price__c, Quantity__c, Amount__c }: Line) => ({
  Product__c,
  Unit_Price__c,
  Quantity__c,
  Amount__c,
});
