import { inMoney, lineAmount, toInput, toScaled } from 'c/money';

describe('c-money', () => {
  it.each([
    ['12.5', 2, 1250n],
    [850, 2, 85000n],
    ['.5', 2, 50n],
    ['7.', 0, 7n],
    ['1.2300', 2, 123n],
    ['-0.01', 2, -1n],
    ['-.0', 0, 0n],
    ['', 2, null],
    ['.', 2, null],
    [null, 2, null],
    ['1e3', 2, null],
    ['0.001', 2, null],
    ['100.5', 0, null],
  ])('reads %p with %i decimals as %p', (value, decimals, expected) => {
    expect(toScaled(value, decimals)).toBe(expected);
  });

  it.each([
    ['0.1', '3', 2, 30n],
    ['1.15', '3', 2, 345n],
    ['19.99', '1.5', 2, 2999n],
    ['0.01', '0.4999', 2, 0n],
    ['333', '1.5', 0, 500n],
    ['0.0025', '1000', 2, 250n],
    ['0.005', '1', 2, 1n],
    ['-0.005', '1', 2, -1n],
    ['1.2345', '2', 3, 2469n],
    ['99999999999999.99', '9999', 2, 99989999999999990001n],
  ])(
    'multiplies %s by %s with %i decimals exactly, rounding half up',
    (unitPrice, quantity, decimals, expected) => {
      expect(lineAmount({ unitPrice, quantity }, decimals)).toBe(expected);
    },
  );

  it.each([
    [1250n, 2, '12.50', '12.50 USD'],
    [5n, 2, '0.05', '0.05 USD'],
    [123456789n, 2, '1234567.89', '1,234,567.89 USD'],
    [5000n, 0, '5000', '5,000 USD'],
  ])(
    'writes %p with %i decimals as %s into inputs, and as %s into sentences',
    (amount, decimals, input, said) => {
      expect(toInput(amount, decimals)).toBe(input);
      expect(inMoney(amount, { decimals, currencyCode: 'USD' })).toBe(said);
    },
  );
});
