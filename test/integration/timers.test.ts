import type Stripe from 'stripe';
import { paymentState } from '../../sync/domain/paymentState.ts';
import { remindDue } from '../../sync/reminders/remindDue.ts';
import { readStripeInvoice } from '../../sync/stripe/readInvoice.ts';
import { actOn } from './actOn.ts';
import { allDelivered, jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Noon, so that reminders may go out; the account's days are those of UTC. */
const START = Math.ceil(Date.now() / 1000 / DAY) * DAY + 12 * HOUR;

let world: World;
let steps: JobSteps;
let clock: string;
let now = START;

beforeAll(async () => {
  world = await startWorld();
  steps = await jobSteps(world);
  const { id } = await world.stripe.testHelpers.testClocks.create({ frozen_time: START });
  clock = id;
  await everywhere(START);
});
afterAll(() => world?.stop());

/** All that tells the time is at one moment: Stripe's test clock, the org, the engine. */
async function advanceTo(moment: number): Promise<void> {
  await world.stripe.testHelpers.testClocks.advance(clock, { frozen_time: moment });
  await eventually(
    async () => (await world.stripe.testHelpers.testClocks.retrieve(clock)).status === 'ready',
    'the test clock is there',
  );
  await everywhere(moment);
}

async function everywhere(moment: number): Promise<void> {
  now = moment;
  await world.control('org', 'POST', '/clock', { now });
  world.worker!.engine.now = () => new Date(now * 1000);
}

const GOOD = '4242424242424242';
/** Can be attached, and is declined when it is charged. */
const FAILING = '4000000000000341';

/** A customer who lives by the test clock, with a card on file, and the Account in the org. */
async function payer(name: string, card: string): Promise<Stripe.Customer> {
  const email = `${name.toLowerCase()}@clock.example`;
  const { stripe } = world;
  const customer = await stripe.customers.create({ name, email, test_clock: clock });
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: card, exp_month: 12, exp_year: 2060, cvc: '123' },
  });
  await stripe.paymentMethods.attach(method.id, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  await world.admin.create('Account', {
    Name: name,
    Billing_Email__c: email,
    Stripe_Customer_Id__c: customer.id,
  });
  return customer;
}

/** To be charged to the card on file by itself, an hour after it was made. */
async function autoCharged(customer: string): Promise<string> {
  const { stripe } = world;
  const { id } = await stripe.invoices.create({ customer, auto_advance: true, currency: 'usd' });
  await stripe.invoices.addLines(id, { lines: [{ amount: 5_000, description: 'Work' }] });
  return id;
}

/** The record of an invoice, once it shows this; all three places that know its state agree then. */
async function shows(id: string, expected: Record<string, unknown>): Promise<string> {
  let last: Record<string, unknown> | undefined;
  await eventually(
    async () => {
      [last] = await world.rep.query(
        'SELECT Id, Status__c, Payment_State__c, Next_Retry_At__c, Due_At__c, Finalize_On__c, Last_Payment_Error__c ' +
          `FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${id}'`,
      );
      return last && Object.entries(expected).every(([field, value]) => last![field] === value);
    },
    `${id} shows ${JSON.stringify(expected)}`,
  ).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}, but ${JSON.stringify(last)}`);
  });
  const read = (await readStripeInvoice(world.stripe, id))!;
  const domain = paymentState({ ...read, amountRefunded: 0 }, new Date(now * 1000).toISOString());
  expect([domain, read.status]).toEqual([last!.Payment_State__c, String(last!.Status__c).toLowerCase()]);
  return last!.Id as string;
}

const at = (moment: number) => new Date(moment * 1000).toISOString().replace('Z', '+0000');

test('a declined card: each retry of Stripe by its schedule, then what its setting says; a due date passes; reminders; a renewal', async () => {
  const { stripe } = world;
  const declined = await payer('Declined', FAILING);
  const late = await payer('Late', FAILING);
  const good = await payer('Good', GOOD);

  // One that is sent, and never paid: due on the 10th day.
  const sent = await world.rep.raiseInvoice({
    account: 'Late',
    dueDate: new Date((START + 10 * DAY) * 1000).toISOString().slice(0, 10),
    lines: [{ product: steps.products[0]!.name, quantity: 1 }],
  });
  expect((await actOn(world, { action: 'send', crmId: sent })).status).toBe(200);
  const sentId = (await steps.stripeInvoice(sent)).id;
  await shows(sentId, { Payment_State__c: 'Unpaid' });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'week' },
    product_data: { name: 'Weekly' },
  });
  const weekly = await stripe.subscriptions.create({ customer: good.id, items: [{ price: price.id }] });

  const left = await autoCharged(declined.id);
  await shows(left, { Payment_State__c: 'Draft', Finalize_On__c: at(START).slice(0, 10) });
  await advanceTo(START + HOUR + 60);
  const first = (await stripe.invoices.retrieve(left)).next_payment_attempt!;
  expect(first).toBe(START + HOUR + 1 + 3 * DAY);
  const leftInOrg = await shows(left, { Payment_State__c: 'Retrying', Next_Retry_At__c: at(first) });
  // A day later another one, so that its last try comes after the merchant has changed the setting.
  await advanceTo(START + DAY);
  const givenUp = await autoCharged(late.id);
  await advanceTo(START + DAY + 2 * HOUR);
  await shows(givenUp, { Payment_State__c: 'Retrying' });

  const reminded: number[] = [];
  const remind = async () => {
    const { engine } = world.worker!;
    await remindDue({ ...engine, settings: { ...engine.settings, reminders: [-3, 2] } });
    await noCommandUnderWay();
    reminded.push((await steps.mailsOf(sentId)).length - 1);
  };
  // The renewal of the subscription: a draft, which Stripe finalizes and charges an hour later.
  await advanceTo(START + 7 * DAY + 60);
  const [renewal] = (await stripe.invoices.list({ subscription: weekly.id, status: 'draft' })).data;
  await shows(renewal!.id, { Payment_State__c: 'Draft' });
  const second = (await stripe.invoices.retrieve(left)).next_payment_attempt!;
  expect(second).toBe(first + 5 * DAY);
  await shows(left, { Payment_State__c: 'Retrying', Next_Retry_At__c: at(second) });
  await remind();
  await remind();
  await advanceTo(START + 8 * DAY);
  await shows(renewal!.id, { Payment_State__c: 'Paid', Status__c: 'Paid' });
  await remind();
  // The due day is over; nothing of Stripe tells that, and a part of the money does not change it.
  await shows(sentId, { Payment_State__c: 'Unpaid' });
  await advanceTo(START + 11 * DAY);
  await shows(sentId, { Payment_State__c: 'Past Due' });
  await actOn(world, { action: 'record-payment', crmId: sent }, { body: part });
  await shows(sentId, { Payment_State__c: 'Past Due' });
  await advanceTo(START + 12 * DAY);
  await remind();
  await remind();
  expect(reminded).toEqual([1, 1, 1, 2, 2]);

  await advanceTo(START + 16 * DAY);
  await shows(left, { Payment_State__c: 'Unpaid', Status__c: 'Open', Next_Retry_At__c: null });
  await world.control('stripe', 'POST', '/billing', { invoicesAfterRetries: 'uncollectible' });
  await advanceTo(START + 17 * DAY);
  await shows(givenUp, { Payment_State__c: 'Uncollectible', Next_Retry_At__c: null });
  expect((await stripe.invoices.retrieve(left)).attempt_count).toBe(4);
  // A button still works on what Stripe has left open.
  expect((await actOn(world, { action: 'mark-uncollectible', crmId: leftInOrg })).status).toBe(200);
  await shows(left, { Payment_State__c: 'Uncollectible' });
});

test('no answer to invoice.created holds a draft back for 72 hours; ours is given at once, and a late one ends the wait', async () => {
  const { stripe } = world;
  const { id: customer } = await stripe.customers.create({ name: 'Waiting', email: 'waiting@example.com' });
  await world.admin.create('Account', {
    Name: 'Waiting',
    Billing_Email__c: 'waiting@example.com',
    Stripe_Customer_Id__c: customer,
  });
  const draft = async () => {
    const { id, created } = await stripe.invoices.create({
      customer,
      auto_advance: true,
      collection_method: 'send_invoice',
      days_until_due: 30,
    });
    await stripe.invoices.addLines(id, { lines: [{ amount: 700, description: 'Work' }] });
    return { id, created };
  };
  const statusAt = async (id: string, moment: number) => {
    await world.control('stripe', 'POST', '/clock', { now: moment });
    return (await stripe.invoices.retrieve(id)).status;
  };
  // Wherever the worker is: who answers is the web process, and it does so before anything is done.
  await world.stopWorker();
  const answered = await draft();
  await allDelivered(world);
  expect(await statusAt(answered.id, answered.created + 2 * HOUR)).toBe('open');

  await world.stopWeb();
  const unanswered = await draft();
  await allDelivered(world);
  await world.startWeb();
  await world.startWorker();
  // Nobody waits for the webhook: Stripe's log of events has brought it.
  const crmId = await shows(unanswered.id, { Status__c: 'Draft' });
  expect(await statusAt(unanswered.id, unanswered.created + 71 * HOUR)).toBe('draft');
  // Its time of finalization is over, and people go on editing it.
  await world.rep.update('Invoice__c', crmId, { Description__c: 'Edited while it waits' });
  expect((await actOn(world, { action: 'sync', crmId })).status).toBe(200);
  expect(await stripe.invoices.retrieve(unanswered.id)).toMatchObject({
    status: 'draft',
    auto_advance: true,
    description: 'Edited while it waits',
  });
  expect(await statusAt(unanswered.id, unanswered.created + 72 * HOUR + 60)).toBe('open');
  await shows(unanswered.id, { Status__c: 'Open', Finalize_On__c: null });

  // Stripe tries again for days; the answer to a later try counts, and the hour begins with it.
  await world.stopWeb();
  const late = await draft();
  await allDelivered(world);
  await world.startWeb();
  await world.control('stripe', 'POST', '/clock', { now: late.created + 9 * HOUR });
  const [created] = (await stripe.events.list({ type: 'invoice.created', limit: 1 })).data;
  await world.control('stripe', 'POST', `/events/${created!.id}/resend`, {});
  await allDelivered(world);
  expect(await statusAt(late.id, late.created + 9 * HOUR + 1800)).toBe('draft');
  expect(await statusAt(late.id, late.created + 11 * HOUR)).toBe('open');
  await shows(late.id, { Status__c: 'Open' });
});

const part = { amount: 1, paidOn: '2026-11-20', method: 'Cash', reference: 'Part' };

const noCommandUnderWay = () =>
  eventually(async () => {
    const { rows } = await world.database.pool.query(
      "SELECT FROM command WHERE status IN ('accepted', 'running')",
    );
    return rows.length === 0;
  }, 'no command is under way');
