import { deepStrictEqual, strictEqual } from 'node:assert';
import { join } from 'node:path';
import fc from 'fast-check';
import { toLineInputs, toRecords } from '../../sandbox/salesforce/apex/invoiceLines.ts';
import { checkValue } from '../../sandbox/salesforce/records/checkValue.ts';
import type { FieldDescribe } from '../../sandbox/salesforce/schema/describeTypes.ts';
import { loadSchema } from '../../sandbox/salesforce/schema/schema.ts';
import { exponentOf, supportedCurrencies } from '../../sandbox/stripe/currencies.ts';
import { lineFigures } from '../../sandbox/stripe/invoices/figures.ts';
import { lineAmount as stripesAmount, sum } from '../../sandbox/stripe/money.ts';
import type { StripeInvoice } from '../../sync/domain/invoice.ts';
import { lineNumbers } from '../../sync/domain/lineNumbers.ts';
import {
  chargeStep,
  currencyExponent,
  decimal,
  lineAmount,
  MoneyError,
  roundedDecimal,
  toMajorDecimal,
  toMinorUnits,
} from '../../sync/domain/money.ts';
import { planCrmInvoice, type CrmFields } from '../../sync/domain/planCrmInvoice.ts';
import { invoiceSums, type PageRate } from '../setup/pageSums.ts';
import { stripeInvoice, stripeLine, terms } from './invoices.ts';

const root = join(__dirname, '../..');
const schema = loadSchema(join(root, 'salesforce-metadata'), (name) => name.slice(0, 3));

/** What the org gives back of what was written: its fields' decimals and sizes, and JSON both ways. */
function throughOrg(object: string, fields: CrmFields): CrmFields {
  const stored = Object.entries(fields).map(([name, value]) => {
    const kept = checkValue(field(object, name), value as string | number | null);
    if (kept instanceof Error) throw kept;
    return [name, kept];
  });
  return JSON.parse(JSON.stringify(Object.fromEntries(stored))) as CrmFields;
}

const field = (object: string, name: string): FieldDescribe => schema.object(object)!.field(name)!;

/** Exact, and by no code of ours: a fraction of whole numbers, a half away from zero. */
function byHand(quantity: string, unitAmount: string): bigint {
  const parts = (text: string): [bigint, bigint] => {
    const [whole = '', fraction = ''] = text.split('.');
    return [BigInt(whole + fraction), 10n ** BigInt(fraction.length)];
  };
  const [units, ofUnits] = parts(quantity);
  const [price, ofPrice] = parts(unitAmount);
  const [value, of] = [units * price, ofUnits * ofPrice];
  return ((2n * (value < 0n ? -value : value) + of) / (2n * of)) * (value < 0n ? -1n : 1n);
}

const digits = (most: number) =>
  fc
    .integer({ min: 1, max: most })
    .chain((length) => fc.bigInt({ min: 0n, max: 10n ** BigInt(length) - 1n }));
const decimals = (whole: number, places: number) =>
  fc.tuple(digits(whole), digits(places)).map(([left, right]) => decimal(`${left}.${right}`));

// Most prices are whole cents, as in life; the others go down to what Stripe takes at all.
const unitAmount = fc.oneof(
  { weight: 4, arbitrary: digits(8).map(String) },
  { weight: 1, arbitrary: digits(12).map(String) },
  { weight: 2, arbitrary: decimals(6, 12) },
  { weight: 1, arbitrary: digits(5).map((amount) => `-${amount + 1n}`) },
);
const quantity = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 5000 }).map(String) },
  { weight: 2, arbitrary: decimals(3, 4) },
  { weight: 1, arbitrary: decimals(2, 12) },
);
const currency = fc.constantFrom(...supportedCurrencies());
const invoices = fc.record({
  currency,
  lines: fc.array(fc.record({ unitAmount, quantity }), { minLength: 1, maxLength: 6 }),
});

// No invoice can be charged beyond that, in any currency.
const LARGEST = 99_999_999_999_999;

const RUNS = { numRuns: 10_000, seed: 20261121 };

test('10,000 invoices of all currencies say the same in the org as in Stripe, to the last digit', () => {
  fc.assert(
    fc.property(invoices, ({ currency: code, lines }) => {
      const amounts = lines.map((line) => stripesAmount(line.quantity, line.unitAmount));
      const total = sum(amounts);
      fc.pre(Math.max(Math.abs(total), ...amounts.map(Math.abs)) <= LARGEST);
      const invoice: StripeInvoice = stripeInvoice({
        currency: code,
        lines: lines.map((line, index) =>
          stripeLine(`il_${index}`, { amount: amounts[index]!, terms: terms({ product: null, ...line }) }),
        ),
        ...{ subtotal: total, total, amountDue: total, amountRemaining: total },
      });
      const plan = planCrmInvoice(null, invoice, {
        sentAt: null,
        amountRefunded: 0,
        productOf: () => null,
        taxRateOf: () => null,
        touch: false,
        conflictNote: null,
        now: '2026-11-21T12:00:00Z',
      });
      const { Subtotal__c, Total__c, Amount_Due__c } = throughOrg('Invoice__c', plan.fields);
      deepStrictEqual(
        [Subtotal__c, Total__c, Amount_Due__c].map((value) => toMinorUnits(Number(value), code)),
        [total, total, total],
      );
      plan.insertLines.forEach(({ fields }, index) => {
        const kept = throughOrg('Invoice_Line__c', fields);
        strictEqual(toMinorUnits(Number(kept.Amount__c), code), amounts[index]);
        deepStrictEqual({ ...lineNumbers(kept, code) }, { ...lines[index] });
      });
    }),
    RUNS,
  );
});

test('Stripe’s stand-in and the engine multiply as Stripe says it does: exactly, a half away from zero', () => {
  fc.assert(
    fc.property(quantity, unitAmount, (units, price) => {
      const exact = Number(byHand(units, price));
      strictEqual(stripesAmount(units, price), exact);
      strictEqual(lineAmount(units, price), exact);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(currency, (code) => {
      expect(currencyExponent(code)).toBe(exponentOf(code));
    }),
  );
});

// What a person can enter: Unit_Price__c has six decimals, Quantity__c four.
const typed = { unitPrice: decimals(6, 6), quantity: decimals(3, 4) };
const entered = fc.record(typed);
const NO_OPTIONS = { discountPercent: null, discountAmount: null, taxRateId: null };

test('what the dialog adds up and Apex stores before Stripe has answered is what Stripe will say', () => {
  fc.assert(
    fc.property(currency, fc.array(entered, { minLength: 1, maxLength: 6 }), (code, lines) => {
      const exponent = exponentOf(code);
      const inStripe = lines.map(({ unitPrice, quantity: units }) =>
        stripesAmount(units, toMinorText(unitPrice, exponent)),
      );
      const { total } = invoiceSums({ lines, options: NO_OPTIONS, taxRates: [] }, exponent);
      strictEqual(total, BigInt(sum(inStripe)));
      const inputs = toLineInputs(
        lines.map((line) => ({ unitPrice: Number(line.unitPrice), quantity: Number(line.quantity) })),
      );
      deepStrictEqual(
        toRecords(
          inputs,
          { invoiceId: 'a01', currencyCode: code.toUpperCase() },
          { isMultiCurrency: false },
        ).map(({ Amount__c }) => toMinorUnits(Number(Amount__c), code)),
        inStripe,
      );
    }),
    RUNS,
  );
});

const taxRates = fc.array(
  fc.record({
    percentage: fc.integer({ min: 0, max: 400_000 }).map((parts) => parts / 10_000),
    inclusive: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);
const taxed = fc.record({
  currency,
  lines: fc.array(fc.record({ ...typed, rate: fc.nat(3) }), { minLength: 1, maxLength: 6 }),
  rates: taxRates,
  rate: fc.nat(3),
  discount: fc.oneof(
    fc.constant({ discountPercent: null, discountAmount: null }),
    fc.integer({ min: 1, max: 10_000 }).map((parts) => ({
      discountPercent: String(parts / 100),
      discountAmount: null,
    })),
    digits(7).map((amount) => ({ discountPercent: null, discountAmount: String(amount + 1n) })),
  ),
});

test('what the page previews of discounts and taxes is what Stripe’s stand-in computes, to the last digit', () => {
  fc.assert(
    fc.property(taxed, ({ currency: code, lines, rates, rate, discount }) => {
      const exponent = exponentOf(code);
      const named = rates.map((one, index) => ({ ...one, taxRateId: `rate${index}`, name: `rate${index}` }));
      const ofRate = (index: number) => named[index] ?? null;
      const asStripes = (one: PageRate) => ({ ...one, id: one.taxRateId });
      const off = {
        id: 'di',
        percent_off: discount.discountPercent === null ? null : Number(discount.discountPercent),
        amount_off:
          discount.discountAmount === null ? null : toMinorUnits(Number(discount.discountAmount), code),
        products: null,
      };
      const figures = lineFigures({
        lines: lines.map((line) => ({
          amount: stripesAmount(line.quantity, toMinorText(line.unitPrice, exponent)),
          discountable: true,
          product: null,
          discounts: [],
          tax_rates: [ofRate(line.rate) ?? ofRate(rate)].filter((one) => one !== null).map(asStripes),
        })),
        discounts: off.percent_off === null && off.amount_off === null ? [] : [off],
        exemption: 'none',
      });
      const previewed = invoiceSums(
        {
          lines: lines.map((line) => ({ ...line, taxRateId: ofRate(line.rate)?.taxRateId })),
          options: { ...discount, taxRateId: ofRate(rate)?.taxRateId ?? null },
          taxRates: named,
        },
        exponent,
      );
      deepStrictEqual(
        {
          subtotal: Number(previewed.subtotal),
          discount: Number(previewed.discount),
          tax: previewed.taxes.reduce((all, { amount }) => all + Number(amount), 0),
          total: Number(previewed.total),
        },
        {
          subtotal: sum(figures.map((one) => one.subtotal)),
          discount: sum(figures.flatMap((one) => one.discount_amounts.map(({ amount }) => amount))),
          tax: sum(figures.flatMap((one) => one.taxes.map(({ amount }) => amount))),
          total: sum(figures.map((one) => one.total)),
        },
      );
    }),
    { ...RUNS, numRuns: 3_000 },
  );
});

const toMinorText = (major: string, exponent: number) => {
  const [whole = '', fraction = ''] = major.split('.');
  const digitsOf = fraction.padEnd(exponent, '0');
  return decimal(`${whole}${digitsOf.slice(0, exponent)}.${digitsOf.slice(exponent)}`);
};

test('the largest amounts that Stripe takes in any currency fit the org’s fields', () => {
  const largest: [string, number][] = [
    ['usd', 99_999_999],
    ['kwd', 99_999_990],
    ['jpy', 9_999_999_999],
    ['idr', 999_999_999_999],
    ['lbp', 99_999_999_999_999],
  ];
  for (const [code, minor] of largest) {
    const major = Number(toMajorDecimal(minor, code));
    expect(throughOrg('Invoice__c', { Total__c: major })).toEqual({ Total__c: major });
    expect(throughOrg('Invoice_Line__c', { Unit_Price__c: major })).toEqual({ Unit_Price__c: major });
    expect(toMinorUnits(major, code)).toBe(minor);
  }
});

test.each([
  ['kwd', 10],
  ['BHD', 10],
  ['usd', 1],
  ['jpy', 1],
  ['isk', 1],
])('amounts in %s are charged in steps of %i', (code, step) => expect(chargeStep(code)).toBe(step));

test.each([
  ['0.5', 0, '1'],
  ['-0.5', 0, '-1'],
  ['0.49', 0, '0'],
  ['1.0000005', 6, '1.000001'],
  ['12', 6, '12'],
])('%s rounded to %i places is %s', (value, places, rounded) =>
  expect(roundedDecimal(value, places)).toBe(rounded),
);

test('a text that is no number, or does not fit the number beside it, does not count', () => {
  const price = (Unit_Price__c: number, Unit_Price_Exact__c: string | null) =>
    lineNumbers({ Unit_Price__c, Unit_Price_Exact__c, Quantity__c: 1 }, 'usd').unitAmount;
  expect(price(0.001235, '0.00123456789012')).toBe('0.123456789012');
  expect(price(0.5, '0.00123456789012')).toBe('50');
  expect(price(0.5, 'half')).toBe('50');
  expect(() => lineNumbers({ Unit_Price__c: 'x' }, 'usd')).toThrow(MoneyError);
});
