import type Stripe from 'stripe';
import { eventsOf, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

let test: TestStripe;
let stripe: Stripe;

beforeAll(async () => {
  test = await startTestStripe();
  stripe = test.stripe;
});
afterAll(async () => {
  const found = await violations(test.exchanges);
  await test.stop();
  expect(found).toEqual([]);
});

const make = (changes: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...changes });

describe('a payment intent without an invoice', () => {
  it('is made, changed and confirmed', async () => {
    const { id, status } = await make({ metadata: { order: '7' } });
    expect(status).toBe('requires_payment_method');
    const changed = await stripe.paymentIntents.update(id, {
      amount: 2500,
      description: 'Order 7',
      payment_method: 'pm_card_visa',
      metadata: { more: 'yes' },
    });
    expect(changed).toMatchObject({
      status: 'requires_confirmation',
      amount: 2500,
      metadata: { order: '7', more: 'yes' },
    });
    const { result, types } = await eventsOf(stripe, () => stripe.paymentIntents.confirm(id));
    expect(types).toEqual(['charge.succeeded', 'payment_intent.succeeded']);
    expect(result).toMatchObject({ status: 'succeeded', amount_received: 2500, customer: null });
  });

  it('that is declined says why in the error, and waits for another card', async () => {
    const { types, result: error } = await eventsOf(stripe, () =>
      rejected(make({ confirm: true, payment_method: 'pm_card_chargeDeclinedInsufficientFunds' })),
    );
    expect(types).toEqual(['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
    expect(error).toMatchObject({ statusCode: 402, decline_code: 'insufficient_funds' });
    const { id } = error.payment_intent!;
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { decline_code: 'insufficient_funds' },
    });
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    expect((await rejected(stripe.paymentIntents.confirm(id))).code).toBe('payment_intent_unexpected_state');
  });

  it('asks for authentication, or is declined where nobody can be asked', async () => {
    const card = { confirm: true, payment_method: 'pm_card_authenticationRequired' };
    const { result, types } = await eventsOf(stripe, () => make(card));
    expect(types).toEqual(['payment_intent.created', 'payment_intent.requires_action']);
    expect(result).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    const error = await rejected(make({ ...card, off_session: true }));
    expect(error.code).toBe('authentication_required');
  });

  it('with manual capture reserves the money, takes a part of it, and gives no more than that back', async () => {
    const reserved = await eventsOf(stripe, () =>
      make({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' }),
    );
    expect(reserved.types.slice(1)).toEqual(['charge.succeeded', 'payment_intent.amount_capturable_updated']);
    const { id } = reserved.result;
    expect(reserved.result).toMatchObject({ status: 'requires_capture', amount_capturable: 2000 });
    expect((await rejected(stripe.refunds.create({ payment_intent: id }))).message).toContain(
      'does not have a successful charge',
    );
    const tooMuch = await rejected(stripe.paymentIntents.capture(id, { amount_to_capture: 2001 }));
    expect(tooMuch.code).toBe('amount_too_large');
    const { result, types } = await eventsOf(stripe, () =>
      stripe.paymentIntents.capture(id, { amount_to_capture: 1500 }, { idempotencyKey: 'capture once' }),
    );
    expect(types).toEqual(['charge.captured', 'payment_intent.succeeded']);
    expect(result).toMatchObject({ status: 'succeeded', amount_received: 1500, amount_capturable: 0 });
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.amount).toBe(1500);
    expect(await stripe.charges.retrieve(String(result.latest_charge))).toMatchObject({
      amount: 2000,
      amount_captured: 1500,
      amount_refunded: 1500,
      refunded: true,
    });
  });

  it('is canceled with a reason, and the reserved money is released', async () => {
    const { id } = await make({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' });
    const { result, types } = await eventsOf(stripe, () =>
      stripe.paymentIntents.cancel(id, { cancellation_reason: 'requested_by_customer' }),
    );
    expect(types).toEqual(['charge.refunded', 'payment_intent.canceled']);
    expect(result).toMatchObject({ status: 'canceled', cancellation_reason: 'requested_by_customer' });
    for (const work of ['cancel', 'capture', 'confirm'] as const)
      expect((await rejected(stripe.paymentIntents[work](id))).code).toBe('payment_intent_unexpected_state');
  });

  it.each([
    [{ amount: 49 }, 'amount_too_small'],
    [{ amount: 100_000_000 }, 'amount_too_large'],
    [{ amount: 1234, currency: 'kwd' }, undefined],
    [{ customer: 'cus_nowhere' }, 'resource_missing'],
    [{ payment_method: 'pm_nowhere' }, 'resource_missing'],
    [{ confirm: true }, 'payment_intent_unexpected_state'],
    [{ transfer_group: 'x' }, 'sandbox_unsupported'],
  ])('is refused with %j', async (changes, code) => {
    const error = await rejected(make(changes));
    expect([error.statusCode, error.code]).toEqual([400, code]);
  });
});

describe('the payment intent of an invoice', () => {
  it('pays the invoice when it is confirmed, and is neither changed in amount nor canceled by itself', async () => {
    const { id } = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(id);
    const { data } = await stripe.invoicePayments.list({ invoice: id });
    const intent = String(data[0]!.payment.payment_intent);
    for (const attempt of [
      stripe.paymentIntents.cancel(intent),
      stripe.paymentIntents.update(intent, { amount: 100 }),
    ])
      expect((await rejected(attempt)).message).toContain('created by an invoice');
    const paid = await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    expect(paid.status).toBe('succeeded');
    expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
  });

  it('leaves the invoice open when the cardholder has to be asked, to be paid with another card', async () => {
    const { id, customer } = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(id);
    const { id: asks } = await stripe.paymentMethods.attach('pm_card_threeDSecure2Required', {
      customer: String(customer),
    });
    const { result: error, types } = await eventsOf(stripe, () =>
      rejected(stripe.invoices.pay(id, { payment_method: asks })),
    );
    expect([error.statusCode, error.code]).toEqual([402, 'invoice_payment_intent_requires_action']);
    expect(types).toEqual([
      'payment_intent.requires_action',
      'invoice.updated',
      'invoice.payment_action_required',
    ]);
    const open = await stripe.invoices.retrieve(id, { expand: ['payments.data.payment.payment_intent'] });
    expect(open).toMatchObject({
      status: 'open',
      attempted: true,
      payments: { data: [{ payment: { payment_intent: { status: 'requires_action' } } }] },
    });
    expect((await stripe.invoices.pay(id, { payment_method: 'pm_card_visa' })).status).toBe('paid');
  });
});
