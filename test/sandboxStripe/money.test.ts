import { canonicalDecimal, lineAmount, nearestWhole, sum, wholeOrNull } from '../../sandbox/stripe/money.ts';

it.each([
  ['3', '1999', 5997],
  ['3', '0.5', 2],
  ['1', '0.4999', 0],
  ['3', '-0.5', -2],
  ['0.1', '0.1', 0],
  ['0.000000000001', '500000000000', 1],
  ['1000000', '0.000001', 1],
  ['1.1', '1.1', 1],
  ['90071992', '99999999', 9_007_199_109_928_008],
])('%s times %s is %i in whole minor units', (quantity, unit, amount) => {
  expect(lineAmount(quantity, unit)).toBe(amount);
});

it('sums without floating point, and refuses what JSON cannot carry', () => {
  expect(sum([9_007_199_254_740_990, 1, -1])).toBe(9_007_199_254_740_990);
  expect(() => sum([Number.MAX_SAFE_INTEGER, 1])).toThrow(RangeError);
  expect(() => lineAmount('9007199254740992', '1')).toThrow(RangeError);
});

it.each([
  ['5.000', '5'],
  ['19.90', '19.9'],
  ['0.5', '0.5'],
  ['-0.50', '-0.5'],
  ['007', '7'],
  ['0', '0'],
])('writes %s as %s', (text, canonical) => {
  expect(canonicalDecimal(text)).toBe(canonical);
});

it('knows whole numbers from fractions', () => {
  expect([wholeOrNull('12.000'), wholeOrNull('12.5'), nearestWhole('12.5'), nearestWhole('12.4')]).toEqual([
    12,
    null,
    13,
    12,
  ]);
});

it('refuses what is no decimal', () => {
  expect(() => lineAmount('1e3', '1')).toThrow('Not a decimal');
  expect(() => lineAmount('1.1234567890123', '1')).toThrow('Not a decimal');
});
