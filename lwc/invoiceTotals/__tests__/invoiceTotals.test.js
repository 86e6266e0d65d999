import { createElement } from 'lwc';
import InvoiceTotals from 'c/invoiceTotals';

jest.mock('@salesforce/label/c.Discount_Of', () => ({ default: 'Discount ({0}%)' }), { virtual: true });
jest.mock('@salesforce/label/c.Tax_Within', () => ({ default: '{0} (in the total)' }), { virtual: true });

describe('c-invoice-totals', () => {
  let totals;

  afterEach(() => document.body.replaceChildren());

  function mount(sums, properties) {
    totals = createElement('c-invoice-totals', { is: InvoiceTotals });
    Object.assign(totals, { sums, currencyCode: 'USD', decimals: 2, ...properties });
    document.body.appendChild(totals);
    return totals.shadowRoot.querySelector('c-fact-list').facts.map(({ label, value }) => [label, value]);
  }

  const sums = (values) => ({ subtotal: 10000n, discount: 0n, taxes: [], total: 10000n, ...values });

  it('shows the total alone where there is nothing else', () => {
    expect(mount(sums())).toEqual([['c.Total', 100]]);
  });

  it('shows what is taken off, taxes on top, and after the total those that are in it', () => {
    const taxes = [
      { name: 'VAT 7% inclusive', inclusive: true, amount: 589n },
      { name: 'VAT 19%', inclusive: false, amount: 1710n },
    ];
    expect(
      mount(sums({ discount: 1000n, taxes, total: 10710n }), { discountPercent: '10.50', note: 'Said' }),
    ).toEqual([
      ['c.Subtotal', 100],
      ['Discount (10.5%)', -10],
      ['VAT 19%', 17.1],
      ['c.Total', 107.1],
      ['VAT 7% inclusive (in the total)', 5.89],
    ]);
    expect(totals.shadowRoot.querySelector('[data-id=note]').textContent).toBe('Said');
  });

  it('names an amount that is taken off a discount, and tells screen readers of changes', () => {
    expect(mount(sums({ discount: 1000n, total: 9000n }))[1]).toEqual(['c.Discount', -10]);
    expect(totals.shadowRoot.querySelector('.totals').getAttribute('aria-live')).toBe('polite');
  });
});
