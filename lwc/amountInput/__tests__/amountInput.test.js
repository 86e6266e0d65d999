import { createElement } from 'lwc';
import AmountInput from 'c/amountInput';

jest.mock('@salesforce/label/c.Amount_In', () => ({ default: 'Amount ({0})' }), { virtual: true });
jest.mock('@salesforce/label/c.Amount_Too_Large', () => ({ default: 'At most {0}.' }), { virtual: true });

describe('c-amount-input', () => {
  let amount;

  function mount(props) {
    amount = createElement('c-amount-input', { is: AmountInput });
    Object.assign(amount, { currencyCode: 'USD', ...props });
    document.body.appendChild(amount);
    return amount.shadowRoot.querySelector('lightning-input');
  }

  afterEach(() => document.body.replaceChildren());

  it('takes as many decimals as the currency has, more than nothing, and no more than there is', () => {
    expect(mount({ required: true, most: BigInt(123450) })).toMatchObject({
      label: 'Amount (USD)',
      step: '0.01',
      min: '0.01',
      max: '1234.50',
      messageWhenRangeOverflow: 'At most 1,234.50 USD.',
    });
    document.body.replaceChildren();
    expect(mount({ required: true, currencyCode: 'JPY', decimals: 0 })).toMatchObject({
      label: 'Amount (JPY)',
      step: '1',
      min: '1',
      max: undefined,
    });
    document.body.replaceChildren();
    expect(mount({ required: true, currencyCode: 'KWD', decimals: 3 })).toMatchObject({ step: '0.010' });
  });

  it('takes nothing at all where it is not required', () => {
    expect(mount({ label: 'Refund', most: BigInt(0) })).toMatchObject({
      label: 'Refund',
      min: '0',
      max: '0.00',
    });
  });

  it('says what was typed, is checked and gets the focus as an input does', () => {
    const input = mount({});
    const typed = [];
    amount.addEventListener('amountchange', ({ detail }) => typed.push(detail.value));
    input.dispatchEvent(new CustomEvent('change', { detail: { value: '12.5' } }));
    expect(typed).toEqual(['12.5']);
    input.reportValidity = jest.fn(() => false);
    input.focus = jest.fn();
    expect(amount.reportValidity()).toBe(false);
    amount.focus();
    expect(input.focus).toHaveBeenCalled();
  });
});
