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

describe('a price', () => {
  it('cannot change its amount or currency; another price takes its place', async () => {
    const { id: product } = await stripe.products.create({ name: 'Seat' });
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 900 });
    for (const change of [{ unit_amount: 950 }, { currency: 'eur' }, { product }])
      expect(
        await rejected(stripe.prices.update(price.id, change as Stripe.PriceUpdateParams)),
      ).toMatchObject({
        statusCode: 400,
        code: 'parameter_unknown',
        message: `Received unknown parameter: ${Object.keys(change)[0]}`,
      });
    const next = await stripe.prices.create({ product, currency: 'usd', unit_amount: 950 });
    const told = await eventsOf(stripe, () => stripe.prices.update(price.id, { active: false }));
    expect(told.types).toEqual(['price.updated']);
    expect(told.events[0]?.data.previous_attributes).toEqual({ active: true });
    expect((await stripe.prices.list({ product })).data.map(({ id }) => id)).toEqual([next.id]);
    const draft = await makeDraft(stripe);
    const line = { pricing: { price: price.id } };
    expect(await rejected(stripe.invoices.addLines(draft.id, { lines: [line] }))).toMatchObject({
      message: 'The price specified is inactive. This field only accepts active prices.',
    });
    expect(await stripe.prices.update(price.id, { active: true })).toMatchObject({ active: true });
  });

  it('that is the default of its product cannot be archived', async () => {
    const told = await eventsOf(stripe, () =>
      stripe.products.create({
        name: 'Desk',
        default_price_data: { currency: 'usd', unit_amount: 4_000, metadata: { salesforce_id: '01u' } },
        expand: ['default_price'],
      }),
    );
    expect(told.types).toEqual(['product.created', 'price.created']);
    const price = told.result.default_price as Stripe.Price;
    expect(price).toMatchObject({ unit_amount: 4_000, active: true, metadata: { salesforce_id: '01u' } });
    expect(await rejected(stripe.prices.update(price.id, { active: false }))).toMatchObject({
      message: 'This price cannot be archived because it is the default price of its product.',
    });
    await stripe.products.update(told.result.id, { default_price: '' });
    expect((await stripe.prices.update(price.id, { active: false })).active).toBe(false);
    const { id: other } = await stripe.products.create({ name: 'Other' });
    expect(await rejected(stripe.products.update(other, { default_price: price.id }))).toMatchObject({
      code: 'resource_missing',
      param: 'default_price',
    });
  });

  it('keeps its tax behavior once it has one', async () => {
    const { id: product } = await stripe.products.create({ name: 'Taxed' });
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 900 });
    expect(await stripe.prices.update(price.id, { tax_behavior: 'exclusive' })).toMatchObject({
      tax_behavior: 'exclusive',
    });
    expect(await rejected(stripe.prices.update(price.id, { tax_behavior: 'inclusive' }))).toMatchObject({
      param: 'tax_behavior',
    });
  });
});

describe('a product', () => {
  it('can be deleted only while it has no price, also no archived one', async () => {
    const { id: product } = await stripe.products.create({ name: 'Lamp' });
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 900 });
    await stripe.prices.update(price.id, { active: false });
    expect((await rejected(stripe.products.del(product))).message).toMatch(/user-created prices/);
    expect((await stripe.products.update(product, { active: false })).active).toBe(false);
    expect((await stripe.products.list({ active: true, limit: 100 })).data).not.toContainEqual(
      expect.objectContaining({ id: product }),
    );
    const { id: unused } = await stripe.products.create({ name: 'Unused' });
    expect(await stripe.products.del(unused)).toEqual({ id: unused, object: 'product', deleted: true });
    expect(await rejected(stripe.products.retrieve(unused))).toMatchObject({ statusCode: 404 });
  });
});

describe('a deleted customer', () => {
  it('leaves the invoices as they were: readable, payable and voidable, but drafts stay drafts', async () => {
    const open = await stripe.invoices.finalizeInvoice((await makeDraft(stripe, 2_000)).id);
    const customer = open.customer as string;
    await stripe.paymentMethods.attach('pm_card_visa', { customer });
    const [card] = (await stripe.paymentMethods.list({ customer })).data;
    const make = async () => {
      const { id } = await stripe.invoices.create({ customer, currency: 'usd' });
      return stripe.invoices.addLines(id, { lines: [{ amount: 700 }] });
    };
    const [draft, second] = [await make(), await make()];
    const other = await stripe.invoices.finalizeInvoice(second.id);
    await stripe.invoiceItems.create({ customer, amount: 100, currency: 'usd' });

    const told = await eventsOf(stripe, () => stripe.customers.del(customer));
    expect(told.types).toEqual(['customer.deleted']);
    expect(await stripe.invoices.retrieve(open.id, { expand: ['customer'] })).toMatchObject({
      status: 'open',
      customer_name: 'Acme',
      customer: { id: customer, deleted: true },
    });
    expect((await stripe.paymentMethods.retrieve(card!.id)).customer).toBeNull();
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([]);
    expect(await rejected(stripe.invoices.finalizeInvoice(draft.id))).toMatchObject({ statusCode: 400 });
    const paid = await stripe.invoices.pay(open.id, { payment_method: 'pm_card_visa' });
    expect(paid.status).toBe('paid');
    expect((await stripe.invoices.voidInvoice(other.id)).status).toBe('void');
    expect(await rejected(stripe.customers.del(customer))).toMatchObject({ statusCode: 404 });
  });
});
