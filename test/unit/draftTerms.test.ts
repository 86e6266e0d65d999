import fc from 'fast-check';
import { customFieldsText, readCustomFields } from '../../sync/domain/customFields.ts';
import { couponOf, discountOf } from '../../sync/domain/discount.ts';
import { NO_TERMS } from '../../sync/domain/invoice.ts';
import { readBase } from '../../sync/domain/readBase.ts';
import { termText } from '../../sync/domain/termText.ts';

const plain = (most: number) =>
  fc
    .string({ unit: fc.constantFrom('a', 'é', ' ', ':', '\\', '"', '1'), minLength: 1, maxLength: most })
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter(Boolean);

test('custom fields survive the way to the org’s text and back, whatever their names are', () => {
  const fields = fc.uniqueArray(fc.record({ name: plain(40), value: plain(140) }), {
    maxLength: 4,
    selector: ({ name }) => name,
  });
  fc.assert(
    fc.property(fields, (list) => {
      expect(readCustomFields(customFieldsText(list))).toEqual({ fields: list });
    }),
  );
});

test('the id of a coupon of ours says what it takes off, and no other coupon is taken for one', () => {
  const discounts = fc.oneof(
    fc.integer({ min: 1, max: 10_000 }).map((hundredths) => ({ percent: String(hundredths / 100) })),
    fc.integer({ min: 1, max: 99_999_999 }).map((amount) => ({ amount })),
  );
  fc.assert(
    fc.property(discounts, fc.constantFrom('usd', 'jpy', 'kwd'), (discount, currency) => {
      const coupon = couponOf(discount, currency);
      expect(discountOf(coupon)).toEqual(discount);
      expect(discountOf({ ...coupon, percent_off: 1.01, amount_off: 7 })).toBeNull();
      expect(discountOf({ ...coupon, id: 'SUMMER' })).toBeNull();
      expect(coupon.name.length).toBeLessThanOrEqual(40);
    }),
  );
});

test('what an earlier version has noted is read as what it meant', () => {
  const line = { description: 'Work', product: null, unitAmount: 1050, quantity: '2' };
  expect(
    readBase({
      terms: { description: 'Q4', dueDate: null },
      lines: { a: { ...line, stripeId: 'il_1', sent: [line] } },
    }),
  ).toEqual({
    terms: { ...NO_TERMS, description: 'Q4' },
    lines: {
      a: {
        ...line,
        unitAmount: '1050',
        taxRate: null,
        stripeId: 'il_1',
        sent: [{ ...line, unitAmount: '1050', taxRate: null }],
      },
    },
  });
  expect(readBase(null)).toBeNull();
});

test.each([
  ['customFields', [{ name: 'PO', value: '1' }], 'PO: 1'],
  ['customFields', [], null],
  ['discount', { percent: '12.5' }, '12.5%'],
  ['discount', { amount: 350 }, '3.50 USD'],
  ['description', 'Q4', 'Q4'],
  ['discount', null, null],
])('people read the term %s %j as %j', (field, value, text) => {
  expect(termText(field, value, 'usd')).toBe(text);
});
