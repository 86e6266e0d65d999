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

async function debited(payment_method: string) {
  const { id } = await makeDraft(stripe);
  await stripe.invoices.finalizeInvoice(id);
  const { result, types } = await eventsOf(stripe, () => stripe.invoices.pay(id, { payment_method }));
  return { id, result, types };
}

async function intentOf(invoice: string): Promise<Stripe.PaymentIntent> {
  const expand = ['data.payment.payment_intent.latest_charge'];
  const { data } = await stripe.invoicePayments.list({ invoice, expand });
  return data[0]!.payment.payment_intent as Stripe.PaymentIntent;
}

describe('a bank debit of an invoice', () => {
  it('is processing first, and pays the invoice when the bank has answered', async () => {
    const { id, result, types } = await debited('pm_usBankAccount_success');
    expect(types).toEqual(['charge.pending', 'payment_intent.processing', 'invoice.updated']);
    expect(result).toMatchObject({ status: 'open', attempted: true, attempt_count: 1, amount_paid: 0 });
    expect(await intentOf(id)).toMatchObject({
      status: 'processing',
      latest_charge: {
        status: 'pending',
        paid: false,
        receipt_url: null,
        payment_method_details: { type: 'us_bank_account', us_bank_account: { last4: '6789' } },
      },
    });
    const { types: later } = await eventsOf(stripe, () => pass(200));
    expect(later).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', amount_paid: 12_050 });
  });

  it('leaves the invoice open when the bank refuses, to be paid in another way', async () => {
    const { id } = await debited('pm_usBankAccount_insufficientFunds');
    const { types } = await eventsOf(stripe, () => pass(200));
    expect(types).toEqual(['charge.failed', 'payment_intent.payment_failed', 'invoice.payment_failed']);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'open', amount_paid: 0 });
    expect(await intentOf(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'insufficient_funds' },
      latest_charge: { status: 'failed', failure_code: 'insufficient_funds' },
    });
    expect((await stripe.invoices.pay(id, { payment_method: 'pm_card_visa' })).status).toBe('paid');
  });

  it('stays as it is as long as the bank does, also over a restart: not paid twice, not voided', async () => {
    const { id } = await debited('pm_usBankAccount_processing');
    await test.restart();
    stripe = test.stripe;
    await pass(10 * 86_400);
    expect((await intentOf(id)).status).toBe('processing');
    const again = stripe.invoices.pay(id, { payment_method: 'pm_card_visa' });
    expect(await rejected(again)).toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect(await rejected(stripe.invoices.voidInvoice(id))).toMatchObject({ statusCode: 400 });
  });

  it('is refused where the invoice takes cards only', async () => {
    const { id } = await makeDraft(stripe);
    await stripe.invoices.update(id, { payment_settings: { payment_method_types: ['card'] } });
    await stripe.invoices.finalizeInvoice(id);
    const pay = stripe.invoices.pay(id, { payment_method: 'pm_usBankAccount_success' });
    expect(await rejected(pay)).toMatchObject({ param: 'payment_method' });
  });

  it('comes from an account that is on file', async () => {
    const customer = await stripe.customers.create({ email: 'bank@account.example' });
    const method = await stripe.paymentMethods.create({
      type: 'us_bank_account',
      billing_details: { name: 'Bank Holder' },
      us_bank_account: {
        account_number: '000111111113',
        routing_number: '110000000',
        account_holder_type: 'company',
      },
    });
    await stripe.paymentMethods.attach(method.id, { customer: customer.id });
    const listed = await stripe.paymentMethods.list({ customer: customer.id, type: 'us_bank_account' });
    expect(listed.data).toMatchObject([{ id: method.id, us_bank_account: { last4: '1113' } }]);
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
    const invoice = await stripe.invoices.create({ customer: customer.id, auto_advance: true });
    await stripe.invoices.addLines(invoice.id, { lines: [{ amount: 5_000 }] });
    await pass(3700);
    await pass(4000);
    const failed = await stripe.invoices.retrieve(invoice.id);
    expect(failed).toMatchObject({ status: 'open', attempt_count: 1 });
    expect(failed.next_payment_attempt).toBe(failed.status_transitions.finalized_at! + 3 * 86_400);
  });
});

describe('the addresses of an invoice', () => {
  const DAY = 86_400;
  const get = async (address: string | null | undefined) => {
    const response = await fetch(address!);
    return { status: response.status, text: await response.text() };
  };

  it('expire 30 days after it is due, and are made anew for whoever retrieves it', async () => {
    const { id } = await makeDraft(stripe);
    const sent = await stripe.invoices.sendInvoice(id);
    await pass(59 * DAY);
    expect((await get(sent.hosted_invoice_url)).status).toBe(200);
    await pass(61 * DAY);
    const page = await get(sent.hosted_invoice_url);
    expect(page).toMatchObject({ status: 410, text: expect.stringContaining('This link has expired') });
    expect((await get(sent.invoice_pdf)).status).toBe(410);
    const again = await stripe.invoices.retrieve(id);
    expect(again.hosted_invoice_url).not.toBe(sent.hosted_invoice_url);
    expect((await get(again.hosted_invoice_url)).status).toBe(200);
    expect((await get(again.invoice_pdf)).status).toBe(200);
    expect((await stripe.invoices.retrieve(id)).hosted_invoice_url).toBe(again.hosted_invoice_url);
    await pass(71 * DAY);
    expect((await get(again.hosted_invoice_url)).status).toBe(200);
    // Nobody makes a new address out of an old one.
    const forged = again.hosted_invoice_url!.replace(/-(\d+)-/, (_all, times) => `-${Number(times) + 1}-`);
    expect(forged).not.toBe(again.hosted_invoice_url);
    expect((await get(forged)).status).toBe(404);
  });

  it('hold for 120 days at most, and ten days from when they are read', async () => {
    const { customer } = await makeDraft(stripe);
    const due_date = Math.floor(Date.now() / 1000) + 300 * DAY;
    const draft = await stripe.invoices.create({
      customer: customer as string,
      collection_method: 'send_invoice',
      due_date,
    });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 500 }] });
    const { hosted_invoice_url: first } = await stripe.invoices.finalizeInvoice(draft.id);
    await pass(109 * DAY);
    expect((await stripe.invoices.retrieve(draft.id)).hosted_invoice_url).toBe(first);
    await pass(111 * DAY);
    const { hosted_invoice_url: second } = await stripe.invoices.retrieve(draft.id);
    expect(second).not.toBe(first);
    expect((await get(first)).status).toBe(200);
    await pass(121 * DAY);
    expect((await get(first)).status).toBe(410);
    expect((await get(second)).status).toBe(200);
  });
});
