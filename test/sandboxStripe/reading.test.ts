import type Stripe from 'stripe';
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

describe('lists', () => {
  let ids: string[];

  beforeAll(async () => {
    ids = [];
    for (let index = 0; index < 25; index += 1)
      ids.unshift(
        (await stripe.customers.create({ name: `Page ${index}`, email: `page${index % 2}@acme.example` })).id,
      );
  });

  it('are newest first, ten at a time, though made within one second', async () => {
    const first = await stripe.customers.list();
    expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/customers' });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 10));
  });

  it('go on after one object and back before another', async () => {
    const after = await stripe.customers.list({ limit: 20, starting_after: ids[9] });
    expect(after.data.map(({ id }) => id)).toEqual(ids.slice(10));
    expect(after.has_more).toBe(false);
    const before = await stripe.customers.list({ limit: 3, ending_before: ids[9] });
    expect(before.data.map(({ id }) => id)).toEqual(ids.slice(6, 9));
    expect(before.has_more).toBe(true);
    expect((await stripe.customers.list({ limit: 9, ending_before: ids[9] })).has_more).toBe(false);
  });

  it('are followed to the end by the client', async () => {
    const seen: string[] = [];
    for await (const { id } of stripe.customers.list({ limit: 7 })) seen.push(id);
    expect(seen).toEqual(ids);
  });

  it('refuse limits outside 1 to 100, both cursors at once, and unknown cursors', async () => {
    expect(await rejected(stripe.customers.list({ limit: 101 }))).toMatchObject({
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
    expect(await rejected(stripe.customers.list({ limit: 0 }))).toMatchObject({
      code: 'parameter_invalid_integer',
    });
    expect(
      (await rejected(stripe.customers.list({ starting_after: ids[1], ending_before: ids[0] }))).message,
    ).toBe('You may only specify one of these parameters: ending_before, starting_after.');
    expect(await rejected(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'starting_after',
      message: "No such customer: 'cus_none'",
    });
  });

  it('filter by email and by creation', async () => {
    expect((await stripe.customers.list({ email: 'page1@acme.example', limit: 100 })).data).toHaveLength(12);
    const now = Math.floor(Date.now() / 1000);
    await test.control('POST', 'clock', { now: now + 1000 });
    const { id } = await stripe.customers.create({ name: 'Later' });
    await test.control('POST', 'clock', { now: null });
    expect((await stripe.customers.list({ created: { gte: now + 900 } })).data.map((one) => one.id)).toEqual([
      id,
    ]);
    expect(
      (await stripe.customers.list({ created: { lt: now + 900 }, limit: 1 })).data.map((one) => one.id),
    ).toEqual([ids[0]]);
    await stripe.customers.del(id);
  });

  it('of invoices filter by customer, status and due date', async () => {
    const draft = await makeDraft(stripe);
    const open = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(open.id);
    expect((await stripe.invoices.list({ status: 'open' })).data.map(({ id }) => id)).toEqual([open.id]);
    expect(
      (await stripe.invoices.list({ customer: draft.customer as string })).data.map(({ id }) => id),
    ).toEqual([draft.id]);
    expect((await stripe.invoices.list({ due_date: { gt: draft.due_date! + 86_400 } })).data).toEqual([]);
    expect(await rejected(stripe.invoices.list({ status: 'overdue' }))).toMatchObject({
      message: 'Invalid status: must be one of draft, open, void, paid, or uncollectible',
    });
  });
});

describe('expansion', () => {
  it('puts objects in place of ids, also in lists and through several levels', async () => {
    const draft = await makeDraft(stripe);
    await stripe.invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
    const list = await stripe.invoices.list({
      customer: draft.customer as string,
      expand: ['data.customer', 'data.payments.data.payment.payment_intent.payment_method'],
    });
    const [invoice] = list.data;
    expect(invoice?.customer).toMatchObject({ object: 'customer', name: 'Acme' });
    const intent = invoice?.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
    expect(intent.payment_method).toMatchObject({ object: 'payment_method', card: { last4: '4242' } });
    const retrieved = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge', 'customer'],
    });
    expect(retrieved.latest_charge).toMatchObject({ object: 'charge', status: 'succeeded', amount: 12_050 });
    const [payment] = (await stripe.invoicePayments.list({ invoice: draft.id, expand: ['data.invoice'] }))
      .data;
    expect(payment?.invoice).toMatchObject({ object: 'invoice', status: 'paid' });
  });

  it('leaves out what is not asked for, and shows deleted customers as deleted', async () => {
    const draft = await makeDraft(stripe);
    expect(await stripe.invoices.retrieve(draft.id)).not.toHaveProperty('payments');
    await stripe.customers.del(draft.customer as string);
    const { customer } = await stripe.invoices.retrieve(draft.id, { expand: ['customer'] });
    expect(customer).toEqual({ id: draft.customer, object: 'customer', deleted: true });
  });

  it('of what is not there is null, and no error', async () => {
    const draft = await makeDraft(stripe);
    const expand = ['from_invoice.invoice', 'latest_revision', 'lines.data.pricing.price_details.price'];
    const invoice = await stripe.invoices.retrieve(draft.id, { expand });
    expect(invoice).toMatchObject({ from_invoice: null, latest_revision: null });
    expect(invoice.lines.data[0]?.pricing?.price_details?.price).toMatchObject({
      object: 'price',
      active: false,
    });
  });

  it('works on the answer of a change, and refuses what cannot be expanded before anything is changed', async () => {
    const draft = await makeDraft(stripe);
    expect(await rejected(stripe.invoices.finalizeInvoice(draft.id, { expand: ['number'] }))).toMatchObject({
      param: 'expand',
      message: expect.stringContaining('This property cannot be expanded (number).'),
    });
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
    const open = await stripe.invoices.finalizeInvoice(draft.id, {
      expand: ['customer', 'payments', 'confirmation_secret'],
    });
    expect(open.customer).toMatchObject({ object: 'customer' });
    expect(open.payments?.data).toMatchObject([
      { object: 'invoice_payment', status: 'open', amount_requested: 12_050 },
    ]);
    expect(open.confirmation_secret?.client_secret).toMatch(/^pi_\w+_secret_/);
  });
});

describe('payments', () => {
  it('are found by their payment intent, as events name it', async () => {
    const draft = await makeDraft(stripe);
    await stripe.invoices.finalizeInvoice(draft.id);
    const [open] = (await stripe.invoicePayments.list({ invoice: draft.id, status: 'open' })).data;
    const intent = open!.payment.payment_intent as string;
    const found = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intent },
    });
    expect(found.data.map(({ id }) => id)).toEqual([open!.id]);
    expect(await stripe.invoicePayments.retrieve(open!.id)).toEqual(open);
    expect(
      (await stripe.paymentIntents.list({ customer: draft.customer as string })).data.map(({ id }) => id),
    ).toEqual([intent]);
    expect((await stripe.charges.list({ payment_intent: intent })).data).toEqual([]);
  });
});
