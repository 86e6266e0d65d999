import fc from 'fast-check';
import { invoiceSums, type PageRate } from '../setup/pageSums.ts';
import { actOn } from './actOn.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;

beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterAll(() => world?.stop());

const NO_OPTIONS = { discountPercent: null, discountAmount: null, taxRateId: null };

const ratesInOrg = (stripeId: string) =>
  world.rep.query(
    'SELECT Id, Name, Percentage__c, Inclusive__c, Active__c, Country__c, Jurisdiction__c, Sync_Status__c ' +
      `FROM Tax_Rate__c WHERE Stripe_Tax_Rate_Id__c = '${stripeId}'`,
  );
const inOrg = (stripeId: string) =>
  eventually(async () => (await ratesInOrg(stripeId))[0], `${stripeId} is in the org`, 20_000);

/** A rate that both sides have. */
async function rate(percentage: number, inclusive: boolean) {
  const made = await world.stripe.taxRates.create({
    display_name: 'VAT',
    percentage,
    inclusive,
    country: 'DE',
  });
  return { stripeId: made.id, crmId: (await inOrg(made.id)).Id };
}
const edit = async (id: string, fields: object) => {
  await world.rep.update('Invoice__c', id, fields);
  return job.sync(id);
};
const hundred = async () => {
  const { name } = job.products[0]!;
  const id = await job.raise([
    { product: name, unitPrice: 100, quantity: 1 },
    { product: name, unitPrice: 19.99, quantity: 3 },
  ]);
  await job.sync(id);
  return id;
};

test('a tax rate of Stripe becomes a record of the org, and follows it', async () => {
  const made = await world.stripe.taxRates.create({
    display_name: 'VAT',
    percentage: 7.5,
    inclusive: true,
    country: 'DE',
    jurisdiction: 'Berlin',
  });
  expect(await inOrg(made.id)).toMatchObject({
    Name: 'VAT 7.5% inclusive',
    Percentage__c: 7.5,
    Inclusive__c: true,
    Active__c: true,
    Country__c: 'DE',
    Jurisdiction__c: 'Berlin',
    Sync_Status__c: 'Synced',
  });
  await world.stripe.taxRates.update(made.id, { active: false, display_name: 'Old VAT' });
  await eventually(async () => {
    const [row] = await ratesInOrg(made.id);
    return row?.Active__c === false && row.Name === 'Old VAT 7.5% inclusive' ? row : undefined;
  }, 'the archived rate is not active in the org');
});

test('a rate of the invoice and another one of a line go both ways, and the org’s totals are Stripe’s', async () => {
  const [added, within] = [await rate(19, false), await rate(7, true)];
  const id = await hundred();
  const [first, second] = await world.rep.lines(id);
  await world.rep.update('Invoice_Line__c', second!.Id, { Tax_Rate__c: within.crmId });
  await edit(id, { Tax_Rate__c: added.crmId });
  // 100.00 and 19.00 on top; 59.97 with 3.92 in it.
  const invoice = await job.stripeInvoice(id);
  expect(invoice).toMatchObject({ total: 17_897, total_excluding_tax: 15_605 });
  expect(await world.rep.invoice(id)).toMatchObject({
    Subtotal__c: 159.97,
    Tax__c: 22.92,
    Total_Excluding_Tax__c: 156.05,
    Total__c: 178.97,
    Tax_Rate__c: added.crmId,
  });
  expect((await world.rep.lines(id)).map((line) => line.Tax_Rate__c)).toEqual([null, within.crmId]);

  // In Stripe: the invoice gets another rate, the line loses its own.
  const other = await rate(5, false);
  await world.stripe.invoices.update(invoice.id, { default_tax_rates: [other.stripeId] });
  await world.stripe.invoices.updateLines(invoice.id, {
    lines: [{ id: String(second!.Stripe_Line_Id__c), tax_rates: '' }],
  });
  await job.sync(id);
  expect(await world.rep.invoice(id)).toMatchObject({
    Tax_Rate__c: other.crmId,
    Tax__c: 8,
    Total__c: 167.97,
  });
  expect((await world.rep.lines(id)).map((line) => line.Tax_Rate__c)).toEqual([null, null]);

  // A line that names the invoice's own rate is left so.
  await world.rep.update('Invoice_Line__c', first!.Id, { Tax_Rate__c: other.crmId });
  expect((await job.sync(id)).message).toContain('Nothing differed');
  await edit(id, { Tax_Rate__c: null });
  expect(await world.rep.invoice(id)).toMatchObject({ Tax_Rate__c: null, Tax__c: 5, Total__c: 164.97 });
  await world.rep.send(id);
  expect(await job.becomes(id, 'Open')).toMatchObject({ Tax__c: 5, Total__c: 164.97 });

  const { body } = await actOn(world, { action: 'duplicate', crmId: id });
  expect(await world.rep.invoice(body.newInvoice!.id)).toMatchObject({ Tax__c: 5, Total__c: 164.97 });
});

test('several rates of one invoice, which the org cannot say, stay as they are', async () => {
  const [one, two] = [await rate(3, false), await rate(4, false)];
  const id = await hundred();
  const { id: stripeId } = await job.stripeInvoice(id);
  await world.stripe.invoices.update(stripeId, { default_tax_rates: [one.stripeId, two.stripeId] });
  await edit(id, { Footer__c: 'Taxed twice' });
  const { default_tax_rates: rates, footer } = await job.stripeInvoice(id);
  expect(rates.map((each) => each.id)).toEqual([one.stripeId, two.stripeId]);
  expect(footer).toBe('Taxed twice');
  expect(await world.rep.invoice(id)).toMatchObject({
    Tax_Rate__c: null,
    Tax__c: 11.2,
    Sync_Status__c: 'Synced',
  });
});

const price = fc.integer({ min: 1, max: 5_000_000 }).map((parts) => parts / 1000);
const quantity = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 9999 }).map((parts) => parts / 1000),
);
const raised = fc.record({
  lines: fc.array(fc.record({ unitPrice: price, quantity }), { minLength: 1, maxLength: 4 }),
  discount: fc.oneof(
    fc.integer({ min: 1, max: 10_000 }).map((parts) => ({ discountPercent: parts / 100 })),
    fc.double({ min: 0.01, max: 1, noNaN: true }).map((ofSubtotal) => ({ ofSubtotal })),
    fc.constant({}),
  ),
  rate: fc.nat(2),
});

test('what the dialog previews of a discount and a tax is what both sides come to', async () => {
  const made = await Promise.all([rate(7.7, true), rate(8.875, false)]);
  const { taxRates } = await world.rep.apex<{ taxRates: PageRate[] }>(
    'RaiseInvoiceController',
    'getContext',
    {
      accountId: (await world.rep.query(`SELECT Id FROM Account WHERE Name = '${job.account}'`))[0]!.Id,
    },
  );
  for (const { lines, discount, rate: place } of fc.sample(raised, { numRuns: 10, seed: 20261121 })) {
    const { subtotal } = invoiceSums({ lines, options: NO_OPTIONS, taxRates }, 2);
    const discountAmount =
      'ofSubtotal' in discount ? Math.max(1, Math.floor(Number(subtotal) * discount.ofSubtotal)) / 100 : null;
    if (discountAmount !== null && discountAmount * 100 > Number(subtotal)) continue;
    const options = {
      discountPercent: 'discountPercent' in discount ? discount.discountPercent : null,
      discountAmount,
      taxRateId: made[place]?.crmId ?? null,
    };
    const sums = invoiceSums({ lines, options, taxRates }, 2);
    const product = job.products[0]!.name;
    const id = await world.rep.raiseInvoice({
      account: job.account,
      lines: lines.map((line) => ({ ...line, product })),
      options: { ...options, footer: 'Thank you', customFields: [{ name: 'PO', value: '4711' }] },
    });
    await job.sync(id);
    const taken = Number(sums.discount);
    const tax = sums.taxes.reduce((all, { amount }) => all + Number(amount), 0);
    const inStripe = await job.stripeInvoice(id);
    expect({
      subtotal: inStripe.subtotal,
      discount: inStripe.total_discount_amounts?.[0]?.amount ?? 0,
      tax: inStripe.total_taxes?.[0]?.amount ?? 0,
      total: inStripe.total,
    }).toEqual({ subtotal: Number(sums.subtotal), discount: taken, tax, total: Number(sums.total) });
    expect(inStripe).toMatchObject({ footer: 'Thank you', custom_fields: [{ name: 'PO', value: '4711' }] });
    const inOrg = await world.rep.invoice(id);
    expect(
      ['Subtotal__c', 'Discount__c', 'Tax__c', 'Total__c'].map((field) =>
        Math.round(Number(inOrg[field]) * 100),
      ),
    ).toEqual([Number(sums.subtotal), taken, tax, Number(sums.total)]);
  }
});

test('a tax rate that was made in the org is refused in words', async () => {
  const own = await world.admin.create('Tax_Rate__c', { Name: 'Our own', Percentage__c: 10 });
  const id = await hundred();
  expect((await edit(id, { Tax_Rate__c: own })).message).toContain('"Our own" is not one of Stripe');
  await edit(id, { Tax_Rate__c: null });
  expect(await world.rep.invoice(id)).toMatchObject({ Sync_Status__c: 'Synced', Tax__c: 0 });
});

describe('what the customer’s balance does', () => {
  const balance = async (amount: number) => {
    const id = await hundred();
    const { customer } = await job.stripeInvoice(id);
    await world.stripe.customers.update(String(customer), { balance: amount });
    return { id, customer: String(customer) };
  };
  const balanceOf = async (customer: string) =>
    ((await world.stripe.customers.retrieve(customer)) as { balance: number }).balance;

  test('credit pays a part of the invoice, and a debt is added to it', async () => {
    const { id, customer } = await balance(-5000);
    await world.rep.send(id);
    expect(await job.becomes(id, 'Open')).toMatchObject({
      Payment_State__c: 'Unpaid',
      Total__c: 159.97,
      Balance_Applied__c: 50,
      Amount_Due__c: 109.97,
      Amount_Remaining__c: 109.97,
    });
    const indebted = await balance(1000);
    await world.rep.send(indebted.id);
    expect(await job.becomes(indebted.id, 'Open')).toMatchObject({
      Total__c: 159.97,
      Balance_Applied__c: -10,
      Amount_Due__c: 169.97,
    });
    expect(await balanceOf(customer)).toBe(0);
  });

  test('enough credit, nothing to pay and too little to charge are paid at once', async () => {
    const { id, customer } = await balance(-20_000);
    await world.rep.send(id);
    expect(await job.becomes(id, 'Paid')).toMatchObject({
      Payment_State__c: 'Paid',
      Balance_Applied__c: 159.97,
      Amount_Due__c: 0,
      Amount_Remaining__c: 0,
    });
    expect(await balanceOf(customer)).toBe(-4003);
    await world.stripe.customers.update(customer, { balance: 0 });

    const free = await hundred();
    await edit(free, { Discount_Percent__c: 100 });
    await world.rep.send(free);
    expect(await job.becomes(free, 'Paid')).toMatchObject({
      Total__c: 0,
      Balance_Applied__c: 0,
      Amount_Due__c: 0,
    });

    const small = await job.raise([{ product: job.products[0]!.name, unitPrice: 0.3, quantity: 1 }]);
    await job.sync(small);
    await world.rep.send(small);
    expect(await job.becomes(small, 'Paid')).toMatchObject({
      Total__c: 0.3,
      Balance_Applied__c: 0.3,
      Amount_Due__c: 0,
    });
    expect(await balanceOf(customer)).toBe(30);
    await world.stripe.customers.update(customer, { balance: 0 });
  });

  test('what is paid beyond the invoice is credit for the next one', async () => {
    const { id, customer } = await balance(0);
    await world.rep.send(id);
    await job.becomes(id, 'Open');
    await actOn(
      world,
      { action: 'record-payment', crmId: id },
      { body: { amount: 170, paidOn: '2026-11-02', method: 'Bank transfer', reference: 'RF18' } },
    );
    await job.becomes(id, 'Paid');
    expect(await world.rep.invoice(id)).toMatchObject({ Amount_Remaining__c: 0, Payment_State__c: 'Paid' });
    expect(await balanceOf(customer)).toBe(-1003);
    const next = await hundred();
    await world.rep.send(next);
    expect(await job.becomes(next, 'Open')).toMatchObject({
      Balance_Applied__c: 10.03,
      Amount_Due__c: 149.94,
    });
    await payOnHostedPage(String((await world.rep.invoice(next)).Hosted_Invoice_Url__c), GOOD_CARD);
    expect(await job.becomes(next, 'Paid')).toMatchObject({ Amount_Paid__c: 149.94 });
  });
});
