import { crmChangedSince } from '../../sync/domain/planGone.ts';
import { planCrmInvoice } from '../../sync/domain/planCrmInvoice.ts';
import {
  canShow,
  currencyConflicts,
  inItsCurrency,
  inStripesCurrency,
  unclearCurrency,
} from '../../sync/domain/recordCurrency.ts';
import { crmInvoice, crmLine, invoiceTerms, stripeInvoice, stripeLine, terms } from './invoices.ts';

const CONTEXT = {
  sentAt: null,
  amountRefunded: 0,
  productOf: () => null,
  taxRateOf: () => null,
  touch: false,
  conflictNote: null,
  now: '2026-11-21T12:00:00.000Z',
};

test('an org with a single currency is never asked for the field', () => {
  const { fields, insertLines } = planCrmInvoice(
    null,
    stripeInvoice({ currency: 'eur', lines: [stripeLine('il_1')] }),
    CONTEXT,
  );
  expect(fields).not.toHaveProperty('CurrencyIsoCode');
  expect(insertLines[0]!.fields).not.toHaveProperty('CurrencyIsoCode');
  expect(fields).toMatchObject({ Currency__c: 'EUR', Total__c: 0 });
});

test.each([
  ['one that is active', undefined, 'eur', true],
  ['one that the record is in although it is no longer active', { CurrencyIsoCode: 'GBP' }, 'gbp', true],
  ['any other', { CurrencyIsoCode: 'EUR' }, 'gbp', false],
])('the org can show amounts of %s: %j', (_, before, currency, expected) => {
  expect(canShow(before, currency, ['EUR', 'USD'])).toBe(expected);
  expect(
    inItsCurrency({ Total__c: 1, Status__c: 'Open' }, { before, currency, currencies: ['EUR', 'USD'] }),
  ).toEqual(
    expected
      ? { Total__c: 1, Status__c: 'Open', CurrencyIsoCode: currency.toUpperCase() }
      : { Total__c: null, Status__c: 'Open' },
  );
});

test('figures count in Stripe’s currency, whatever the record says, and a price that was never shown is Stripe’s', () => {
  const stripe = stripeInvoice({
    currency: 'jpy',
    terms: invoiceTerms({ discount: { amount: 50 } }),
    lines: [stripeLine('il_1', { terms: terms({ unitAmount: '700' }) })],
  });
  const line = (fields: object) =>
    crmLine('L1', { stripeId: 'il_1', fields: { CurrencyIsoCode: 'USD', Quantity__c: 3, ...fields } });
  const read = (fields: object, ofLine: object) =>
    inStripesCurrency(
      crmInvoice({ currency: 'usd', fields: { CurrencyIsoCode: 'USD', ...fields }, lines: [line(ofLine)] }),
      stripe,
    );
  const bare = read({}, {});
  expect(bare.lines[0]!.terms).toMatchObject({ unitAmount: '700', quantity: '3' });
  expect(bare.terms.discount).toEqual({ amount: 50 });
  // Nor is it an edit that would outlive the deletion of the draft in Stripe.
  const base = {
    terms: invoiceTerms({ discount: { amount: 50 } }),
    lines: { L1: { ...bare.lines[0]!.terms, stripeId: 'il_1' } },
  };
  const asRead = crmInvoice({
    currency: 'jpy',
    stripeId: 'in_1',
    terms: invoiceTerms(),
    fields: { CurrencyIsoCode: 'USD' },
    lines: [{ ...bare.lines[0]!, terms: { ...bare.lines[0]!.terms, unitAmount: '0' } }],
  });
  expect(crmChangedSince(base, asRead)).toBe(false);
  expect(crmChangedSince(base, { ...asRead, terms: invoiceTerms({ description: 'Other' }) })).toBe(true);
  const shown = read({ Total__c: 5, Discount_Amount__c: 20 }, { Unit_Price__c: 12 });
  expect(shown.lines[0]!.terms.unitAmount).toBe('12');
  expect(shown.terms.discount).toEqual({ amount: 20 });
});

test.each([
  ['somebody has changed it', 'USD', { CurrencyIsoCode: 'EUR', Currency__c: 'USD' }, ['EUR']],
  ['somebody has changed the text', undefined, { Currency__c: 'JPY' }, ['JPY']],
  [
    'nobody has: the org has just got its currencies',
    undefined,
    { CurrencyIsoCode: 'EUR', Currency__c: 'USD' },
    [],
  ],
  ['somebody has emptied the text', 'USD', { CurrencyIsoCode: 'USD', Currency__c: null }, []],
])('%s', (_, recordCurrency, fields, expected) => {
  const base = { terms: invoiceTerms(), lines: {}, ...(recordCurrency && { recordCurrency }) };
  const found = currencyConflicts(base, crmInvoice({ fields }), stripeInvoice({ currency: 'usd' }));
  expect(found.map(({ crm }) => crm)).toEqual(expected);
  expect(currencyConflicts(null, crmInvoice({ fields }), stripeInvoice())).toEqual([]);
});

test.each([
  [{ Currency__c: 'EUR', CurrencyIsoCode: 'USD' }, ['EUR', 'USD']],
  [{ Currency__c: 'usd', CurrencyIsoCode: 'USD' }, null],
  [{ Currency__c: null, CurrencyIsoCode: 'USD' }, null],
  [{ Currency__c: 'EUR', CurrencyIsoCode: null }, null],
])('of a record without an invoice in Stripe %j is unclear: %j', (fields, expected) =>
  expect(unclearCurrency(fields)).toEqual(expected),
);
