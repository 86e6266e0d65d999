import {
  currencyExponent,
  formatMoney,
  MoneyError,
  sameDecimal,
  toMajorUnits,
  toMinorDecimal,
  toMinorUnits,
} from '../../sync/domain/money.ts';

describe('money', () => {
  test.each([
    ['usd', 2],
    ['EUR', 2],
    ['jpy', 0],
    ['krw', 0],
    ['kwd', 3],
    ['ugx', 2],
    ['isk', 2],
  ])('%s has %i decimals in the API', (currency, exponent) => {
    expect(currencyExponent(currency)).toBe(exponent);
  });

  test.each([
    [2649.99, 'usd', 264999],
    [0.3, 'usd', 30],
    [1.005, 'kwd', 1005],
    [1200, 'jpy', 1200],
    [-12.5, 'eur', -1250],
    ['19.90', 'usd', 1990],
    [0, 'usd', 0],
    [99_999_999_999.99, 'usd', 9_999_999_999_999],
    [5, 'isk', 500],
  ])('%s %s is %i in minor units, and back', (major, currency, minor) => {
    expect(toMinorUnits(major, currency)).toBe(minor);
    expect(toMajorUnits(minor, currency)).toBe(Number(major));
  });

  test('every cent up to 1,000.00 survives the way to Stripe and back', () => {
    for (let minor = 0; minor <= 100_000; minor++) {
      expect(toMinorUnits(toMajorUnits(minor, 'usd'), 'usd')).toBe(minor);
    }
  });

  test.each([
    [10.005, 'usd'],
    [0.5, 'jpy'],
    ['abc', 'usd'],
    ['', 'usd'],
    [Number.NaN, 'usd'],
    ['1e400', 'usd'],
  ])('refuses %s %s in words', (amount, currency) => {
    expect(() => toMinorUnits(amount, currency)).toThrow(MoneyError);
  });

  test('keeps the decimals below the minor unit of a unit price', () => {
    expect(toMinorDecimal(0.005, 'usd')).toBe('0.5');
    expect(toMinorDecimal(1e-7, 'usd')).toBe('0.00001');
    expect(toMinorDecimal(12, 'usd')).toBe('1200');
  });

  test('reads as people write it', () => {
    expect(formatMoney(264999, 'usd')).toBe('2,649.99 USD');
    expect(formatMoney(-5, 'usd')).toBe('-0.05 USD');
    expect(formatMoney(1234567, 'jpy')).toBe('1,234,567 JPY');
  });

  test('compares decimals by value', () => {
    expect(sameDecimal('3', '3.00')).toBe(true);
    expect(sameDecimal(0.25, '.25')).toBe(true);
    expect(sameDecimal('3', '3.01')).toBe(false);
  });
});
