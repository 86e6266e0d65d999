import type Stripe from 'stripe';
import { eventsOf, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
let stripe: Stripe;

beforeAll(async () => {
  test = await startTestStripe();
  stripe = test.stripe;
});
afterEach(async () => {
  await test.control('POST', 'clock', { now: null });
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

const pass = (seconds: number) =>
  test.control('POST', 'clock', { now: Math.floor(Date.now() / 1000) + seconds });

async function paidInvoice(
  amount: number,
  payment_method = 'pm_card_visa',
): Promise<{ invoice: Stripe.Invoice; charge: Stripe.Charge }> {
  const draft = await makeDraft(stripe, amount);
  const invoice = await stripe.invoices.pay(draft.id, { payment_method });
  const [charge] = (await stripe.charges.list({ customer: invoice.customer as string })).data;
  return { invoice, charge: charge! };
}

describe('a refund', () => {
  it('of a part leaves the rest to be refunded, and the invoice paid', async () => {
    const { invoice, charge } = await paidInvoice(10_000);
    const told = await eventsOf(stripe, () =>
      stripe.refunds.create({
        charge: charge.id,
        amount: 2_500,
        reason: 'requested_by_customer',
        metadata: { ticket: '7' },
      }),
    );
    expect(told.result).toMatchObject({
      amount: 2_500,
      charge: charge.id,
      payment_intent: charge.payment_intent,
      currency: 'usd',
      status: 'succeeded',
      reason: 'requested_by_customer',
      metadata: { ticket: '7' },
    });
    expect(told.types).toEqual(['refund.created', 'charge.refunded']);
    expect(told.events[1]?.data.previous_attributes).toEqual({ amount_refunded: 0 });
    expect(await stripe.charges.retrieve(charge.id, { expand: ['refunds'] })).toMatchObject({
      amount_refunded: 2_500,
      refunded: false,
      refunds: { data: [{ id: told.result.id }] },
    });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 10_000 });
  });

  it('of a payment intent without an amount gives back all that is left, once', async () => {
    const { charge } = await paidInvoice(5_000);
    const intent = charge.payment_intent as string;
    await stripe.refunds.create({ charge: charge.id, amount: 1_000 });
    const rest = await stripe.refunds.create({ payment_intent: intent });
    expect(rest.amount).toBe(4_000);
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({
      amount_refunded: 5_000,
      refunded: true,
    });
    expect(await rejected(stripe.refunds.create({ payment_intent: intent }))).toMatchObject({
      statusCode: 400,
      code: 'charge_already_refunded',
      message: `Charge ${charge.id} has already been refunded.`,
    });
    const listed = await stripe.refunds.list({ payment_intent: intent });
    expect(listed.data.map(({ amount }) => amount)).toEqual([4_000, 1_000]);
    expect((await stripe.refunds.list({ charge: charge.id, limit: 1 })).has_more).toBe(true);
  });

  it('of more than is left, of nothing or of what is unknown is refused', async () => {
    const { charge } = await paidInvoice(1_000);
    expect(await rejected(stripe.refunds.create({ charge: charge.id, amount: 2_500 }))).toMatchObject({
      param: 'amount',
      message: 'Refund amount ($25.00) is greater than unrefunded amount on charge ($10.00)',
    });
    expect(await rejected(stripe.refunds.create({ charge: 'ch_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'charge',
    });
    expect(await rejected(stripe.refunds.create({}))).toMatchObject({ param: 'charge' });
    const open = await stripe.invoices.finalizeInvoice((await makeDraft(stripe)).id, {
      expand: ['payments.data.payment.payment_intent'],
    });
    const intent = open.payments!.data[0]!.payment.payment_intent as Stripe.PaymentIntent;
    expect(await rejected(stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      message: `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    });
    expect(await rejected(stripe.refunds.retrieve('re_none'))).toMatchObject({ statusCode: 404 });
  });

  it('is made once for one idempotency key, and keeps changed metadata', async () => {
    const { charge } = await paidInvoice(3_000);
    const ask = () =>
      stripe.refunds.create({ charge: charge.id, amount: 500 }, { idempotencyKey: `refund ${charge.id}` });
    const [first, again] = [await ask(), await ask()];
    expect(again.id).toBe(first.id);
    expect((await stripe.charges.retrieve(charge.id)).amount_refunded).toBe(500);
    const told = await eventsOf(stripe, () =>
      stripe.refunds.update(first.id, { metadata: { salesforce_id: 'a01' } }),
    );
    expect(told.types).toEqual(['refund.updated', 'charge.refund.updated']);
    expect(await stripe.refunds.retrieve(first.id, { expand: ['charge', 'payment_intent'] })).toMatchObject({
      metadata: { salesforce_id: 'a01' },
      charge: { id: charge.id },
    });
  });

  it('that the bank takes its time for is pending first', async () => {
    const { charge } = await paidInvoice(1_000, 'pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ charge: charge.id });
    expect(refund.status).toBe('pending');
    const { types } = await eventsOf(stripe, () => pass(200));
    expect(types).toEqual(['refund.updated', 'charge.refund.updated']);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
  });

  it('that the bank sends back fails later, and its amount can be refunded again', async () => {
    const { charge, invoice } = await paidInvoice(1_000, 'pm_card_refundFail');
    const refund = await stripe.refunds.create({ charge: charge.id, amount: 400 });
    expect(refund.status).toBe('succeeded');
    await test.restart();
    stripe = test.stripe;
    const { types, events } = await eventsOf(stripe, () => pass(200));
    expect(types).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
    expect(events[0]?.data.previous_attributes).toMatchObject({ status: 'succeeded' });
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 1_000 });
    expect(await stripe.refunds.create({ charge: charge.id })).toMatchObject({ amount: 1_000 });
  });
});
