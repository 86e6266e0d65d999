import fc from 'fast-check';
import {
  includedIn,
  lineFigures,
  taxesOn,
  totalDiscounts,
  totalTaxes,
} from '../../sandbox/stripe/invoices/figures.ts';
import type { DiscountTerms, InvoiceTerms, TaxTerms } from '../../sandbox/stripe/invoices/figures.ts';
import { proportion, shares, sum } from '../../sandbox/stripe/money.ts';

const rate = (percentage: number, inclusive = false): TaxTerms => ({
  id: `txr_${percentage}_${inclusive}`,
  percentage,
  inclusive,
});

describe('the taxes of an amount', () => {
  // The tables of docs.stripe.com/billing/taxes/tax-rates, and the one of support.stripe.com on rounding.
  it.each([
    [500, [rate(25)], [125]],
    [500, [rate(25, true)], [100]],
    [100_000, [rate(10, true)], [9_091]],
    [5_000, [rate(10, true)], [455]],
    [450, [rate(5)], [23]],
    [450, [rate(5, true)], [21]],
    [450, [rate(5, true), rate(7)], [21, 30]],
    [900, [rate(5, true), rate(7)], [43, 60]],
    [43, [rate(15)], [6]],
    [484, [rate(15)], [73]],
    [-450, [rate(5)], [-23]],
    [1_000, [rate(9.975), rate(5)], [100, 50]],
  ])('%i at %j are %j', (amount, rates, taxes) => {
    expect(taxesOn(amount, rates, 'none').taxes.map((tax) => tax.amount)).toEqual(taxes);
  });
});

describe('1,000 random invoices', () => {
  const rates = fc.uniqueArray(
    fc.record({
      percentage: fc.integer({ min: 0, max: 1_000_000 }).map((parts) => parts / 10_000),
      inclusive: fc.boolean(),
    }),
    { maxLength: 5, selector: ({ percentage, inclusive }) => `${percentage} ${inclusive}` },
  );
  const percent = fc
    .integer({ min: 1, max: 10_000 })
    .map((parts) => ({ percent_off: parts / 100, amount_off: null }));
  const amountOff = fc
    .integer({ min: 1, max: 200_000 })
    .map((amount_off) => ({ percent_off: null, amount_off }));
  const products = fc.option(fc.subarray(['a', 'b', 'c']));
  const discounts = fc.array(
    fc.tuple(fc.oneof(percent, amountOff), products).map(([off, only]) => ({ ...off, products: only })),
    { maxLength: 4 },
  );
  const invoices: fc.Arbitrary<InvoiceTerms> = fc
    .record({
      lines: fc.array(
        fc.record({
          amount: fc.oneof(
            { weight: 5, arbitrary: fc.integer({ min: 0, max: 10_000_000 }) },
            fc.integer({ min: -100_000, max: 0 }),
          ),
          discountable: fc.boolean(),
          product: fc.constantFrom('a', 'b', 'c', null),
          discounts,
          tax_rates: rates,
        }),
        { maxLength: 12 },
      ),
      discounts,
      exemption: fc.constantFrom('none' as const, 'none' as const, 'exempt' as const, 'reverse' as const),
    })
    .map(({ lines, discounts: whole, exemption }) => ({
      lines: lines.map((line, index) => ({
        ...line,
        discounts: named(line.discounts, `line${index}`),
        tax_rates: line.tax_rates.map((one) => rate(one.percentage, one.inclusive)),
      })),
      discounts: named(whole, 'invoice'),
      exemption,
    }));

  function named(terms: Omit<DiscountTerms, 'id'>[], owner: string): DiscountTerms[] {
    return terms.map((one, index) => ({ ...one, id: `di_${owner}_${index}` }));
  }

  it('keep what their lines, discounts and taxes add up to', () => {
    fc.assert(
      fc.property(invoices, (invoice) => {
        const figures = lineFigures(invoice);
        const taken = totalDiscounts(figures.map((one) => one.discount_amounts));
        const taxes = totalTaxes(figures.map((one) => one.taxes));
        const of = (kind: string) =>
          sum(taxes.filter((tax) => tax.tax_behavior === kind).map((tax) => tax.amount));
        const total = sum(figures.map((one) => one.total));
        const amounts = sum(invoice.lines.map((line) => line.amount));
        const off = sum(taken.map(({ amount }) => amount));
        const exempted = sum(figures.map((one) => one.exempted));
        expect(total).toBe(amounts - off + of('exclusive') - exempted);
        expect(sum(figures.map((one) => one.total_excluding_tax))).toBe(
          total - of('exclusive') - of('inclusive'),
        );
        const ofLines = sum(
          taken.filter(({ discount }) => discount.startsWith('di_line')).map((one) => one.amount),
        );
        expect(sum(figures.map((one) => one.subtotal))).toBe(amounts - ofLines);
        if (invoice.exemption !== 'none') expect(of('exclusive') + of('inclusive')).toBe(0);
        else expect(exempted).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('take off no more than there is, and nothing where no discount applies', () => {
    fc.assert(
      fc.property(invoices, (invoice) => {
        const figures = lineFigures(invoice);
        invoice.lines.forEach((line, index) => {
          const off = figures[index]!.discount_amounts.map(({ amount }) => amount);
          expect(off.every((amount) => amount >= 0)).toBe(true);
          expect(sum(off)).toBeLessThanOrEqual(Math.max(0, line.amount));
          if (!line.discountable) expect(off).toEqual([]);
        });
        for (const { id, amount_off } of invoice.discounts) {
          if (amount_off === null) continue;
          const parts = figures.flatMap((one) => one.discount_amounts).filter((one) => one.discount === id);
          expect(sum(parts.map(({ amount }) => amount))).toBeLessThanOrEqual(amount_off);
        }
      }),
    );
  });

  it('hold inclusive taxes that, on top of the net price, give the price again', () => {
    const amount = fc.integer({ min: -10_000_000, max: 10_000_000 });
    const one = fc.integer({ min: 0, max: 1_000_000 }).map((parts) => rate(parts / 10_000, true));
    fc.assert(
      fc.property(amount, one, (gross, tax) => {
        const net = gross - includedIn(gross, [tax]);
        const again = net + taxesOn(net, [{ ...tax, inclusive: false }], 'none').added;
        expect(Math.abs(again - gross)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it('splits a total so that nothing is lost, and nobody gets more than a cent too much', () => {
  const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(weights, fc.nat(1_000_000), (all, wanted) => {
      const whole = sum(all);
      const total = Math.min(wanted, whole);
      const given = shares(total, all);
      expect(sum(given)).toBe(total);
      given.forEach((amount, index) => {
        expect(amount).toBeLessThanOrEqual(all[index]!);
        if (whole > 0) expect(Math.abs(amount - (total * all[index]!) / whole)).toBeLessThan(1);
      });
    }),
  );
  expect([proportion(5, 1, 2), proportion(-5, 1, 2), proportion(49, 1, 100)]).toEqual([3, -3, 0]);
});
