import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import transitions from '../unit/transitions.json' with { type: 'json' };
import { actOn, type ActOptions } from './actOn.ts';
import { invoiceActions } from '../../sync/domain/invoiceActions.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  steps = await jobSteps(world);
  await giveCard();
});
afterAll(() => world?.stop());

type State = keyof typeof transitions.records;
const STATES = transitions.states as State[];

const CASES = Object.entries(transitions.ends).flatMap(([action, ends]) =>
  ends.split(/ +/).map((end, index) => ({ action, state: STATES[index]!, end })),
);

/** What the action takes beside the invoice. */
const BODIES: Record<string, (state: State) => object> = {
  edit: () => ({ footer: 'Edited by the table' }),
  'record-payment': () => ({ amount: 1, paidOn: '2026-11-02', method: 'Bank transfer' }),
  credit: (state) => ({ amount: 1, ...(state === 'paid' && { outside: 1 }) }),
};

test.each(CASES)('$action of an invoice that is $state: $end', async ({ action, state, end }) => {
  const crmId = /_/.test(end) ? await toRefuse(state) : await invoiceIn(state);
  const { id } = await steps.stripeInvoice(crmId);
  const before = await world.stripe.invoices.retrieve(id);
  const { status, body } = await act(action, crmId, { body: BODIES[action]?.(state) ?? {} });

  if (end === 'gone') {
    expect({ status, words: body.message }).toEqual({
      status: 200,
      words: expect.stringMatching(/deleted in Salesforce, and its draft in Stripe with it/) as string,
    });
    await expect(world.stripe.invoices.retrieve(id)).rejects.toMatchObject({ code: 'resource_missing' });
    await expect(world.rep.invoice(crmId)).rejects.toThrow();
    return;
  }
  const now = await world.stripe.invoices.retrieve(id);
  if (/_/.test(end)) {
    expect({ status, code: body.code }).toEqual({ status: 409, code: end });
    expect(body.detail).toMatch(/^(INV|[A-Z0-9]+)-\d+ .*\w\.$/);
    expect({ status: now.status, paid: now.amount_paid }).toEqual({
      status: before.status,
      paid: before.amount_paid,
    });
  } else {
    expect({ status, message: body.message }).toEqual({ status: 200, message: expect.any(String) as string });
    expect(now.status).toBe(end);
    expect(body.invoice).toMatchObject({ id: crmId, stripeId: id });
  }
  expect((await world.rep.invoice(crmId)).Status__c?.toString().toLowerCase()).toBe(now.status);
});

// The menu of the page is held to the same table by what the record says: lwc/invoiceActions.
test.each(STATES)('the record of an invoice that is %s says so', async (state) => {
  const crmId = await toRefuse(state);
  await eventually(
    async () => {
      const { Status__c, Amount_Paid__c, Sent_At__c } = await world.rep.invoice(crmId);
      const said = {
        status: Status__c,
        isPaidInPart: Number(Amount_Paid__c) > 0,
        isSent: Sent_At__c !== null,
      };
      return isDeepStrictEqual(said, transitions.records[state]);
    },
    `the record says ${JSON.stringify(transitions.records[state])}`,
  );
});

test('every action is in the table', () => {
  expect(Object.keys(transitions.ends).sort()).toEqual([...invoiceActions].sort());
});

test('a card that is declined leaves the invoice open, and the words say what to do', async () => {
  const customer = await giveCard('pm_card_chargeCustomerFail');
  const crmId = await invoiceIn('open');
  const { status, body } = await act('pay', crmId);
  expect(status).toBe(422);
  expect(body.detail).toMatch(/declined\. Ask the customer for another card/);
  await steps.quiet();
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Open', Sync_Status__c: 'Synced' });
  await world.stripe.customers.update(customer, { invoice_settings: { default_payment_method: '' } });
  for (const { id } of (await world.stripe.paymentMethods.list({ customer })).data)
    await world.stripe.paymentMethods.detach(id);
  expect((await act('pay', crmId)).body).toMatchObject({ code: 'no_card' });
  await giveCard();
});

test('the same key again, and an answer of Stripe that is lost, mail and charge once', async () => {
  const crmId = await invoiceIn('sent');
  const { id } = await steps.stripeInvoice(crmId);
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/send$' },
    kind: 'resetAfter',
    times: 3,
  });
  const key = randomUUID();
  const [first, second] = await Promise.all([act('resend', crmId, { key }), act('resend', crmId, { key })]);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.body.message).toBe(first.body.message);
  expect(await steps.mailsOf(id)).toHaveLength(2);

  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'POST', path: '/pay$' },
    kind: 'resetAfter',
    times: 3,
  });
  const charges = async () => (await world.stripe.charges.list({ limit: 100 })).data.length;
  const before = await charges();
  const paid = await act('pay', crmId);
  expect(paid.body.message).toMatch(/is paid: [\d.,]+ USD from the card on file/);
  expect(await charges()).toBe(before + 1);
});

test('a body with a field that the command does not take is refused, and nothing is done', async () => {
  const crmId = await invoiceIn('open');
  const answer = await act('void', crmId, { body: { reason: 'x' } });
  expect(answer).toMatchObject({
    status: 400,
    body: {
      code: 'invalid_request',
      detail: 'The body holds reason, which this command does not take.',
    },
  });
  expect((await steps.stripeInvoice(crmId)).status).toBe('open');
});

test('what was refunded in Stripe shows in the state of the record', async () => {
  const crmId = await invoiceIn('open');
  await act('pay', crmId);
  const { id, amount_paid } = await steps.stripeInvoice(crmId);
  const { data } = await world.stripe.invoicePayments.list({ invoice: id });
  const payment_intent = String(data[0]!.payment.payment_intent);
  await world.stripe.refunds.create({ payment_intent, amount: 100 });
  await becomesState(crmId, 'Partially Refunded');
  await world.stripe.refunds.create({ payment_intent, amount: amount_paid - 100 });
  await becomesState(crmId, 'Refunded');
  const [row] = await world.rep.query<{ Amount_Refunded__c: number }>(
    `SELECT Amount_Refunded__c FROM Invoice__c WHERE Id = '${crmId}'`,
  );
  expect(row!.Amount_Refunded__c).toBe(amount_paid / 100);
});

const refused = new Map<State, string>();

/** A refusal leaves the invoice as it was, so one in each state is enough for all of them. */
async function toRefuse(state: State): Promise<string> {
  const crmId = refused.get(state) ?? (await invoiceIn(state));
  refused.set(state, crmId);
  return crmId;
}

async function invoiceIn(state: State): Promise<string> {
  if (state === 'empty draft') {
    const crmId = await steps.raiseAndSync([{ product: steps.products[0]!.name, quantity: 1 }]);
    const { id } = await steps.stripeInvoice(crmId);
    const { data } = await world.stripe.invoices.listLineItems(id);
    await world.stripe.invoices.removeLines(id, {
      lines: data.map((line) => ({ id: line.id, behavior: 'delete' })),
    });
    return crmId;
  }
  const crmId = await steps.raiseAndSync();
  const { id } = await steps.stripeInvoice(crmId);
  if (state === 'draft') return crmId;
  if (state === 'sent' || state === 'partly paid') await world.rep.send(crmId);
  else await world.stripe.invoices.finalizeInvoice(id);
  if (state === 'partly paid') await payPartly(id);
  if (state === 'paid') await world.stripe.invoices.pay(id, { paid_out_of_band: true });
  if (state === 'uncollectible') await world.stripe.invoices.markUncollectible(id);
  if (state === 'void') await world.stripe.invoices.voidInvoice(id);
  return crmId;
}

async function payPartly(id: string): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const reported = await world.stripe.paymentRecords.reportPayment({
    amount_requested: { value: 100, currency: 'usd' },
    payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
    initiated_at: now,
    outcome: 'guaranteed',
    guaranteed: { guaranteed_at: now },
  });
  await world.stripe.invoices.attachPayment(id, { payment_record: reported.id });
}

async function customerId(): Promise<string> {
  const [account] = await world.rep.query<{ Stripe_Customer_Id__c: string }>(
    `SELECT Stripe_Customer_Id__c FROM Account WHERE Name = '${steps.account.replaceAll("'", "\\'")}'`,
  );
  return account!.Stripe_Customer_Id__c;
}

async function giveCard(card = 'pm_card_visa'): Promise<string> {
  await steps.raiseAndSync();
  const customer = await customerId();
  const { id } = await world.stripe.paymentMethods.attach(card, { customer });
  await world.stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } });
  return customer;
}

const becomesState = (crmId: string, state: string) =>
  eventually(async () => (await world.rep.invoice(crmId)).Payment_State__c === state, `${crmId} is ${state}`);

const act = (action: string, crmId: string, options?: ActOptions) => actOn(world, { action, crmId }, options);
