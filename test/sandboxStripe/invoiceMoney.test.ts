import fc from 'fast-check';
import type Stripe from 'stripe';
import { emptyDraft, makeDraft, rejected, startTestStripe, violations } from './testStripe.ts';
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

const credit = (unit_amount: number): Stripe.CreditNoteCreateParams.Line => ({
  type: 'custom_line_item',
  description: 'Credit',
  quantity: 1,
  unit_amount,
});

async function finalized(currency: string, amount: number): Promise<Stripe.Invoice> {
  const { id } = await emptyDraft(stripe, { currency });
  await stripe.invoices.addLines(id, { lines: [{ amount }] });
  return stripe.invoices.finalizeInvoice(id);
}

describe('currencies', () => {
  it('that Stripe has not are refused', async () => {
    const customer = await stripe.customers.create({});
    const made = await rejected(stripe.invoices.create({ customer: customer.id, currency: 'xxx' }));
    expect(made).toMatchObject({ statusCode: 400, param: 'currency' });
    expect(made.message).toMatch(
      /^Invalid currency: xxx\. Stripe currently supports these currencies: usd, aed,/,
    );
  });

  it.each([
    ['jpy', 49, 0, 49],
    ['jpy', 50, 50, 0],
    ['huf', 17_499, 0, 17_499],
    ['twd', 12_345, 12_345, 0],
    ['kwd', 12_340, 12_340, 0],
    // Whole krónur and shillings only: the rest is debt, or credit, on the customer's balance.
    ['isk', 12_345, 12_300, 45],
    ['isk', 12_350, 12_400, -50],
    ['ugx', 49, 0, 49],
  ])('%s: of %i, %i are due and %i go to the balance', async (currency, total, due, balance) => {
    const invoice = await finalized(currency, total);
    expect(invoice).toMatchObject({
      total,
      amount_due: due,
      status: due === 0 ? 'paid' : 'open',
      ending_balance: balance,
    });
    const customer = await stripe.customers.retrieve(invoice.customer as string);
    expect(customer).toMatchObject({ balance, currency });
    const { data } = await stripe.customers.listBalanceTransactions(customer.id);
    expect(data.map(({ amount, type }) => [amount, type])).toEqual(
      balance === 0 ? [] : [[balance, due === 0 ? 'invoice_too_small' : 'adjustment']],
    );
  });

  it('gives what was rounded back when the invoice is voided', async () => {
    const invoice = await finalized('isk', 12_345);
    await stripe.invoices.voidInvoice(invoice.id);
    expect(await stripe.customers.retrieve(invoice.customer as string)).toMatchObject({ balance: 0 });
  });

  it.each([
    ['usd', 100_000_000, 'amount_too_large', 'Amount must be no more than $999,999.99'],
    ['jpy', 10_000_000_000, 'amount_too_large', 'Amount must be no more than ¥9,999,999,999'],
    ['kwd', 12_345, 'invalid_charge_amount', 'evenly divisible by 10'],
  ])('%s: an invoice of %i stays a draft, as %s', async (currency, amount, code, message) => {
    const { id } = await emptyDraft(stripe, { currency });
    await stripe.invoices.addLines(id, { lines: [{ amount }] });
    const refused = await rejected(stripe.invoices.finalizeInvoice(id));
    expect(refused).toMatchObject({ statusCode: 400, code });
    expect(refused.message).toContain(message);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'draft', number: null });
  });

  it('take more than eight digits where Stripe does', async () => {
    expect(await finalized('jpy', 9_999_999_999)).toMatchObject({ amount_due: 9_999_999_999 });
  });
});

describe('a credit note of a taxed and discounted invoice', () => {
  async function taxed(): Promise<{ invoice: Stripe.Invoice; added: string; included: string }> {
    const { id: added } = await stripe.taxRates.create({
      display_name: 'VAT',
      percentage: 19,
      inclusive: false,
    });
    const { id: included } = await stripe.taxRates.create({
      display_name: 'GST',
      percentage: 5,
      inclusive: true,
    });
    const { id: coupon } = await stripe.coupons.create({ amount_off: 1_000, currency: 'usd' });
    const draft = await makeDraft(stripe, 333);
    await stripe.invoices.update(draft.id, { default_tax_rates: [added], discounts: [{ coupon }] });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 9_667, tax_rates: [included] }] });
    return { invoice: await stripe.invoices.finalizeInvoice(draft.id), added, included };
  }

  it('credits its discounts and taxes with the lines, to the last cent over several notes', async () => {
    const { invoice, added } = await taxed();
    const [small, large] = invoice.lines.data;
    const line = (id: string, amount: number) =>
      ({ type: 'invoice_line_item', invoice_line_item: id, amount }) as const;
    const first = await stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [line(small!.id, 100), line(small!.id, 100), line(large!.id, 5_000)],
    });
    // 33 of 1,000 were taken off the small line of 333, and 57 are its tax.
    expect(first.lines.data[0]).toMatchObject({
      amount: 100,
      discount_amount: 10,
      taxes: [{ amount: 17, tax_rate_details: { tax_rate: added } }],
      tax_rates: [{ id: added }],
    });
    const preview = await stripe.creditNotes.preview({
      invoice: invoice.id,
      lines: [line(small!.id, 133), line(large!.id, 4_667)],
    });
    expect(preview.total).toBe(invoice.total - first.total);
    const second = await stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [line(small!.id, 133), line(large!.id, 4_667)],
    });
    const both = [first, second];
    const sumOf = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);
    expect(sumOf(both.map(({ subtotal }) => subtotal))).toBe(invoice.subtotal);
    expect(sumOf(both.map((note) => note.discount_amount))).toBe(1_000);
    expect(sumOf(both.map((note) => note.total_excluding_tax!))).toBe(invoice.total_excluding_tax);
    expect(sumOf(both.flatMap((note) => note.total_taxes!.map(({ amount }) => amount)))).toBe(
      sumOf(invoice.total_taxes!.map(({ amount }) => amount)),
    );
    for (const note of both)
      expect(note).toMatchObject({
        total: note.amount,
        pretax_credit_amounts: [{ amount: note.discount_amount, type: 'discount' }],
      });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_remaining: 0 });
    expect(
      await rejected(stripe.creditNotes.create({ invoice: invoice.id, lines: [line(small!.id, 1)] })),
    ).toMatchObject({ statusCode: 400, param: 'lines[0][invoice_line_item]' });
  });

  it('takes tax rates and tax amounts for lines of its own', async () => {
    const { invoice, added, included } = await taxed();
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [
        { ...credit(1_000), tax_rates: [added] },
        { ...credit(1_050), tax_rates: [included] },
        { ...credit(100), tax_amounts: [{ amount: 7, taxable_amount: 100, tax_rate: added }] },
      ],
    });
    expect(note).toMatchObject({
      subtotal: 2_150,
      subtotal_excluding_tax: 2_100,
      total: 2_150 + 190 + 7,
      total_excluding_tax: 2_100,
      total_taxes: [
        { amount: 197, tax_behavior: 'exclusive', taxable_amount: 1_100 },
        { amount: 50, tax_behavior: 'inclusive', taxable_amount: 1_000 },
      ],
    });
    const wrong: Stripe.CreditNoteCreateParams.Line[] = [
      {
        ...credit(100),
        tax_rates: [added],
        tax_amounts: [{ amount: 1, taxable_amount: 1, tax_rate: added }],
      },
      { ...credit(100), tax_amounts: [{ amount: 1, taxable_amount: 1, tax_rate: 'txr_none' }] },
      { type: 'invoice_line_item', invoice_line_item: invoice.lines.data[0]!.id, tax_rates: [added] },
    ];
    const refusals = await Promise.all(
      wrong.map((line) => rejected(stripe.creditNotes.create({ invoice: invoice.id, lines: [line] }))),
    );
    expect(refusals.map(({ param }) => param)).toEqual([
      'lines[0][tax_amounts]',
      'lines[0][tax_amounts][0][tax_rate]',
      'lines[0][tax_rates]',
    ]);
  });
});

it('finalizes, pays and credits random invoices to the cent', async () => {
  const rates = await Promise.all(
    [
      [19, false],
      [7.25, false],
      [10, true],
    ].map(([percentage, inclusive]) =>
      stripe.taxRates.create({
        display_name: 'Tax',
        percentage: Number(percentage),
        inclusive: inclusive === true,
      }),
    ),
  );
  const coupons = await Promise.all([
    stripe.coupons.create({ percent_off: 12.5 }),
    stripe.coupons.create({ amount_off: 777, currency: 'usd' }),
  ]);
  const some = fc.subarray(rates.map(({ id }) => id));
  const discounts = fc.shuffledSubarray(coupons.map(({ id }) => ({ coupon: id })));
  const line = fc.record({ amount: fc.integer({ min: 0, max: 99_999 }), tax_rates: some, discounts });
  const invoices = fc.record({
    default_tax_rates: some,
    discounts,
    lines: fc.array(line, { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(invoices, async ({ lines, ...terms }) => {
      const { id } = await emptyDraft(stripe);
      await stripe.invoices.update(id, {
        default_tax_rates: terms.default_tax_rates,
        discounts: terms.discounts,
      });
      const draft = await stripe.invoices.addLines(id, { lines });
      const invoice = await stripe.invoices.finalizeInvoice(id);
      expect(invoice.total_taxes).toEqual(draft.total_taxes);
      expect(invoice.total).toBe(totalOf(invoice));
      if (invoice.total < 50) return;
      const credits = invoice.lines.data.filter(({ amount }) => amount > 0);
      const note = await stripe.creditNotes.create({
        invoice: id,
        lines: credits.map((one) => ({
          type: 'invoice_line_item',
          invoice_line_item: one.id,
          amount: one.amount,
        })),
      });
      expect(note).toMatchObject({
        total: invoice.total,
        subtotal: invoice.subtotal,
        subtotal_excluding_tax: invoice.subtotal_excluding_tax,
        total_excluding_tax: invoice.total_excluding_tax,
      });
      expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', amount_remaining: 0 });
    }),
    { numRuns: 25 },
  );
});

/** The identity that every invoice keeps: lines, less discounts, with exclusive taxes. */
function totalOf(invoice: Stripe.Invoice): number {
  const sum = (parts: { amount: number }[] | null) =>
    (parts ?? []).reduce((all, { amount }) => all + amount, 0);
  const exclusive = invoice.total_taxes!.filter((tax) => tax.tax_behavior === 'exclusive');
  return sum(invoice.lines.data) - sum(invoice.total_discount_amounts) + sum(exclusive);
}
