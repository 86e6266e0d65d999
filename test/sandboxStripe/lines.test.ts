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

async function customer(): Promise<string> {
  return (await stripe.customers.create({ email: 'lines@acme.example' })).id;
}

describe('invoice items', () => {
  it('stay pending until an invoice asks for them', async () => {
    const id = await customer();
    const item = await stripe.invoiceItems.create({
      customer: id,
      amount: 700,
      currency: 'usd',
      description: 'Later',
    });
    expect(item).toMatchObject({
      invoice: null,
      amount: 700,
      quantity: 1,
      pricing: { type: 'price_details' },
    });
    const without = await stripe.invoices.create({ customer: id });
    expect(without.lines.data).toEqual([]);
    expect((await stripe.invoiceItems.list({ customer: id, pending: true })).data).toHaveLength(1);
    const including = await stripe.invoices.create({
      customer: id,
      pending_invoice_items_behavior: 'include',
    });
    expect(including).toMatchObject({
      total: 700,
      lines: {
        data: [{ description: 'Later', parent: { invoice_item_details: { invoice_item: item.id } } }],
      },
    });
    expect((await stripe.invoiceItems.list({ customer: id, pending: true })).data).toEqual([]);
    expect((await stripe.invoiceItems.retrieve(item.id)).invoice).toBe(including.id);
  });

  it('change the line and the totals of their draft', async () => {
    const draft = await makeDraft(stripe, 1_000);
    const item = await stripe.invoiceItems.create({
      customer: draft.customer as string,
      invoice: draft.id,
      quantity: 2,
      price_data: {
        currency: 'usd',
        product: (await stripe.products.create({ name: 'Hour' })).id,
        unit_amount: 300,
      },
      metadata: { salesforce_id: 'l1' },
    });
    expect(item).toMatchObject({ amount: 600, description: 'Hour', invoice: draft.id });
    await stripe.invoiceItems.update(item.id, { quantity: 3, description: 'Hours', metadata: { more: 'x' } });
    const changed = await stripe.invoices.retrieve(draft.id);
    expect(changed.total).toBe(1_900);
    expect(changed.lines.data[1]).toMatchObject({
      amount: 900,
      quantity: 3,
      description: 'Hours',
      metadata: { salesforce_id: 'l1', more: 'x' },
    });
    expect(await stripe.invoiceItems.del(item.id)).toEqual({
      id: item.id,
      object: 'invoiceitem',
      deleted: true,
    });
    expect((await stripe.invoices.retrieve(draft.id)).total).toBe(1_000);
    expect(await rejected(stripe.invoiceItems.retrieve(item.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
    });
    const types = (await stripe.events.list({ limit: 6 })).data.map((event) => event.type);
    expect(types).toEqual([
      'invoice.updated',
      'invoiceitem.deleted',
      'invoice.updated',
      'invoice.updated',
      'invoiceitem.created',
      'product.created',
    ]);
  });

  it('say what is missing, contradictory or of another currency', async () => {
    const id = await customer();
    const draft = await makeDraft(stripe);
    const create = (params: Partial<Stripe.InvoiceItemCreateParams>) =>
      rejected(stripe.invoiceItems.create({ customer: id, ...params }));
    expect(await create({ currency: 'usd' })).toMatchObject({ code: 'parameter_missing', param: 'amount' });
    expect(await create({ currency: 'usd', amount: 5, quantity: 2 })).toMatchObject({
      message: 'You may only specify one of these parameters: amount, quantity.',
    });
    expect(await create({ amount: 5, currency: 'usd', invoice: 'in_none' })).toMatchObject({
      message: "No such invoice: 'in_none'",
    });
    expect(await create({ amount: 5, currency: 'usd', invoice: draft.id })).toMatchObject({
      param: 'invoice',
    });
    expect(
      await rejected(
        stripe.invoiceItems.create({
          customer: draft.customer as string,
          invoice: draft.id,
          amount: 5,
          currency: 'eur',
        }),
      ),
    ).toMatchObject({ param: 'currency' });
    expect(
      await rejected(stripe.invoiceItems.create({ customer: 'cus_none', amount: 5, currency: 'usd' })),
    ).toMatchObject({
      message: "No such customer: 'cus_none'",
      code: 'resource_missing',
      param: 'customer',
    });
  });

  it('take only active one-time prices', async () => {
    const id = await customer();
    const product = (await stripe.products.create({ name: 'P' })).id;
    const monthly = await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: 5,
      recurring: { interval: 'month' },
    });
    const old = await stripe.prices.create({ product, currency: 'usd', unit_amount: 5, active: false });
    const create = (price: string) =>
      rejected(stripe.invoiceItems.create({ customer: id, pricing: { price } }));
    expect((await create(monthly.id)).message).toContain('`type=recurring`');
    expect((await create(old.id)).message).toBe(
      'The price specified is inactive. This field only accepts active prices.',
    );
    expect(await create('price_none')).toMatchObject({ code: 'resource_missing', param: 'pricing[price]' });
  });
});

describe('lines of a draft', () => {
  it('are added below the others, up to 250, and paged ten at a time', async () => {
    const draft = await makeDraft(stripe, 1);
    const lines = Array.from({ length: 249 }, (_, index) => ({
      amount: index + 2,
      description: `Line ${index + 2}`,
    }));
    const full = await stripe.invoices.addLines(draft.id, { lines });
    expect(full.total).toBe((250 * 251) / 2);
    expect(full.lines).toMatchObject({
      has_more: true,
      total_count: 250,
      url: `/v1/invoices/${draft.id}/lines`,
    });
    expect(full.lines.data).toHaveLength(10);
    const seen: string[] = [];
    for await (const line of stripe.invoices.listLineItems(draft.id, { limit: 100 }))
      seen.push(line.description!);
    expect(seen).toHaveLength(250);
    expect([seen[0], seen[1], seen[249]]).toEqual(['Work', 'Line 2', 'Line 250']);
    expect(
      (await rejected(stripe.invoices.addLines(draft.id, { lines: [{ amount: 1 }] }))).message,
    ).toContain('250');
  });

  it('can be changed one by one, and then answer as a line', async () => {
    const draft = await makeDraft(stripe, 1_000);
    const line = await stripe.invoices.updateLineItem(draft.id, draft.lines.data[0]!.id, {
      amount: 1_500,
      metadata: { k: 'v' },
    });
    expect(line).toMatchObject({
      object: 'line_item',
      amount: 1_500,
      metadata: { k: 'v' },
      description: 'Work',
    });
    expect((await stripe.invoices.retrieve(draft.id)).amount_due).toBe(1_500);
    expect(await rejected(stripe.invoices.updateLineItem(draft.id, 'il_none', { amount: 1 }))).toMatchObject({
      statusCode: 404,
    });
  });

  it('can be deleted, or taken off and kept pending', async () => {
    const draft = await makeDraft(stripe, 100);
    const two = await stripe.invoices.addLines(draft.id, {
      lines: [{ amount: 20 }],
      invoice_metadata: { round: '2' },
    });
    expect(two.metadata).toMatchObject({ round: '2' });
    const [first, added] = two.lines.data;
    const rest = await stripe.invoices.removeLines(draft.id, {
      lines: [{ id: added!.id, behavior: 'delete' }],
    });
    expect(rest.total).toBe(100);
    const empty = await stripe.invoices.removeLines(draft.id, {
      lines: [{ id: first!.id, behavior: 'unassign' }],
    });
    expect(empty).toMatchObject({ total: 0, lines: { data: [], total_count: 0 } });
    const pending = await stripe.invoiceItems.list({ customer: draft.customer as string, pending: true });
    expect(pending.data).toMatchObject([{ amount: 100, invoice: null }]);
    const again = await stripe.invoices.addLines(draft.id, {
      lines: [{ invoice_item: pending.data[0]!.id }],
    });
    expect(again.total).toBe(100);
  });

  it('undo nothing by halves: one wrong line refuses the whole request', async () => {
    const draft = await makeDraft(stripe, 100);
    const error = await rejected(
      stripe.invoices.addLines(draft.id, { lines: [{ amount: 1 }, { amount: 2, quantity: 3 }] }),
    );
    expect(error).toMatchObject({
      message: 'You may only specify one of these parameters: amount, quantity.',
      param: 'lines[1][amount]',
    });
    expect(await stripe.invoices.retrieve(draft.id)).toEqual(draft);
  });

  it('stay with a deleted draft', async () => {
    const draft = await makeDraft(stripe, 100);
    const item = draft.lines.data[0]!.parent!.invoice_item_details!.invoice_item;
    expect(await stripe.invoices.del(draft.id)).toEqual({ id: draft.id, object: 'invoice', deleted: true });
    expect((await rejected(stripe.invoiceItems.update(item, { amount: 5 }))).message).toBe(
      'This invoice item has been deleted.',
    );
    expect(
      (await stripe.invoiceItems.list({ customer: draft.customer as string, pending: true })).data,
    ).toEqual([]);
  });
});
