import type Stripe from 'stripe';
import { emptyDraft, eventsOf, rejected, startTestStripe, violations } from './testStripe.ts';
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

const draft = (changes?: Stripe.InvoiceCreateParams) => emptyDraft(stripe, changes);

const percent = async (percent_off: number): Promise<string> =>
  (await stripe.coupons.create({ percent_off })).id;
const off = async (amount_off: number, currency = 'usd'): Promise<string> =>
  (await stripe.coupons.create({ amount_off, currency })).id;
const lines = (...amounts: number[]) => amounts.map((amount) => ({ amount, description: `Work ${amount}` }));

describe('coupons', () => {
  it('are made, renamed, listed and deleted, and tell it', async () => {
    const told = await eventsOf(stripe, async () => {
      const made = await stripe.coupons.create({ id: 'SUMMER', percent_off: 25.5, name: 'Summer' });
      await stripe.coupons.update('SUMMER', { name: 'Late summer', metadata: { campaign: '7' } });
      await stripe.coupons.del('SUMMER');
      return made;
    });
    expect(told.types).toEqual(['coupon.created', 'coupon.updated', 'coupon.deleted']);
    expect(told.result).toMatchObject({
      duration: 'once',
      percent_off: 25.5,
      valid: true,
      times_redeemed: 0,
    });
    expect(told.events[1]!.data.previous_attributes).toEqual({
      metadata: { campaign: null },
      name: 'Summer',
    });
    expect(await rejected(stripe.coupons.retrieve('SUMMER'))).toMatchObject({ statusCode: 404 });
    const product = await stripe.products.create({ name: 'Chair' });
    const { id } = await stripe.coupons.create({ percent_off: 5, applies_to: { products: [product.id] } });
    expect((await stripe.coupons.retrieve(id)).applies_to).toBeUndefined();
    expect(await stripe.coupons.retrieve(id, { expand: ['applies_to'] })).toMatchObject({
      applies_to: { products: [product.id] },
    });
    expect((await stripe.coupons.list({ limit: 1 })).data).toMatchObject([{ id }]);
  });

  it('are refused when they contradict themselves', async () => {
    const wrong: Stripe.CouponCreateParams[] = [
      {},
      { percent_off: 5, amount_off: 5, currency: 'usd' },
      { amount_off: 5 },
      { percent_off: 100.1 },
      { percent_off: 0 },
      { percent_off: 5, duration: 'repeating' },
      { percent_off: 5, duration_in_months: 3 },
      { percent_off: 5, redeem_by: 1 },
      { percent_off: 5, applies_to: { products: ['prod_none'] } },
      { amount_off: 5, currency: 'usd', currency_options: { eur: { amount_off: 4 } } },
    ];
    const refusals = await Promise.all(wrong.map((values) => rejected(stripe.coupons.create(values))));
    expect(refusals.map(({ param }) => param)).toEqual([
      'percent_off',
      'percent_off',
      'currency',
      'percent_off',
      'percent_off',
      'duration_in_months',
      'duration_in_months',
      'redeem_by',
      'applies_to[products][0]',
      'currency_options',
    ]);
  });
});

describe('the discounts of an invoice', () => {
  it('come off one after the other, so their order matters', async () => {
    const [fifth, five] = [await percent(20), await off(500)];
    const first = await draft({ discounts: [{ coupon: fifth }, { coupon: five }] });
    const second = await draft({ discounts: [{ coupon: five }, { coupon: fifth }] });
    expect(await stripe.invoices.addLines(first.id, { lines: lines(10_000) })).toMatchObject({
      subtotal: 10_000,
      total: 7_500,
      total_discount_amounts: [{ amount: 2_000 }, { amount: 500 }],
      total_pretax_credit_amounts: [
        { amount: 2_000, type: 'discount' },
        { amount: 500, type: 'discount' },
      ],
    });
    expect((await stripe.invoices.addLines(second.id, { lines: lines(10_000) })).total).toBe(7_600);
    expect((await stripe.coupons.retrieve(five)).times_redeemed).toBe(2);
  });

  it('of an amount are spread over the lines to the last cent, and take no more than there is', async () => {
    const made = await draft({ discounts: [{ coupon: await off(100) }] });
    const changed = await stripe.invoices.addLines(made.id, { lines: lines(333, 333, 333, 0) });
    expect(changed.lines.data.map((line) => line.discount_amounts![0]!.amount)).toEqual([34, 33, 33, 0]);
    expect(changed.total).toBe(899);
    const small = await draft({ discounts: [{ coupon: await off(100) }] });
    expect(await stripe.invoices.addLines(small.id, { lines: lines(60) })).toMatchObject({
      total: 0,
      total_discount_amounts: [{ amount: 60 }],
    });
    expect(await stripe.invoices.finalizeInvoice(small.id)).toMatchObject({ status: 'paid', amount_due: 0 });
  });

  it('of a line come before those of the invoice and are part of its subtotal', async () => {
    const [half, tenth] = [await percent(50), await percent(10)];
    const made = await draft({ discounts: [{ coupon: tenth }] });
    const added = await stripe.invoices.addLines(made.id, {
      lines: [{ amount: 1_000, discounts: [{ coupon: half }] }, ...lines(1_000)],
    });
    expect(added).toMatchObject({ subtotal: 1_500, total: 1_350 });
    expect(added.total_discount_amounts!.map(({ amount }) => amount)).toEqual([500, 150]);
    const [line] = added.lines.data;
    expect(line).toMatchObject({
      amount: 1_000,
      subtotal: 1_000,
      discount_amounts: [
        { amount: 500, discount: line!.discounts[0] },
        { amount: 50, discount: added.discounts[0] },
      ],
    });
    const item = line!.parent!.invoice_item_details!.invoice_item;
    expect((await stripe.invoiceItems.retrieve(item)).discounts).toEqual(line!.discounts);
    const kept = await stripe.invoices.updateLineItem(made.id, line!.id, {
      discounts: [{ discount: line!.discounts[0] as string }, { coupon: tenth }],
    });
    expect(kept.discounts[0]).toBe(line!.discounts[0]);
    await stripe.invoiceItems.update(item, { discounts: '' });
    await stripe.invoices.update(made.id, { discounts: '' });
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({
      total: 2_000,
      discounts: [],
      total_discount_amounts: [],
    });
  });

  it('spare lines that are not discountable, that take money off, or that are another product', async () => {
    const [chair, table] = [
      await stripe.products.create({ name: 'Chair' }),
      await stripe.products.create({ name: 'Table' }),
    ];
    const price_data = (product: string) => ({ currency: 'usd', product, unit_amount: 1_000 });
    const all = await draft({ discounts: [{ coupon: await percent(10) }] });
    const spared = await stripe.invoices.addLines(all.id, {
      lines: [...lines(1_000, -200), { amount: 1_000, discountable: false }],
    });
    expect(spared).toMatchObject({ total: 1_700, subtotal: 1_800 });
    expect(spared.lines.data.map(({ discountable }) => discountable)).toEqual([true, false, false]);
    const chairs = await stripe.coupons.create({ percent_off: 10, applies_to: { products: [chair.id] } });
    const some = await draft({ discounts: [{ coupon: chairs.id }] });
    const mixed = await stripe.invoices.addLines(some.id, {
      lines: [
        { price_data: price_data(chair.id), quantity: 2 },
        { price_data: price_data(table.id), quantity: 2 },
      ],
    });
    expect(mixed.total).toBe(3_800);
    expect(mixed.lines.data.map((line) => line.discount_amounts!.length)).toEqual([1, 0]);
  });

  it('can be expanded down to the coupon', async () => {
    const coupon = await percent(10);
    const made = await draft({ discounts: [{ coupon }] });
    await stripe.invoices.addLines(made.id, { lines: lines(1_000) });
    const shown = await stripe.invoices.retrieve(made.id, {
      expand: [
        'discounts.source.coupon',
        'total_discount_amounts.discount',
        'lines.data.discount_amounts.discount',
      ],
    });
    const discount = { object: 'discount', invoice: made.id, invoice_item: null, customer: made.customer };
    expect(shown).toMatchObject({
      discounts: [{ ...discount, source: { type: 'coupon', coupon: { id: coupon, times_redeemed: 1 } } }],
      total_discount_amounts: [{ discount }],
      lines: { data: [{ discount_amounts: [{ discount }] }] },
    });
  });

  it('are refused when the coupon cannot be redeemed', async () => {
    const coupon = await percent(10);
    const once = (await stripe.coupons.create({ percent_off: 5, max_redemptions: 1 })).id;
    const late = (
      await stripe.coupons.create({ percent_off: 5, redeem_by: Math.floor(Date.now() / 1000) + 60 })
    ).id;
    const made = await draft({ discounts: [{ coupon }, { coupon: once }] });
    expect(await stripe.coupons.retrieve(once)).toMatchObject({ valid: false, times_redeemed: 1 });
    await test.control('POST', 'clock', { now: Math.floor(Date.now() / 1000) + 120 });
    const change = (discounts: Stripe.InvoiceUpdateParams.Discount[]) =>
      rejected(stripe.invoices.update(made.id, { discounts }));
    const refusals = [
      await change([{ coupon: 'NONE' }]),
      await change([{ coupon: once }]),
      await change([{ coupon: late }]),
      await change([{ coupon: await off(5, 'eur') }]),
      await change([{ coupon }, { coupon }]),
      await change([{ discount: made.discounts[0] as string }, { coupon }]),
      await change([{ discount: 'di_none' }]),
      await change([{ promotion_code: 'promo_1' }]),
      await change([{ coupon, discount: made.discounts[0] as string }]),
    ];
    await test.control('POST', 'clock', { now: null });
    expect(refusals.map(({ code, param }) => [code, param])).toEqual([
      ['resource_missing', 'discounts[0][coupon]'],
      ['coupon_expired', 'discounts[0][coupon]'],
      ['coupon_expired', 'discounts[0][coupon]'],
      [undefined, 'discounts[0][coupon]'],
      [undefined, 'discounts'],
      [undefined, 'discounts'],
      ['resource_missing', 'discounts[0][discount]'],
      ['sandbox_unsupported', 'discounts[0][promotion_code]'],
      [undefined, 'discounts[0]'],
    ]);
    expect((await stripe.invoices.retrieve(made.id)).discounts).toEqual(made.discounts);
    expect((await stripe.coupons.retrieve(coupon)).times_redeemed).toBe(1);
  });

  it('stay when the coupon is deleted', async () => {
    const coupon = await off(300);
    const made = await draft({ discounts: [{ coupon }] });
    await stripe.coupons.del(coupon);
    await stripe.invoices.addLines(made.id, { lines: lines(1_000) });
    expect(await stripe.invoices.finalizeInvoice(made.id)).toMatchObject({ total: 700, amount_due: 700 });
    expect(await stripe.invoices.retrieve(made.id, { expand: ['discounts.source.coupon'] })).toMatchObject({
      discounts: [{ source: { coupon } }],
    });
  });
});
