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

const moment = Math.floor(Date.now() / 1000) - 3_600;

function report(
  value: number,
  more: Partial<Stripe.PaymentRecordReportPaymentParams> = {},
): Promise<Stripe.PaymentRecord> {
  return stripe.paymentRecords.reportPayment({
    amount_requested: { currency: 'usd', value },
    initiated_at: moment,
    outcome: 'guaranteed',
    guaranteed: { guaranteed_at: moment },
    payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
    processor_details: { type: 'custom', custom: { payment_reference: 'REF-77' } },
    metadata: { salesforce_id: 'a02' },
    ...more,
  });
}

async function openInvoice(amount = 10_000): Promise<Stripe.Invoice> {
  return stripe.invoices.finalizeInvoice((await makeDraft(stripe, amount)).id);
}

const attach = (invoice: Stripe.Invoice, record: Stripe.PaymentRecord) =>
  stripe.invoices.attachPayment(invoice.id, { payment_record: record.id });

describe('a payment from outside', () => {
  it('is reported with its reference', async () => {
    const record = await report(2_500);
    expect(await stripe.paymentRecords.retrieve(record.id)).toEqual(record);
    expect(record).toMatchObject({
      amount: { currency: 'usd', value: 2_500 },
      amount_guaranteed: { value: 2_500 },
      amount_failed: { value: 0 },
      payment_method_details: { type: 'custom', custom: { display_name: 'Bank transfer' } },
      processor_details: { custom: { payment_reference: 'REF-77' } },
      reported_by: 'self',
      metadata: { salesforce_id: 'a02' },
    });
    expect((await stripe.paymentRecords.list({ limit: 1 })).data.map(({ id }) => id)).toEqual([record.id]);
  });

  it('keeps the invoice open until several of them cover it', async () => {
    const invoice = await openInvoice();
    const first = await eventsOf(stripe, async () => attach(invoice, await report(4_000)));
    expect(first.types).toEqual(['invoice_payment.paid', 'invoice.updated']);
    expect(first.result).toMatchObject({
      status: 'open',
      amount_due: 10_000,
      amount_paid: 4_000,
      amount_paid_off_stripe: 4_000,
      amount_remaining: 6_000,
    });
    const last = await eventsOf(stripe, async () => attach(invoice, await report(6_000)));
    expect(last.types).toEqual([
      'invoice_payment.paid',
      'payment_intent.canceled',
      'invoice.updated',
      'invoice.paid',
    ]);
    expect(last.result).toMatchObject({ status: 'paid', amount_paid: 10_000, amount_remaining: 0 });
    const { data } = await stripe.invoicePayments.list({
      invoice: invoice.id,
      expand: ['data.payment.payment_record'],
    });
    expect(data.map((one) => [one.payment.type, one.status, one.amount_paid, one.is_default])).toEqual([
      ['payment_record', 'paid', 6_000, false],
      ['payment_record', 'paid', 4_000, false],
      ['payment_intent', 'canceled', null, true],
    ]);
    expect(data[0]?.payment.payment_record).toMatchObject({
      processor_details: { custom: { payment_reference: 'REF-77' } },
    });
  });

  it('can be followed by a card for the rest, and found by its record', async () => {
    const invoice = await openInvoice();
    const record = await report(2_500);
    await attach(invoice, record);
    const paid = await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 10_000, amount_paid_off_stripe: 2_500 });
    const [charge] = (await stripe.charges.list({ customer: invoice.customer as string })).data;
    expect(charge!.amount).toBe(7_500);
    const found = await stripe.invoicePayments.list({
      payment: { type: 'payment_record', payment_record: record.id },
    });
    expect(found.data.map((one) => one.invoice)).toEqual([invoice.id]);
    expect(
      await rejected(stripe.creditNotes.create({ invoice: invoice.id, amount: 8_000, refund_amount: 8_000 })),
    ).toMatchObject({ param: 'refund_amount' });
  });

  it('that is too much is credited to the customer', async () => {
    const invoice = await openInvoice();
    const told = await eventsOf(stripe, async () => attach(invoice, await report(10_600)));
    expect(told.types).toEqual([
      'invoice_payment.paid',
      'payment_intent.canceled',
      'invoice.updated',
      'invoice.paid',
      'customer.updated',
      'invoice.overpaid',
    ]);
    expect(told.result).toMatchObject({ status: 'paid', amount_paid: 10_000, amount_overpaid: 600 });
    const { data } = await stripe.customers.listBalanceTransactions(invoice.customer as string);
    expect(data).toMatchObject([{ type: 'invoice_overpaid', amount: -600, ending_balance: -600 }]);
  });

  it('is refused twice, in another currency, unless it succeeded, and on what is not open', async () => {
    const invoice = await openInvoice();
    const record = await report(1_000);
    await attach(invoice, record);
    const euros = await report(1_000, { amount_requested: { currency: 'eur', value: 1_000 } });
    const failed = await report(1_000, { outcome: 'failed', failed: { failed_at: moment } });
    for (const wrong of [record, euros, failed])
      expect(await rejected(attach(invoice, wrong))).toMatchObject({
        statusCode: 400,
        param: 'payment_record',
      });
    expect(await rejected(attach(await makeDraft(stripe), await report(1)))).toMatchObject({
      message: expect.stringContaining('draft'),
    });
    expect((await stripe.invoices.retrieve(invoice.id)).amount_paid).toBe(1_000);
    expect(await rejected(report(1_000, { guaranteed: undefined }))).toMatchObject({ param: 'guaranteed' });
  });

  it('keeps the invoice from being voided or revised', async () => {
    const invoice = await openInvoice();
    await attach(invoice, await report(1_000));
    expect(await rejected(stripe.invoices.voidInvoice(invoice.id))).toMatchObject({
      message: 'Invoices with `paid` payments cannot be voided.',
    });
    const revision = { from_invoice: { action: 'revision' as const, invoice: invoice.id } };
    expect(await rejected(stripe.invoices.create(revision))).toMatchObject({ statusCode: 400 });
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 9_000 });
    expect(note.type).toBe('pre_payment');
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid');
  });
});

describe('a payment intent of its own', () => {
  const paid = (amount: number, customer?: string) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...(customer && { customer }),
    });
  const attachIntent = (invoice: Stripe.Invoice, { id }: Stripe.PaymentIntent) =>
    stripe.invoices.attachPayment(invoice.id, { payment_intent: id });

  it('counts at once when it has succeeded, and pays the invoice', async () => {
    const invoice = await openInvoice(1_000);
    const customer = String(invoice.customer);
    const part = await attachIntent(invoice, await paid(400, customer));
    expect(part).toMatchObject({ status: 'open', amount_paid: 400, amount_remaining: 600 });
    const rest = await paid(600, customer);
    const { result, types } = await eventsOf(stripe, () => attachIntent(invoice, rest));
    expect(result).toMatchObject({ status: 'paid', amount_remaining: 0, amount_overpaid: 0 });
    expect(types).toEqual(
      expect.arrayContaining(['invoice_payment.paid', 'invoice.paid', 'invoice.payment_succeeded']),
    );
    const { data } = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: rest.id },
    });
    expect(data).toMatchObject([{ invoice: invoice.id, status: 'paid', amount_paid: 600 }]);
  });

  it("is refused of another customer, over more than remains, and twice; a guest's is taken once its charge has the customer", async () => {
    const invoice = await openInvoice(1_000);
    const customer = String(invoice.customer);
    const guests = await paid(500);
    expect((await rejected(attachIntent(invoice, guests))).message).toContain('same customer');
    expect((await rejected(attachIntent(invoice, await paid(1_001, customer)))).message).toContain(
      'more than',
    );
    const { types } = await eventsOf(stripe, () =>
      stripe.charges.update(String(guests.latest_charge), { customer }),
    );
    expect(types).toEqual(['charge.updated']);
    expect(await attachIntent(invoice, guests)).toMatchObject({ amount_paid: 500 });
    expect((await rejected(attachIntent(invoice, guests))).message).toContain('already attached');
    const other = await stripe.customers.create({ email: 'other@buyer.example' });
    const again = await rejected(stripe.charges.update(String(guests.latest_charge), { customer: other.id }));
    expect(again.message).toContain('has one already');
  });
});
