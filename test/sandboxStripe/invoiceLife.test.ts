import Stripe from 'stripe';
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

async function typesSince(start: number): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 });
  return events.data
    .slice(0, events.data.length - start)
    .map((event) => event.type)
    .reverse();
}

async function eventCount(): Promise<number> {
  return (await stripe.events.list({ limit: 100 })).data.length;
}

describe('an invoice from draft to paid', () => {
  it('goes through raise, edit, send and pay with every amount equal to the cent', async () => {
    const customer = await stripe.customers.create({ name: 'Northwind', email: 'pay@northwind.example' });
    const product = await stripe.products.create({ name: 'Consulting' });
    const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 1999 });
    const draft = await stripe.invoices.create({
      customer: customer.id,
      collection_method: 'send_invoice',
      due_date: 4_000_000_000,
      description: 'March',
    });
    expect(draft).toMatchObject({
      status: 'draft',
      number: null,
      auto_advance: false,
      amount_due: 0,
      due_date: 4_000_000_000,
      hosted_invoice_url: null,
      customer_email: 'pay@northwind.example',
      currency: 'usd',
    });

    const withLines = await stripe.invoices.addLines(draft.id, {
      lines: [
        { pricing: { price: price.id }, quantity: 3, metadata: { salesforce_id: 'line1' } },
        { description: 'Travel', amount: 4_503 },
      ],
    });
    expect(withLines).toMatchObject({
      total: 10_500,
      subtotal: 10_500,
      amount_due: 10_500,
      amount_remaining: 10_500,
    });
    const [consulting, travel] = withLines.lines.data;
    expect(consulting).toMatchObject({
      description: 'Consulting',
      amount: 5_997,
      quantity: 3,
      metadata: { salesforce_id: 'line1' },
    });
    expect(String(consulting?.quantity_decimal)).toBe('3');
    expect(String(consulting?.pricing?.unit_amount_decimal)).toBe('1999');
    expect(travel).toMatchObject({ description: 'Travel', amount: 4_503, quantity: 1 });

    const edited = await stripe.invoices.updateLines(draft.id, {
      lines: [{ id: consulting!.id, quantity: 2 }],
    });
    expect(edited.total).toBe(8_501);

    const sent = await stripe.invoices.sendInvoice(draft.id);
    expect(sent).toMatchObject({ status: 'open', total: 8_501, amount_remaining: 8_501, attempted: false });
    expect(sent.number).toBe(`${customer.invoice_prefix}-0001`);
    expect(sent.hosted_invoice_url).toContain(`/i/${test.server.accountId}/`);

    const paid = await stripe.invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 8_501,
      amount_remaining: 0,
      attempted: true,
      attempt_count: 1,
    });
    const full = await stripe.invoices.retrieve(draft.id, {
      expand: ['payments.data.payment.payment_intent.latest_charge', 'customer'],
    });
    const intent = full.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 8_501 });
    expect(intent.latest_charge).toMatchObject({ paid: true, amount: 8_501, customer: customer.id });
    expect(full.customer).toMatchObject({ object: 'customer', name: 'Northwind' });
  });

  it('numbers each customer’s invoices one after the other', async () => {
    const first = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(first.id);
    const customer = await stripe.customers.retrieve(first.customer as string);
    const second = await stripe.invoices.create({ customer: customer.id });
    await stripe.invoices.addLines(second.id, { lines: [{ amount: 100 }] });
    const { number } = await stripe.invoices.finalizeInvoice(second.id);
    expect(number).toMatch(/^[A-Z0-9]{8}-0002$/);
  });

  it('tells every step in events whose previous attributes hold what was', async () => {
    const draft = await makeDraft(stripe, 500);
    const start = await eventCount();
    await stripe.invoices.sendInvoice(draft.id);
    await stripe.invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
    expect(await typesSince(start)).toEqual([
      'invoice.finalized',
      'payment_intent.created',
      'invoice.updated',
      'invoice.sent',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
    const [update] = (await stripe.events.list({ type: 'invoice.updated', limit: 1 })).data;
    expect(update).toMatchObject({
      api_version: '2026-10-28.endive',
      data: {
        object: { status: 'paid' },
        previous_attributes: {
          status: 'open',
          amount_paid: 0,
          amount_remaining: 500,
          status_transitions: { paid_at: null },
        },
      },
    });
    expect(update?.request?.id).toMatch(/^req_/);
  });

  it('marks an invoice paid outside Stripe without a charge', async () => {
    const draft = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(draft.id);
    const start = await eventCount();
    const paid = await stripe.invoices.pay(draft.id, { paid_out_of_band: true });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 12_050,
      amount_remaining: 0,
      attempted: false,
    });
    expect(await typesSince(start)).toEqual(['payment_intent.canceled', 'invoice.updated', 'invoice.paid']);
    const payments = await stripe.invoicePayments.list({ invoice: draft.id });
    expect(payments.data).toMatchObject([{ status: 'canceled', amount_paid: null }]);
  });

  it('finalizes a draft that is paid at once', async () => {
    const draft = await makeDraft(stripe);
    const paid = await stripe.invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'paid', number: expect.stringMatching(/-0001$/) });
  });
});

describe('money at finalization', () => {
  it('pays an invoice of zero at once', async () => {
    const draft = await makeDraft(stripe, 0);
    const start = await eventCount();
    const sent = await stripe.invoices.sendInvoice(draft.id);
    expect(sent).toMatchObject({ status: 'paid', amount_due: 0, attempted: true, attempt_count: 0 });
    expect(await typesSince(start)).toEqual([
      'invoice.finalized',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice.sent',
    ]);
  });

  it('puts what is below the minimum charge on the customer’s balance', async () => {
    const draft = await makeDraft(stripe, 49);
    const finalized = await stripe.invoices.finalizeInvoice(draft.id);
    expect(finalized).toMatchObject({
      status: 'paid',
      total: 49,
      amount_due: 0,
      starting_balance: 0,
      ending_balance: 49,
    });
    expect(await stripe.customers.retrieve(draft.customer as string)).toMatchObject({ balance: 49 });
    const next = await stripe.invoices.create({ customer: draft.customer as string });
    await stripe.invoices.addLines(next.id, { lines: [{ amount: 1_000 }] });
    expect(await stripe.invoices.finalizeInvoice(next.id)).toMatchObject({
      total: 1_000,
      amount_due: 1_049,
      ending_balance: 0,
    });
  });

  it('uses a credit balance, and gives it back when the invoice is voided', async () => {
    const draft = await makeDraft(stripe, 1_000);
    const customer = draft.customer as string;
    await stripe.customers.update(customer, { balance: -300 });
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      starting_balance: -300,
      amount_due: 700,
      ending_balance: null,
    });
    expect(await stripe.invoices.finalizeInvoice(draft.id)).toMatchObject({
      total: 1_000,
      amount_due: 700,
      ending_balance: 0,
    });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 0 });
    await stripe.invoices.voidInvoice(draft.id);
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 });
  });

  it('multiplies decimals exactly and rounds halves away from zero', async () => {
    const draft = await makeDraft(stripe, 0);
    const product = await stripe.products.create({ name: 'Kilowatt hour' });
    const lines = [
      { quantity_decimal: '3', unit_amount_decimal: '0.5', amount: 2 },
      { quantity_decimal: '0.1', unit_amount_decimal: '3', amount: 0 },
      { quantity_decimal: '1.005', unit_amount_decimal: '100', amount: 101 },
      { quantity_decimal: '2.5', unit_amount_decimal: '1999.99', amount: 5_000 },
    ];
    for (const { quantity_decimal, unit_amount_decimal, amount } of lines) {
      const item = await stripe.invoiceItems.create({
        customer: draft.customer as string,
        invoice: draft.id,
        quantity_decimal: Stripe.Decimal.from(quantity_decimal),
        price_data: {
          currency: 'usd',
          product: product.id,
          unit_amount_decimal: Stripe.Decimal.from(unit_amount_decimal),
        },
      });
      expect({ quantity_decimal, amount: item.amount }).toEqual({ quantity_decimal, amount });
    }
    expect((await stripe.invoices.retrieve(draft.id)).total).toBe(5_103);
  });

  it('refuses what no card can be charged', async () => {
    const draft = await makeDraft(stripe, 100_000_000);
    expect(await rejected(stripe.invoices.finalizeInvoice(draft.id))).toMatchObject({
      code: 'amount_too_large',
    });
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
  });
});

describe('a revision', () => {
  it('replaces the invoice it was made from when it is finalized', async () => {
    const draft = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(draft.id);
    const revision = await stripe.invoices.create({
      from_invoice: { action: 'revision', invoice: draft.id },
      due_date: 4_000_000_000,
    });
    expect(revision).toMatchObject({
      status: 'draft',
      total: 12_050,
      description: 'Work done',
      from_invoice: { action: 'revision', invoice: draft.id },
    });
    const finalized = await stripe.invoices.finalizeInvoice(revision.id);
    expect(finalized).toMatchObject({ status: 'open', number: expect.stringMatching(/-0002$/) });
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      status: 'void',
      latest_revision: revision.id,
    });
  });
});
