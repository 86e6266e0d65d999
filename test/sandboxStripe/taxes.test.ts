import type Stripe from 'stripe';
import { emptyDraft, eventsOf, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
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

async function rate(percentage: number, inclusive = false, display_name = 'VAT'): Promise<string> {
  return (await stripe.taxRates.create({ display_name, percentage, inclusive })).id;
}

const draft = (changes?: Stripe.InvoiceCreateParams) => emptyDraft(stripe, changes);

const lines = (...amounts: number[]) => amounts.map((amount) => ({ amount, description: `Work ${amount}` }));

describe('tax rates', () => {
  it('are made, changed, archived and listed, and tell it', async () => {
    const told = await eventsOf(stripe, async () => {
      const made = await stripe.taxRates.create({
        display_name: 'USt',
        description: 'VAT Germany',
        jurisdiction: 'DE',
        country: 'DE',
        tax_type: 'vat',
        percentage: 19,
        inclusive: true,
        metadata: { source: 'crm' },
      });
      await stripe.taxRates.update(made.id, { display_name: 'VAT', active: false, metadata: { source: '' } });
      await stripe.taxRates.update(made.id, { active: false });
      return made;
    });
    expect(told.types).toEqual(['tax_rate.created', 'tax_rate.updated']);
    expect(told.events[1]!.data.previous_attributes).toEqual({
      active: true,
      display_name: 'USt',
      metadata: { source: 'crm' },
    });
    expect(await stripe.taxRates.retrieve(told.result.id)).toMatchObject({
      active: false,
      display_name: 'VAT',
      percentage: 19,
      inclusive: true,
      metadata: {},
    });
    await rate(7.25);
    const found = await stripe.taxRates.list({ active: true, inclusive: false });
    expect(found.data.map(({ percentage }) => percentage)).toEqual([7.25]);
  });

  it('are refused when they are wrong, archived, unknown or named twice', async () => {
    const archived = (
      await stripe.taxRates.create({ display_name: 'Old', percentage: 5, inclusive: false, active: false })
    ).id;
    const good = await rate(5);
    const refusals = await Promise.all([
      rejected(stripe.taxRates.create({ display_name: 'VAT', percentage: 101, inclusive: false })),
      rejected(stripe.taxRates.create({ display_name: 'VAT', percentage: 5.12345, inclusive: false })),
      rejected(stripe.taxRates.update(good, { percentage: 6 } as never)),
      rejected(stripe.taxRates.retrieve('txr_none')),
      rejected(draft({ default_tax_rates: ['txr_none'] })),
      rejected(draft({ default_tax_rates: [archived] })),
      rejected(draft({ default_tax_rates: [good, good] })),
    ]);
    expect(refusals.map(({ statusCode, code, param }) => [statusCode, code, param])).toEqual([
      [400, undefined, 'percentage'],
      [400, undefined, 'percentage'],
      [400, 'parameter_unknown', 'percentage'],
      [404, 'resource_missing', 'tax_rate'],
      [400, 'resource_missing', 'default_tax_rates[0]'],
      [400, undefined, 'default_tax_rates[0]'],
      [400, undefined, 'default_tax_rates'],
    ]);
  });
});

describe('the taxes of an invoice', () => {
  it('come on top of each line, rounded line by line', async () => {
    const vat = await rate(20);
    const made = await draft({ default_tax_rates: [vat] });
    const changed = await stripe.invoices.addLines(made.id, { lines: lines(33, 33) });
    expect(changed).toMatchObject({
      default_tax_rates: [{ id: vat, percentage: 20 }],
      subtotal: 66,
      subtotal_excluding_tax: 66,
      total_excluding_tax: 66,
      total: 80,
      amount_due: 80,
      total_taxes: [
        { amount: 14, taxable_amount: 66, tax_behavior: 'exclusive', tax_rate_details: { tax_rate: vat } },
      ],
    });
    expect(changed.lines.data.map(({ taxes }) => taxes!.map(({ amount }) => amount))).toEqual([[7], [7]]);
  });

  it('are within the price when the rate is inclusive, and exclusive ones come on what is left', async () => {
    const [included, added] = [await rate(5, true), await rate(7)];
    const made = await draft({ default_tax_rates: [included, added] });
    const ten = await stripe.coupons.create({ percent_off: 10 });
    await stripe.invoices.update(made.id, { discounts: [{ coupon: ten.id }] });
    // The example of docs.stripe.com/billing/taxes/tax-rates.
    expect(await stripe.invoices.addLines(made.id, { lines: lines(500, 1_000) })).toMatchObject({
      subtotal: 1_500,
      total_discount_amounts: [{ amount: 150 }],
      total_taxes: [
        { amount: 64, tax_behavior: 'inclusive', taxable_amount: 1_286 },
        { amount: 90, tax_behavior: 'exclusive', taxable_amount: 1_286 },
      ],
      total: 1_440,
      total_excluding_tax: 1_286,
      subtotal_excluding_tax: 1_500 - 24 - 48,
    });
  });

  it('of a line or item replace the default ones, and can be changed and taken away', async () => {
    const [standard, reduced] = [await rate(19), await rate(7)];
    const made = await draft({ default_tax_rates: [standard] });
    const item = await stripe.invoiceItems.create({
      customer: made.customer as string,
      invoice: made.id,
      amount: 1_000,
      tax_rates: [reduced],
    });
    expect(item.tax_rates).toMatchObject([{ id: reduced }]);
    const added = await stripe.invoices.addLines(made.id, {
      lines: [...lines(1_000), { amount: 1_000, tax_rates: [reduced] }],
    });
    expect(added.total_taxes!.map(({ amount }) => amount)).toEqual([140, 190]);
    const [first, second, third] = added.lines.data;
    await stripe.invoices.updateLineItem(made.id, second!.id, { tax_rates: [reduced] });
    await stripe.invoices.updateLines(made.id, { lines: [{ id: third!.id, tax_rates: '' }] });
    await stripe.invoiceItems.update(item.id, { tax_rates: [standard] });
    const changed = await stripe.invoices.retrieve(made.id);
    expect(changed.lines.data.map((line) => [line.id, line.taxes![0]!.amount])).toEqual([
      [first!.id, 190],
      [second!.id, 70],
      [third!.id, 190],
    ]);
    await stripe.invoices.update(made.id, { default_tax_rates: '' });
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({
      default_tax_rates: [],
      total: 3_000 + 190 + 70,
    });
  });

  it('follow their rate by name until finalization, and then nothing', async () => {
    const vat = await rate(10, false, 'Old name');
    const made = await draft({ default_tax_rates: [vat] });
    await stripe.invoices.addLines(made.id, { lines: lines(1_000) });
    await stripe.taxRates.update(vat, { display_name: 'New name' });
    const told = await eventsOf(stripe, () => stripe.invoices.finalizeInvoice(made.id));
    expect(told.result).toMatchObject({
      total: 1_100,
      amount_due: 1_100,
      default_tax_rates: [{ display_name: 'New name' }],
      lines: { data: [{ amount: 1_000, taxes: [{ amount: 100 }] }] },
    });
    await stripe.taxRates.update(vat, { display_name: 'Newest name', active: false });
    await stripe.customers.update(made.customer as string, { tax_exempt: 'exempt' });
    const { data } = await stripe.invoices.listLineItems(made.id);
    expect(data[0]!.taxes).toMatchObject([{ amount: 100, taxability_reason: 'not_available' }]);
    expect(await stripe.invoices.retrieve(made.id)).toMatchObject({
      total: 1_100,
      default_tax_rates: [{ display_name: 'New name' }],
    });
    const paid = await stripe.invoices.pay(made.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1_100 });
  });

  it.each([
    ['exempt', 'customer_exempt'],
    ['reverse', 'reverse_charge'],
  ] as const)('are not paid by a customer who is %s', async (tax_exempt, reason) => {
    const [included, added] = [await rate(10, true), await rate(10)];
    const made = await draft();
    await stripe.customers.update(made.customer as string, { tax_exempt });
    const [inclusive, exclusive] = [
      { amount: 10_000, tax_rates: [included] },
      { amount: 10_000, tax_rates: [added] },
    ];
    const changed = await stripe.invoices.addLines(made.id, { lines: [inclusive, exclusive] });
    // "Inclusive tax of $9.09 is subtracted from the price."
    expect(changed).toMatchObject({ total: 9_091 + 10_000, total_excluding_tax: 9_091 + 10_000 });
    expect(changed.total_taxes).toMatchObject([
      { amount: 0, taxability_reason: reason },
      { amount: 0, taxability_reason: reason },
    ]);
    expect(await stripe.invoices.finalizeInvoice(made.id)).toMatchObject({ amount_due: 19_091 });
  });

  it('and everything else of the paper are copied by a revision', async () => {
    const vat = await rate(10);
    const coupon = await stripe.coupons.create({ amount_off: 100, currency: 'usd' });
    const made = await draft({
      default_tax_rates: [vat],
      discounts: [{ coupon: coupon.id }],
      custom_fields: [{ name: 'PO', value: '4711' }],
      footer: 'Thank you',
      rendering: { amount_tax_display: 'exclude_tax', pdf: { page_size: 'a4' } },
      payment_settings: { payment_method_types: ['card'] },
    });
    await stripe.invoices.addLines(made.id, {
      lines: [{ amount: 1_000, discounts: [{ coupon: coupon.id }], tax_rates: [vat] }],
    });
    const open = await stripe.invoices.finalizeInvoice(made.id);
    await stripe.coupons.del(coupon.id);
    const revision = await stripe.invoices.create({ from_invoice: { action: 'revision', invoice: open.id } });
    expect(revision).toMatchObject({
      total: 880,
      subtotal: 900,
      default_tax_rates: [{ id: vat }],
      custom_fields: [{ name: 'PO', value: '4711' }],
      footer: 'Thank you',
      rendering: { amount_tax_display: 'exclude_tax', pdf: { page_size: 'a4' } },
      payment_settings: { payment_method_types: ['card'] },
      lines: {
        data: [
          { amount: 1_000, taxes: [{ amount: 80 }], discount_amounts: [{ amount: 100 }, { amount: 100 }] },
        ],
      },
    });
    expect(revision.discounts).not.toEqual(open.discounts);
    await stripe.invoices.finalizeInvoice(revision.id);
    expect(await stripe.invoices.retrieve(open.id)).toMatchObject({ status: 'void', total: 880 });
  });

  it('survive a restart of the sandbox', async () => {
    const vat = await rate(12.5);
    const half = await stripe.coupons.create({ percent_off: 50 });
    const made = await draft({ default_tax_rates: [vat], discounts: [{ coupon: half.id }] });
    const before = await stripe.invoices.addLines(made.id, { lines: lines(999) });
    await test.restart();
    stripe = test.stripe;
    const { hosted_invoice_url: _url, ...kept } = await stripe.invoices.retrieve(made.id);
    expect(kept).toEqual(expect.objectContaining({ total: before.total, total_taxes: before.total_taxes }));
    expect((await stripe.invoices.finalizeInvoice(made.id)).total).toBe(before.total);
    expect(await makeDraft(stripe)).toMatchObject({ total_taxes: [] });
  });
});

describe('tax ids', () => {
  it('of a customer are on the drafts as they are, and on finalized invoices as they were', async () => {
    const told = await eventsOf(stripe, () =>
      stripe.customers.create({
        email: 'billing@acme.example',
        tax_id_data: [{ type: 'eu_vat', value: 'DE000000000' }],
      }),
    );
    expect(told.types).toEqual(['customer.created', 'customer.tax_id.created']);
    const { id } = told.result;
    const made = await stripe.invoices.create({ customer: id, currency: 'usd' });
    expect(made.customer_tax_ids).toEqual([{ type: 'eu_vat', value: 'DE000000000' }]);
    const second = await stripe.customers.createTaxId(id, { type: 'us_ein', value: '12-3456789' });
    expect(second).toMatchObject({ country: 'US', customer: id, verification: { status: 'unavailable' } });
    const open = await stripe.invoices.finalizeInvoice(made.id);
    await stripe.customers.deleteTaxId(id, second.id);
    expect(await rejected(stripe.customers.retrieveTaxId(id, second.id))).toMatchObject({ statusCode: 404 });
    expect((await stripe.invoices.retrieve(open.id)).customer_tax_ids).toHaveLength(2);
    const shown = await stripe.customers.retrieve(id, { expand: ['tax_ids'] });
    expect(shown).toMatchObject({
      tax_ids: { data: [{ type: 'eu_vat', country: 'DE', verification: { status: 'verified' } }] },
    });
    expect((await stripe.customers.listTaxIds(id)).data).toHaveLength(1);
    expect((await stripe.taxIds.list({ owner: { type: 'customer', customer: id } })).data).toHaveLength(1);
  });

  it('of the account are on the invoices that name them', async () => {
    const own = await stripe.taxIds.create({ type: 'gb_vat', value: 'GB123456789' });
    const made = await draft({ account_tax_ids: [own.id] });
    const shown = await stripe.invoices.retrieve(made.id, { expand: ['account_tax_ids'] });
    expect(shown.account_tax_ids).toMatchObject([
      { id: own.id, owner: { type: 'self' }, verification: null },
    ]);
    expect((await stripe.taxIds.list()).data.map(({ id }) => id)).toEqual([own.id]);
    const customers = await stripe.customers.createTaxId(made.customer as string, {
      type: 'gb_vat',
      value: 'GB1',
    });
    for (const id of [customers.id, 'atxi_none'])
      expect(await rejected(stripe.invoices.update(made.id, { account_tax_ids: [id] }))).toMatchObject({
        code: 'resource_missing',
        param: 'account_tax_ids[0]',
      });
    expect((await stripe.invoices.update(made.id, { account_tax_ids: '' })).account_tax_ids).toBeNull();
    await stripe.taxIds.del(own.id);
    expect(await rejected(stripe.taxIds.retrieve(own.id))).toMatchObject({ statusCode: 404 });
  });
});
