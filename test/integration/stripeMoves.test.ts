import type Stripe from 'stripe';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let stripe: Stripe;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  stripe = world.stripe;
  steps = await jobSteps(world);
});
afterAll(() => world?.stop());

type State = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

/** Stripe's own moves, as somebody makes them in the Dashboard. */
const MOVES: Record<string, (id: string) => Promise<unknown>> = {
  finalize: (id) => stripe.invoices.finalizeInvoice(id),
  send: (id) => stripe.invoices.sendInvoice(id),
  pay: (id) => stripe.invoices.pay(id, { payment_method: 'pm_card_visa' }),
  'pay out of band': (id) => stripe.invoices.pay(id, { paid_out_of_band: true }),
  'mark uncollectible': (id) => stripe.invoices.markUncollectible(id),
  void: (id) => stripe.invoices.voidInvoice(id),
  'credit a part': (id) => stripe.creditNotes.create({ invoice: id, amount: 100 }),
  'credit all': async (id) => {
    const { total } = await stripe.invoices.retrieve(id);
    await stripe.creditNotes.create({ invoice: id, amount: total });
  },
  'credit to the balance': (id) =>
    stripe.creditNotes.create({ invoice: id, amount: 100, credit_amount: 100 }),
  'refund a part': async (id) => stripe.refunds.create({ payment_intent: await intentOf(id), amount: 100 }),
  'refund all': async (id) => stripe.refunds.create({ payment_intent: await intentOf(id) }),
  delete: (id) => stripe.invoices.del(id),
  revise: (id) => stripe.invoices.create({ from_invoice: { action: 'revision', invoice: id } }),
};

/** Where each move takes the record of the org: its Status and its Payment State. */
test.each<[move: string, from: State, status: string, paymentState: string]>([
  ['finalize', 'draft', 'Open', 'Unpaid'],
  ['send', 'draft', 'Open', 'Unpaid'],
  ['send', 'open', 'Open', 'Unpaid'],
  ['send', 'paid', 'Paid', 'Paid'],
  ['pay', 'draft', 'Paid', 'Paid'],
  ['pay', 'open', 'Paid', 'Paid'],
  ['pay', 'uncollectible', 'Paid', 'Paid'],
  ['pay out of band', 'open', 'Paid', 'Paid'],
  ['pay out of band', 'uncollectible', 'Paid', 'Paid'],
  ['mark uncollectible', 'open', 'Uncollectible', 'Uncollectible'],
  ['void', 'open', 'Void', 'Void'],
  ['void', 'uncollectible', 'Void', 'Void'],
  ['credit a part', 'open', 'Open', 'Unpaid'],
  ['credit all', 'open', 'Paid', 'Paid'],
  ['credit to the balance', 'paid', 'Paid', 'Paid'],
  ['refund a part', 'paid', 'Paid', 'Partially Refunded'],
  ['refund all', 'paid', 'Paid', 'Refunded'],
])(
  'Stripe: %s of an invoice that is %s makes the record %s, %s',
  async (move, from, status, paymentState) => {
    const { crmId, id } = await invoiceIn(from);
    await MOVES[move]!(id);
    const now = await stripe.invoices.retrieve(id);
    expect(now.status).toBe(status.toLowerCase());
    await eventually(async () => {
      const record = await world.rep.invoice(crmId);
      return (
        record.Status__c === status &&
        record.Payment_State__c === paymentState &&
        record.Amount_Paid__c === now.amount_paid / 100 &&
        (from === 'draft' || record.Amount_Remaining__c === now.amount_remaining / 100)
      );
    }, `the record says ${status}, ${paymentState}, and the same amounts`);
  },
);

test('Stripe: a draft that is deleted takes its record along', async () => {
  const { crmId, id } = await invoiceIn('draft');
  await MOVES.delete!(id);
  await eventually(
    async () => (await world.rep.query(`SELECT Id FROM Invoice__c WHERE Id = '${crmId}'`)).length === 0,
    'the record is gone',
  );
});

test('Stripe: a revision is a record of its own, and takes the place of the old one when it is final', async () => {
  const { crmId, id } = await invoiceIn('open');
  const revision = (await MOVES.revise!(id)) as Stripe.Invoice;
  const made = await eventually(async () => {
    const [found] = await world.rep.query<{ Id: string; Revision_Of__c: string | null }>(
      `SELECT Id, Revision_Of__c FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${revision.id}'`,
    );
    return found?.Revision_Of__c === crmId ? found : undefined;
  }, 'the revision is in the org');
  expect(await world.rep.invoice(crmId)).toMatchObject({ Status__c: 'Open', Latest_Revision__c: null });
  await stripe.invoices.finalizeInvoice(revision.id);
  await steps.becomes(crmId, 'Void');
  await eventually(
    async () => (await world.rep.invoice(crmId)).Latest_Revision__c === made.Id,
    'the old one names the new one',
  );
  expect(await world.rep.invoice(made.Id)).toMatchObject({ Status__c: 'Open', Payment_State__c: 'Unpaid' });
});

/** What Stripe does not do, in its own words: by state, each of its moves. */
const REFUSED: Record<State, Record<string, RegExp>> = {
  draft: {
    void: /only pass in open invoices/,
    'mark uncollectible': /only pass in open invoices/,
    revise: /Only open or uncollectible invoices can be revised/,
    'credit a part': /Credit notes can only be issued for open, paid or uncollectible/,
  },
  open: { finalize: /already finalized/, delete: /only delete draft invoices/ },
  paid: {
    finalize: /already finalized/,
    pay: /already paid/,
    'pay out of band': /already paid/,
    void: /cannot be voided/,
    'mark uncollectible': /only pass in open invoices/,
    delete: /only delete draft invoices/,
    revise: /Only open or uncollectible invoices can be revised/,
  },
  uncollectible: {
    finalize: /already finalized/,
    send: /cannot be sent right now/,
    'mark uncollectible': /already been marked uncollectible/,
    delete: /only delete draft invoices/,
  },
  void: {
    finalize: /already finalized/,
    send: /cannot be sent right now/,
    pay: /has been voided/,
    'pay out of band': /has been voided/,
    void: /only pass in open invoices/,
    'mark uncollectible': /only pass in open invoices/,
    delete: /only delete draft invoices/,
    'credit a part': /Credit notes can only be issued for open, paid or uncollectible/,
    revise: /Only open or uncollectible invoices can be revised/,
  },
};

test.each(Object.entries(REFUSED) as [State, Record<string, RegExp>][])(
  'Stripe refuses in its own words what it does not do with an invoice that is %s, and the record stays',
  async (state, refused) => {
    const { crmId, id } = await invoiceIn(state);
    await steps.quiet();
    const before = await world.rep.invoice(crmId);
    for (const [move, words] of Object.entries(refused))
      await expect(MOVES[move]!(id)).rejects.toMatchObject({
        type: 'StripeInvalidRequestError',
        statusCode: 400,
        message: expect.stringMatching(words) as string,
      });
    await world.rep.sync(crmId);
    expect(await world.rep.invoice(crmId)).toEqual({
      ...before,
      Last_Synced_At__c: expect.any(String) as string,
    });
  },
);

/** An invoice of the org in a state, which the record says as well. */
async function invoiceIn(state: State): Promise<{ crmId: string; id: string }> {
  const crmId = await steps.raiseAndSync();
  const { id, customer } = await steps.stripeInvoice(crmId);
  // What an earlier case credited would pay this one.
  await stripe.customers.update(String(customer), { balance: 0 });
  if (state !== 'draft') await MOVES.finalize!(id);
  if (state === 'paid') await MOVES.pay!(id);
  if (state === 'uncollectible') await MOVES['mark uncollectible']!(id);
  if (state === 'void') await MOVES.void!(id);
  await steps.becomes(crmId, state.charAt(0).toUpperCase() + state.slice(1));
  return { crmId, id };
}

async function intentOf(invoice: string): Promise<string> {
  const { data } = await stripe.invoicePayments.list({ invoice, status: 'paid' });
  return String(data[0]!.payment.payment_intent);
}
