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

async function openInvoice(amount = 10_000): Promise<Stripe.Invoice> {
  return stripe.invoices.finalizeInvoice((await makeDraft(stripe, amount)).id);
}

async function paidInvoice(amount = 10_000): Promise<Stripe.Invoice> {
  return stripe.invoices.pay((await openInvoice(amount)).id, { payment_method: 'pm_card_visa' });
}

const credit = (unit_amount: number): Stripe.CreditNoteCreateParams.Line => ({
  type: 'custom_line_item',
  description: 'Credit',
  quantity: 1,
  unit_amount,
});

describe('a credit note on an open invoice', () => {
  it('lowers what is due, and the rest can be paid', async () => {
    const invoice = await openInvoice();
    const told = await eventsOf(stripe, () =>
      stripe.creditNotes.create({
        invoice: invoice.id,
        lines: [credit(4_000)],
        reason: 'order_change',
        memo: 'One chair less',
        metadata: { case: '12' },
      }),
    );
    expect(told.result).toMatchObject({
      amount: 4_000,
      total: 4_000,
      number: `${invoice.number}-CN-01`,
      type: 'pre_payment',
      pre_payment_amount: 4_000,
      post_payment_amount: 0,
      reason: 'order_change',
      memo: 'One chair less',
      metadata: { case: '12' },
      status: 'issued',
      refunds: [],
      lines: { data: [{ amount: 4_000, unit_amount: 4_000, type: 'custom_line_item' }] },
    });
    expect(told.types).toEqual(['credit_note.created', 'invoice.updated']);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'open',
      total: 10_000,
      amount_due: 6_000,
      amount_remaining: 6_000,
      pre_payment_credit_notes_amount: 4_000,
      post_payment_credit_notes_amount: 0,
    });
    const paid = await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 6_000, amount_remaining: 0 });
    const [charge] = (await stripe.charges.list({ customer: invoice.customer as string })).data;
    expect(charge!.amount).toBe(6_000);
  });

  it('over all of it makes it paid, without a payment', async () => {
    const invoice = await openInvoice(2_000);
    const told = await eventsOf(stripe, () =>
      stripe.creditNotes.create({ invoice: invoice.id, amount: 2_000 }),
    );
    expect(told.types).toEqual([
      'credit_note.created',
      'payment_intent.canceled',
      'invoice.updated',
      'invoice.paid',
    ]);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      amount_paid: 0,
      amount_remaining: 0,
    });
    expect(await rejected(stripe.creditNotes.voidCreditNote(told.result.id))).toMatchObject({
      statusCode: 400,
    });
  });

  it('can be voided while the invoice is open, once', async () => {
    const invoice = await openInvoice();
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 1_000 });
    const told = await eventsOf(stripe, () => stripe.creditNotes.voidCreditNote(note.id));
    expect(told.types).toEqual(['credit_note.voided', 'invoice.updated']);
    expect(told.result).toMatchObject({ status: 'void', voided_at: expect.any(Number) });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      amount_due: 10_000,
      amount_remaining: 10_000,
      pre_payment_credit_notes_amount: 0,
    });
    expect(await rejected(stripe.creditNotes.voidCreditNote(note.id))).toMatchObject({ statusCode: 400 });
    const paid = await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
    expect(paid.amount_paid).toBe(10_000);
  });

  it('credits lines of the invoice by quantity or amount', async () => {
    const draft = await makeDraft(stripe, 100);
    const product = await stripe.products.create({ name: 'Chair' });
    const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 2_500 });
    await stripe.invoices.addLines(draft.id, { lines: [{ pricing: { price: price.id }, quantity: 4 }] });
    const invoice = await stripe.invoices.finalizeInvoice(draft.id);
    const chairs = invoice.lines.data.find(({ quantity }) => quantity === 4)!;
    const line = { type: 'invoice_line_item', invoice_line_item: chairs.id } as const;
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [{ ...line, quantity: 2 }, { ...line, amount: 300 }, credit(50)],
    });
    expect(note.amount).toBe(5_350);
    const lines = await stripe.creditNotes.listLineItems(note.id);
    expect(
      lines.data.map((one) => [one.amount, one.quantity, one.invoice_line_item, one.description]),
    ).toEqual([
      [5_000, 2, chairs.id, 'Chair'],
      [300, null, chairs.id, 'Chair'],
      [50, 1, undefined, 'Credit'],
    ]);
    const foreign = { type: 'invoice_line_item', invoice_line_item: 'il_none' } as const;
    expect(
      await rejected(stripe.creditNotes.create({ invoice: invoice.id, lines: [foreign] })),
    ).toMatchObject({ code: 'resource_missing', param: 'lines[0][invoice_line_item]' });
  });
});

describe('a credit note on a paid invoice', () => {
  it('gives the money back to the card, the balance and outside of Stripe', async () => {
    const invoice = await paidInvoice();
    const told = await eventsOf(stripe, () =>
      stripe.creditNotes.create({
        invoice: invoice.id,
        amount: 6_000,
        refund_amount: 3_000,
        credit_amount: 2_000,
        out_of_band_amount: 1_000,
      }),
    );
    expect(told.types).toEqual([
      'refund.created',
      'charge.refunded',
      'customer.updated',
      'credit_note.created',
      'invoice.updated',
    ]);
    const note = await stripe.creditNotes.retrieve(told.result.id, {
      expand: ['refunds.refund', 'customer_balance_transaction', 'invoice'],
    });
    expect(note).toMatchObject({
      type: 'post_payment',
      pre_payment_amount: 0,
      post_payment_amount: 6_000,
      out_of_band_amount: 1_000,
      refunds: [{ amount_refunded: 3_000, type: 'refund', refund: { amount: 3_000, status: 'succeeded' } }],
      customer_balance_transaction: { amount: -2_000, ending_balance: -2_000, type: 'credit_note' },
      invoice: {
        status: 'paid',
        amount_paid: 10_000,
        amount_due: 10_000,
        post_payment_credit_notes_amount: 6_000,
      },
    });
    expect(await stripe.customers.retrieve(invoice.customer as string)).toMatchObject({ balance: -2_000 });
    expect(await rejected(stripe.creditNotes.voidCreditNote(note.id))).toMatchObject({ statusCode: 400 });
  });

  it('that does not say where the money goes is refused, and nothing has happened', async () => {
    const invoice = await paidInvoice();
    const told = await eventsOf(stripe, () =>
      rejected(stripe.creditNotes.create({ invoice: invoice.id, amount: 2_000, refund_amount: 1_500 })),
    );
    expect(told.result.message).toBe(
      'The sum of credit amount, refund amount and out of band amount ($15.00) must equal the credit note amount ($20.00).',
    );
    expect(told.types).toEqual([]);
  });

  it('cannot credit more than was invoiced, together with earlier notes and refunds', async () => {
    const invoice = await paidInvoice();
    const [charge] = (await stripe.charges.list({ customer: invoice.customer as string })).data;
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 4_000, refund_amount: 4_000 });
    const refund = await stripe.refunds.create({ charge: charge!.id, amount: 3_000 });
    const over = { invoice: invoice.id, amount: 3_001, out_of_band_amount: 3_001 };
    expect((await rejected(stripe.creditNotes.create(over))).message).toContain('still be credited ($30.00)');
    const linked = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 3_000,
      refunds: [{ refund: refund.id }],
    });
    expect(linked.refunds).toMatchObject([{ refund: refund.id, amount_refunded: 3_000 }]);
    expect((await stripe.refunds.list({ charge: charge!.id })).data).toHaveLength(2);
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 3_000, out_of_band_amount: 3_000 });
    expect((await stripe.invoices.retrieve(invoice.id)).post_payment_credit_notes_amount).toBe(10_000);
  });
});

describe('a preview', () => {
  it('shows the credit note and leaves no trace', async () => {
    const invoice = await paidInvoice(5_000);
    const told = await eventsOf(stripe, () =>
      stripe.creditNotes.preview({ invoice: invoice.id, lines: [credit(700)], refund_amount: 700 }),
    );
    expect(told.result).toMatchObject({ amount: 700, refunds: [{ amount_refunded: 700 }] });
    expect(told.types).toEqual([]);
    const lines = await stripe.creditNotes.listPreviewLineItems({
      invoice: invoice.id,
      lines: [credit(700), credit(1)],
      refund_amount: 701,
    });
    expect(lines.data.map(({ amount }) => amount)).toEqual([700, 1]);
    expect((await stripe.creditNotes.list({ invoice: invoice.id })).data).toEqual([]);
    const [charge] = (await stripe.charges.list({ customer: invoice.customer as string })).data;
    expect(charge!.amount_refunded).toBe(0);
    expect(await rejected(stripe.creditNotes.retrieve(told.result.id))).toMatchObject({ statusCode: 404 });
  });
});

describe('credit notes', () => {
  it('are listed by invoice and customer, and keep a changed memo', async () => {
    const invoice = await openInvoice();
    const first = await stripe.creditNotes.create({ invoice: invoice.id, amount: 100 });
    const second = await stripe.creditNotes.create({ invoice: invoice.id, amount: 200 });
    expect(second.number).toBe(`${invoice.number}-CN-02`);
    const customer = invoice.customer as string;
    for (const filter of [{ invoice: invoice.id }, { customer }])
      expect((await stripe.creditNotes.list(filter)).data.map(({ id }) => id)).toEqual([second.id, first.id]);
    const told = await eventsOf(stripe, () => stripe.creditNotes.update(first.id, { memo: 'Sorry' }));
    expect(told.types).toEqual(['credit_note.updated']);
    expect(told.events[0]?.data.previous_attributes).toEqual({ memo: null });
  });

  it('are refused for drafts, void invoices and unknown ones', async () => {
    const draft = await makeDraft(stripe);
    const voided = await stripe.invoices.voidInvoice((await openInvoice()).id);
    for (const invoice of [draft.id, voided.id, 'in_none'])
      expect(await rejected(stripe.creditNotes.create({ invoice, amount: 100 }))).toMatchObject({
        statusCode: 400,
        param: 'invoice',
      });
    expect(await rejected(stripe.creditNotes.create({ invoice: 'in_none' }))).toMatchObject({
      statusCode: 400,
    });
  });
});
