import fc from 'fast-check';
import { creditShare } from '../../sync/domain/creditShare.ts';
import { actOn } from './actOn.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import type { OrgError } from './orgUser.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterAll(() => world?.stop());

interface Sums {
  total: number;
  lowered: number;
  toGiveBack: number;
}
const preview = (invoiceId: string, lines: object[]) =>
  world.rep.apex<Sums>('InvoiceMoneyController', 'previewCredit', {
    invoiceId,
    params: JSON.stringify({ lines }),
  });

/** Two lines with a discount and two taxes on top, and one that is in the price; open. */
async function taxed(): Promise<{ crmId: string; id: string; lines: { id: string; crmId: string }[] }> {
  const { stripe } = world;
  const crmId = await job.raise([
    { product: job.products[0]!.name, unitPrice: 33.33, quantity: 3 },
    { product: job.products[1]!.name, unitPrice: 19.99, quantity: 7 },
  ]);
  await world.rep.update('Invoice__c', crmId, { Discount_Percent__c: 7 });
  await job.sync(crmId);
  const { id } = await job.stripeInvoice(crmId);
  const rate = (percentage: number, inclusive: boolean) =>
    stripe.taxRates.create({ display_name: 'VAT', percentage, inclusive });
  const rates = [await rate(19, false), await rate(2.5, false)];
  await stripe.invoices.update(id, { default_tax_rates: rates.map((one) => one.id) });
  const { data } = (await stripe.invoices.retrieve(id)).lines;
  const within = await rate(7, true);
  await stripe.invoices.updateLineItem(id, data[1]!.id, { tax_rates: [within.id] });
  await stripe.invoices.finalizeInvoice(id);
  await job.becomes(crmId, 'Open');
  const inOrg = await world.rep.lines(crmId);
  const crmIdOf = (line: string) => inOrg.find((one) => one.Stripe_Line_Id__c === line)!.Id;
  return { crmId, id, lines: data.map((line) => ({ id: line.id, crmId: crmIdOf(line.id) })) };
}

test('what lines come to with taxes and discounts is what Stripe credits in the end, before and after payment', async () => {
  const { crmId, id, lines } = await taxed();
  const [first, second] = lines;
  const open = await preview(crmId, [{ line: first!.id, quantity: 1 }]);
  expect(open).toMatchObject({ lowered: open.total, toGiveBack: 0 });
  expect(open.total).toBeGreaterThan(33.33);
  const credit = async (lines: object[], given: object = {}) =>
    (await actOn(world, { action: 'credit', crmId }, { body: { lines, ...given } })).status;
  expect(await credit([{ line: first!.crmId, quantity: 1 }])).toBe(200);
  const newest = async () => (await world.stripe.creditNotes.list({ invoice: id, limit: 1 })).data[0]!.total;
  expect(await newest()).toBe(Math.round(open.total * 100));

  await world.stripe.invoices.pay(id, { payment_method: 'pm_card_visa' });
  await job.becomes(crmId, 'Paid');
  const both = [
    { line: first!.id, quantity: 1 },
    { line: second!.id, amount: 12.34 },
  ];
  const paid = await preview(crmId, both);
  expect(paid).toMatchObject({ lowered: 0, toGiveBack: paid.total });
  const asked = [
    { line: first!.crmId, quantity: 1 },
    { line: second!.crmId, amount: 12.34 },
  ];
  expect(await credit(asked, { refund: paid.toGiveBack })).toBe(200);
  expect(await newest()).toBe(Math.round(paid.total * 100));
  // Nothing was done by asking.
  expect((await world.stripe.creditNotes.list({ invoice: id })).data).toHaveLength(2);
});

test('what Stripe would not credit is told in its words, and of a stranger line in ours', async () => {
  const { crmId, lines } = await taxed();
  const words = (lines: object[]) =>
    preview(crmId, lines).then(
      () => '',
      (error: unknown) => (error as OrgError).message,
    );
  expect(await words([{ line: lines[0]!.id, quantity: 4 }])).toMatch(
    /^Stripe does not take this credit note for .*greater than what can still be credited.* nothing was done\.$/,
  );
  expect(await words([{ line: 'il_other' }])).toContain('is no line of the invoice');
});

test('parts of a line add up to the line, a cent for each part aside', () => {
  const cents = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(
      fc.record({
        amount: fc.integer({ min: 1, max: 10_000_000 }),
        quantity: fc.integer({ min: 1, max: 50 }),
        discounts: fc.array(cents, { maxLength: 2 }),
        addedTaxes: fc.array(cents, { maxLength: 3 }),
      }),
      (line) => {
        const whole = creditShare(line, {});
        expect(whole).toBe(
          line.amount -
            line.discounts.reduce((sum, value) => sum + value, 0) +
            line.addedTaxes.reduce((sum, value) => sum + value, 0),
        );
        expect(creditShare(line, { quantity: line.quantity })).toBe(whole);
        expect(creditShare(line, { amount: line.amount })).toBe(whole);
      },
    ),
  );
});
