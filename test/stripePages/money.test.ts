import { formatMoney, formatUnitPrice } from '../../sandbox/stripe/pages/money.ts';

/** What stands between currency and digits is a no-break space. */
const plain = (text: string) => text.replace(/\u00A0/g, ' ');

test.each([
  [123_450, 'usd', '$1,234.50'],
  [5, 'usd', '$0.05'],
  [-7, 'usd', '-$0.07'],
  [0, 'eur', '€0.00'],
  [500, 'jpy', '¥500'],
  [1250, 'kwd', 'KWD 1.250'],
  [500, 'isk', 'ISK 5.00'],
  [500, 'ugx', 'UGX 5.00'],
  [123_456, 'huf', 'HUF 1,234.56'],
  [9_007_199_254_740_991, 'usd', '$90,071,992,547,409.91'],
])('%d minor units of %s are %s', (amount, currency, text) => {
  expect(plain(formatMoney(amount, currency))).toBe(text);
});

test.each([
  ['1250', 'usd', '$12.50'],
  ['0.5', 'usd', '$0.005'],
  ['12.345', 'usd', '$0.12345'],
  ['-3', 'usd', '-$0.03'],
  ['500', 'jpy', '¥500'],
  ['0.25', 'jpy', '¥0.25'],
])('a unit price of %s minor units of %s is %s', (amount, currency, text) => {
  expect(plain(formatUnitPrice(amount, currency))).toBe(text);
});
