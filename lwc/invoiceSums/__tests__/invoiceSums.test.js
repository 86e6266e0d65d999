import { invoiceSums } from 'c/invoiceSums';
import { NO_OPTIONS } from 'c/draftInputs';

const VAT = { taxRateId: 'vat', name: 'VAT 19%', percentage: 19, inclusive: false };
const WITHIN = { taxRateId: 'within', name: 'VAT 7% inclusive', percentage: 7, inclusive: true };

const line = (unitPrice) => ({ unitPrice, quantity: 1 });
const sums = (prices, options, decimals = 2) =>
  invoiceSums(
    { lines: prices.map(line), options: { ...NO_OPTIONS, ...options }, taxRates: [VAT, WITHIN] },
    decimals,
  );

describe('c/invoiceSums', () => {
  it('sums to the cent what floating point does not', () => {
    expect(sums(Array.from({ length: 10 }, () => '0.1'))).toMatchObject({ subtotal: 100n, total: 100n });
  });

  it('rounds a percentage line by line, a half up', () => {
    expect(sums(['0.05', '0.05'], { discountPercent: '50' })).toMatchObject({ discount: 6n, total: 4n });
  });

  it('spreads an amount over the lines to the last cent, and takes no more than there is', () => {
    expect(sums(['1', '1', '1'], { discountAmount: '1' })).toMatchObject({ discount: 100n, total: 200n });
    expect(sums(['1'], { discountAmount: '5' })).toMatchObject({ discount: 100n, total: 0n });
    expect(sums(['0'], { discountAmount: '5' })).toMatchObject({ discount: 0n, total: 0n });
  });

  it('takes tax of what is left, on top or out of it, each line by its own rate', () => {
    const lines = [line('100'), { ...line('59.97'), taxRateId: 'within' }];
    const options = { ...NO_OPTIONS, taxRateId: 'vat', discountPercent: '10' };
    expect(invoiceSums({ lines, options, taxRates: [VAT, WITHIN] }, 2)).toEqual({
      subtotal: 15997n,
      discount: 1600n,
      taxes: [
        { name: 'VAT 19%', inclusive: false, amount: 1710n },
        { name: 'VAT 7% inclusive', inclusive: true, amount: 353n },
      ],
      total: 16107n,
    });
  });

  it('leaves a line of less than nothing, and one that is not complete, without a discount', () => {
    expect(sums(['-5', '10', ''], { discountPercent: '10' })).toMatchObject({
      subtotal: 500n,
      discount: 100n,
    });
  });

  it('counts in the units of the currency', () => {
    expect(sums(['100', '99'], { discountAmount: '50', taxRateId: 'vat' }, 0)).toMatchObject({
      subtotal: 199n,
      total: 177n,
    });
  });
});
