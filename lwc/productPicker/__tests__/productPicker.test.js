import { createElement } from 'lwc';
import ProductPicker from 'c/productPicker';
import getProducts from '@salesforce/apex/RaiseInvoiceController.getProducts';

jest.mock(
  '@salesforce/apex/RaiseInvoiceController.getProducts',
  () => {
    const { createApexTestWireAdapter } = jest.requireActual('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);

const PRODUCTS = [
  { productId: '01t000000000001AAA', name: 'Consulting Day', productCode: 'DAY', unitPrice: 850 },
  { productId: '01t000000000002AAA', name: 'Licence', productCode: null, unitPrice: 99.9 },
];

const settle = () => Promise.resolve();

describe('c-product-picker', () => {
  let picker;
  let picked;

  beforeEach(async () => {
    picked = jest.fn();
    picker = createElement('c-product-picker', { is: ProductPicker });
    picker.label = 'Product';
    picker.required = true;
    picker.currencyCode = 'USD';
    picker.addEventListener('productselect', (event) => picked(event.detail));
    document.body.appendChild(picker);
    getProducts.emit(PRODUCTS);
    await settle();
  });

  afterEach(() => {
    jest.useRealTimers();
    document.body.replaceChildren();
  });

  const input = () => picker.shadowRoot.querySelector('input');
  const options = () => [...picker.shadowRoot.querySelectorAll('[role=option]')];
  const press = async (key) => {
    input().dispatchEvent(
      new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, composed: true }),
    );
    await settle();
  };

  it('is a labelled combobox that controls a listbox', () => {
    const label = picker.shadowRoot.querySelector('label');
    expect(label.textContent).toContain('Product');
    expect(label.getAttribute('for')).toBe(input().id);
    expect(input().getAttribute('role')).toBe('combobox');
    expect(input().getAttribute('aria-controls')).toBe(picker.shadowRoot.querySelector('[role=listbox]').id);
    expect(input().getAttribute('aria-expanded')).toBe('false');
  });

  it('hands over the product that is clicked and shows its name', async () => {
    input().focus();
    await settle();
    expect(input().getAttribute('aria-expanded')).toBe('true');
    options()[1].click();
    await settle();
    expect(picked).toHaveBeenCalledWith(PRODUCTS[1]);
    expect(input().value).toBe('Licence');
    expect(input().getAttribute('aria-expanded')).toBe('false');
    expect(options()[1].getAttribute('aria-selected')).toBe('true');
  });

  it('can be used with the keyboard alone', async () => {
    await press('ArrowDown');
    await press('ArrowDown');
    expect(input().getAttribute('aria-activedescendant')).toBe(options()[1].id);
    await press('ArrowDown');
    expect(input().getAttribute('aria-activedescendant')).toBe(options()[0].id);
    await press('Enter');
    expect(picked).toHaveBeenCalledWith(PRODUCTS[0]);
  });

  it('goes to the last product when the arrow up comes first', async () => {
    await press('ArrowUp');
    expect(input().getAttribute('aria-activedescendant')).toBe(options()[1].id);
  });

  it('searches once per pause in typing', async () => {
    jest.useFakeTimers();
    for (const text of ['c', 'co', 'con']) {
      input().value = text;
      input().dispatchEvent(new CustomEvent('input'));
      jest.advanceTimersByTime(100);
    }
    expect(getProducts.getLastConfig()).toEqual({ searchText: '', currencyCode: 'USD' });
    jest.advanceTimersByTime(250);
    await settle();
    expect(getProducts.getLastConfig()).toEqual({ searchText: 'con', currencyCode: 'USD' });
  });

  it('drops text that is not a chosen product', async () => {
    input().value = 'nonsense';
    input().dispatchEvent(new CustomEvent('input'));
    input().dispatchEvent(new CustomEvent('blur'));
    await settle();
    expect(input().value).toBe('');
  });

  it('keeps Escape to itself while the list is open', async () => {
    const escaped = jest.fn();
    picker.addEventListener('keydown', escaped);
    input().focus();
    await settle();
    await press('Escape');
    expect(escaped).not.toHaveBeenCalled();
    await press('Escape');
    expect(escaped).toHaveBeenCalledTimes(1);
  });

  it('asks for a product when it is required and none is chosen', async () => {
    expect(picker.reportValidity()).toBe(false);
    await settle();
    expect(input().getAttribute('aria-invalid')).toBe('true');
    const help = picker.shadowRoot.querySelector('.slds-form-element__help');
    expect(help.textContent).toBe('c.Choose_Product');
    expect(input().getAttribute('aria-describedby')).toBe(help.id);
    picker.product = { productId: '01t000000000002AAA', name: 'Licence' };
    expect(picker.reportValidity()).toBe(true);
  });

  it('says so when nothing matches, and when the products cannot be read', async () => {
    getProducts.emit([]);
    await settle();
    expect(picker.shadowRoot.querySelector('[role=listbox]').textContent).toBe('c.No_Products');
    getProducts.error({ message: 'You do not have access.' });
    await settle();
    expect(picker.shadowRoot.querySelector('.slds-form-element__help').textContent).toBe(
      'You do not have access.',
    );
  });
});
