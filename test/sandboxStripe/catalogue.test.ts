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

describe('customers, products and prices', () => {
  it('can be deleted, and deleted customers still answer', async () => {
    const { id } = await stripe.customers.create({
      email: 'gone@acme.example',
      address: { city: 'Ulm', line1: '' },
    });
    expect(await stripe.customers.retrieve(id)).toMatchObject({
      address: { city: 'Ulm', line1: null, state: null },
    });
    await stripe.customers.del(id);
    expect(await stripe.customers.retrieve(id)).toEqual({ id, object: 'customer', deleted: true });
    expect((await stripe.customers.list({ email: 'gone@acme.example' })).data).toEqual([]);
    expect(await rejected(stripe.customers.update(id, { name: 'x' }))).toMatchObject({ statusCode: 404 });
    expect(await rejected(stripe.invoices.create({ customer: id }))).toMatchObject({
      message: `No such customer: '${id}'`,
    });
  });

  it('adopt the currency of their first invoice and tell it', async () => {
    const { id, currency } = await stripe.customers.create({ email: 'cur@acme.example' });
    expect(currency).toBeNull();
    await stripe.invoices.create({ customer: id, currency: 'eur' });
    expect((await stripe.customers.retrieve(id)) as Stripe.Customer).toMatchObject({ currency: 'eur' });
    const [event] = (await stripe.events.list({ type: 'customer.updated', limit: 1 })).data;
    expect(event?.data.previous_attributes).toEqual({ currency: null });
  });

  it('list active prices only, and never those made behind an amount', async () => {
    const product = await stripe.products.create({
      name: 'Listed',
      id: 'prod_listed',
      metadata: { salesforce_id: '01t' },
    });
    expect(await rejected(stripe.products.create({ name: 'Again', id: 'prod_listed' }))).toMatchObject({
      code: 'resource_already_exists',
    });
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'USD',
      unit_amount: 1_000,
      lookup_key: 'std',
      nickname: 'Standard',
    });
    expect(price).toMatchObject({ currency: 'usd', type: 'one_time', active: true });
    await makeDraft(stripe);
    expect((await stripe.prices.list({ product: product.id })).data.map(({ id }) => id)).toEqual([price.id]);
    expect((await stripe.products.list({ limit: 100 })).data.map(({ name }) => name)).not.toContain('Work');
    await stripe.prices.update(price.id, { active: false, nickname: '' });
    expect((await stripe.prices.list({ product: product.id })).data).toEqual([]);
    expect((await stripe.prices.list({ product: product.id, active: false })).data).toMatchObject([
      { nickname: null },
    ]);
    expect((await rejected(stripe.products.del(product.id))).message).toMatch(/user-created prices/);
    const renamed = await stripe.products.update(product.id, { name: 'Renamed', default_price: price.id });
    expect(renamed).toMatchObject({ name: 'Renamed', default_price: price.id });
  });

  it('need exactly one amount in a price', async () => {
    const { id: product } = await stripe.products.create({ name: 'Priced' });
    expect(await rejected(stripe.prices.create({ product, currency: 'usd' }))).toMatchObject({
      code: 'parameter_missing',
      param: 'unit_amount',
    });
    expect(await rejected(stripe.prices.create({ product, currency: 'usd', unit_amount: -1 }))).toMatchObject(
      { code: 'parameter_invalid_integer' },
    );
    const fraction = await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount_decimal: Stripe.Decimal.from('0.25'),
    });
    expect(fraction.unit_amount).toBeNull();
    expect(String(fraction.unit_amount_decimal)).toBe('0.25');
  });
});

describe('the account', () => {
  it('is the one of the key, and its balance is what was charged', async () => {
    expect(await stripe.accounts.retrieveCurrent()).toMatchObject({
      id: test.server.accountId,
      object: 'account',
      charges_enabled: true,
    });
    const draft = await makeDraft(stripe, 777);
    const before = (await stripe.balance.retrieve()).pending[0]!.amount;
    await stripe.invoices.pay(draft.id, { payment_method: 'pm_card_visa' });
    expect((await stripe.balance.retrieve()).pending[0]!.amount).toBe(before + 777);
  });
});
