import type Stripe from 'stripe';
import type { Card } from '../../sandbox/stripe/pages/port.ts';
import { makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
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

async function openInvoice(amount?: number): Promise<Stripe.Invoice> {
  const draft = await makeDraft(stripe, amount);
  return stripe.invoices.sendInvoice(draft.id);
}

const good: Card = {
  number: '4242 4242 4242 4242',
  expMonth: 12,
  expYear: new Date().getUTCFullYear() + 2,
  cvc: '123',
  name: 'Kim',
};

describe('a person on the hosted page', () => {
  it('pays with 4242', async () => {
    const invoice = await openInvoice();
    const token = invoice.hosted_invoice_url!.split('/').at(-1)!;
    expect(test.server.pages.invoiceByToken(token)?.id).toBe(invoice.id);
    expect(test.server.pages.invoiceByToken(`${token}x`)).toBeUndefined();
    expect(await test.server.pages.payInvoice(invoice.id, good)).toEqual({ kind: 'paid' });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 12_050 });
    const [charge] = (await stripe.charges.list({ customer: invoice.customer as string })).data;
    expect(charge).toMatchObject({
      paid: true,
      billing_details: { name: 'Kim' },
      payment_method_details: { card: { brand: 'visa', last4: '4242' } },
    });
    expect((await stripe.events.list({ limit: 1 })).data[0]?.request).toEqual({
      id: null,
      idempotency_key: null,
    });
    expect(await test.server.pages.payInvoice(invoice.id, good)).toEqual({
      kind: 'refused',
      message: 'Invoice is already paid',
    });
  });

  it.each([
    ['4000 0000 0000 0002', 'card_declined', 'generic_decline', 'Your card was declined.'],
    ['4000 0000 0000 9995', 'card_declined', 'insufficient_funds', 'Your card has insufficient funds.'],
    ['4000 0000 0000 0069', 'expired_card', 'expired_card', 'Your card has expired.'],
    ['4111 1111 1111 1111', 'card_declined', 'test_mode_live_card', expect.stringContaining('test mode')],
  ])('is declined with %s: %s, %s', async (number, code, declineCode, message) => {
    const invoice = await openInvoice();
    const outcome = await test.server.pages.payInvoice(invoice.id, { ...good, number });
    expect(outcome).toEqual({ kind: 'declined', code, declineCode, message });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'open',
      attempted: true,
      attempt_count: 1,
      amount_remaining: 12_050,
    });
    const [intent] = (
      await stripe.paymentIntents.list({
        customer: invoice.customer as string,
        expand: ['data.latest_charge'],
      })
    ).data;
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { type: 'card_error', code, decline_code: declineCode, message },
      latest_charge: { status: 'failed', paid: false, failure_code: code },
    });
    const events = (await stripe.events.list({ limit: 4 })).data.reverse();
    expect(events.map(({ type }) => type)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.updated',
      'invoice.payment_failed',
    ]);
    expect(events[2]?.data.previous_attributes).toEqual({ attempt_count: 0, attempted: false });
    expect(await test.server.pages.payInvoice(invoice.id, good)).toEqual({ kind: 'paid' });
    expect((await stripe.invoices.retrieve(invoice.id)).attempt_count).toBe(1);
  });

  it.each<[Partial<Card>, string, string]>([
    [{ number: '4242 4242 4242 4241' }, 'incorrect_number', 'Your card number is incorrect.'],
    [{ number: '42' }, 'incorrect_number', 'Your card number is incorrect.'],
    [{ expMonth: 13 }, 'invalid_expiry_month', "Your card's expiration month is invalid."],
    [{ expYear: 2019 }, 'invalid_expiry_year', "Your card's expiration year is invalid."],
    [{ cvc: '12' }, 'invalid_cvc', "Your card's security code is invalid."],
  ])('is told that %j is wrong, and nothing is attempted', async (wrong, code, message) => {
    const invoice = await openInvoice();
    const outcome = await test.server.pages.payInvoice(invoice.id, { ...good, ...wrong });
    expect(outcome).toEqual({ kind: 'declined', code, declineCode: null, message });
    expect((await stripe.invoices.retrieve(invoice.id)).attempted).toBe(false);
    expect((await stripe.charges.list({ customer: invoice.customer as string })).data).toEqual([]);
  });

  it('cannot pay what is void or a draft', async () => {
    const voided = await openInvoice();
    await stripe.invoices.voidInvoice(voided.id);
    expect(await test.server.pages.payInvoice(voided.id, good)).toMatchObject({ kind: 'refused' });
    expect((await stripe.paymentIntents.list({ customer: voided.customer as string })).data).toMatchObject([
      { status: 'canceled', cancellation_reason: 'void_invoice' },
    ]);
    const draft = await makeDraft(stripe);
    expect(await test.server.pages.payInvoice(draft.id, good)).toMatchObject({ kind: 'refused' });
  });

  it('leaves no card number in the data of the sandbox', async () => {
    const invoice = await openInvoice();
    await test.server.pages.payInvoice(invoice.id, { ...good, number: '4111111111111111', cvc: '987' });
    const { readFileSync, existsSync } = await import('node:fs');
    const files = [test.dataFile, `${test.dataFile}-wal`].filter((file) => existsSync(file));
    for (const file of files) expect(readFileSync(file).includes('4111111111111111')).toBe(false);
  });
});

describe('a card in the API', () => {
  it('is declined with the shape of Stripe’s card errors', async () => {
    const invoice = await openInvoice();
    const error = await rejected(
      stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }),
    );
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      message: 'Your card has insufficient funds.',
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
    });
    expect(await stripe.charges.retrieve(error.charge!)).toMatchObject({ status: 'failed' });
  });

  it('is kept at the customer and used for their invoices', async () => {
    const invoice = await openInvoice();
    const customer = invoice.customer as string;
    const nothing = await rejected(stripe.invoices.pay(invoice.id));
    expect(nothing).toMatchObject({
      code: 'resource_missing',
      message: expect.stringMatching(/^This customer has no attached payment source/),
    });
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    expect((await stripe.paymentMethods.list({ customer })).data.map(({ id }) => id)).toEqual([method.id]);
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    expect((await stripe.invoices.pay(invoice.id)).status).toBe('paid');
    expect((await stripe.paymentMethods.detach(method.id)).customer).toBeNull();
  });

  it('that always declines cannot be attached, and an unknown one is missing', async () => {
    const { id: customer } = await stripe.customers.create({});
    expect(
      await rejected(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer })),
    ).toMatchObject({ statusCode: 402 });
    expect(await rejected(stripe.paymentMethods.attach('pm_none', { customer }))).toMatchObject({
      statusCode: 404,
      param: 'payment_method',
      message: expect.stringMatching(/^No such PaymentMethod: 'pm_none'; It's possible/),
    });
    const late = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const draft = await stripe.invoices.create({ customer, default_payment_method: late.id });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] });
    expect(await rejected(stripe.invoices.pay(draft.id))).toMatchObject({ code: 'card_declined' });
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({ status: 'open', attempted: true });
  });

  it('can be made from a number', async () => {
    const card = { number: '378282246310005', exp_month: 1, exp_year: 2040, cvc: '1234' };
    expect(await stripe.paymentMethods.create({ type: 'card', card })).toMatchObject({
      card: { brand: 'amex', last4: '0005' },
    });
    expect(
      await rejected(stripe.paymentMethods.create({ type: 'card', card: { ...card, cvc: '123' } })),
    ).toMatchObject({ code: 'invalid_cvc', param: 'cvc' });
  });
});
