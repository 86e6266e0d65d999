import { lineInput, NO_OPTIONS, optionsInput } from 'c/draftInputs';

describe('c/draftInputs', () => {
  it('hands Apex numbers in place of what was typed, and nothing in place of what is empty', () => {
    expect(
      lineInput({ key: '1', productId: '01t1', productName: 'Day', unitPrice: '0.10', quantity: '3' }),
    ).toEqual({
      lineId: null,
      productId: '01t1',
      description: null,
      unitPrice: 0.1,
      quantity: 3,
    });
    const typed = { discountPercent: '', discountAmount: '5.00', taxRateId: '', footer: ' ', finalizeOn: '' };
    expect(optionsInput({ ...NO_OPTIONS, ...typed })).toEqual({ ...NO_OPTIONS, discountAmount: 5 });
  });
});
