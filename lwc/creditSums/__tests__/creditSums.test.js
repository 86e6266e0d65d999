import { creditParts, lineCredit, linesCredit, usualSplit } from 'c/creditSums';

describe('c-credit-sums', () => {
  it.each([
    [{ amount: 100, quantity: 3 }, '2', 2, 6667n],
    [{ amount: 100, quantity: 3 }, '3', 2, 10000n],
    [{ amount: 0.03, quantity: 2 }, '1', 2, 2n],
    [{ amount: 5000, quantity: 3 }, '1', 0, 1667n],
    [{ amount: 100, quantity: 3 }, '', 2, 0n],
    [{ amount: 100, quantity: 3 }, '4', 2, null],
    [{ amount: 100, quantity: 3 }, '1.5', 2, null],
    [{ amount: 100, quantity: 3 }, '-1', 2, null],
    [{ amount: 19.99, quantity: 1.5 }, '19.99', 2, 1999n],
    [{ amount: 19.99, quantity: 1.5 }, '20', 2, null],
    [{ amount: 19.99, quantity: 1.5 }, '0.001', 2, null],
  ])('credits of %p, where %p was typed, with %i decimals %p', (line, typed, decimals, expected) => {
    expect(lineCredit(line, typed, decimals)).toBe(expected);
  });

  it('sums lines, and knows no sum as long as one is wrong', () => {
    const lines = Array.from({ length: 10 }, (_, index) => ({ lineId: index, amount: 0.1, quantity: 1 }));
    const typed = Object.fromEntries(lines.map(({ lineId }) => [lineId, '1']));
    expect(linesCredit(lines, typed, 2)).toBe(100n);
    expect(linesCredit(lines, { ...typed, 4: '2' }, 2)).toBeNull();
  });

  it('lowers what is owed first, and gives the rest to the card as far as it came from there', () => {
    expect(creditParts(100n, 30n)).toEqual({ lowered: 30n, paid: 70n });
    expect(creditParts(20n, 30n)).toEqual({ lowered: 20n, paid: 0n });
    expect(usualSplit(70n, 50n)).toEqual({ refund: 50n, balance: 0n, outside: 20n });
    expect(usualSplit(70n, 90n)).toEqual({ refund: 70n, balance: 0n, outside: 0n });
  });
});
