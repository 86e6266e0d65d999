import { createElement } from 'lwc';
import { NO_OPTIONS } from 'c/draftInputs';
import InvoiceOptions from 'c/invoiceOptions';

jest.mock('@salesforce/label/c.Archived', () => ({ default: '{0} (archived)' }), { virtual: true });

const RATES = [
  { taxRateId: 'a', name: 'VAT 19%', active: true },
  { taxRateId: 'b', name: 'VAT 16%', active: false },
];

describe('c-invoice-options', () => {
  let element;

  function mount(options, properties) {
    element = createElement('c-invoice-options', { is: InvoiceOptions });
    Object.assign(element, {
      options: { ...NO_OPTIONS, ...options },
      taxRates: RATES,
      currencyCode: 'USD',
      today: '2026-11-21',
      subtotal: 10000n,
      ...properties,
    });
    // As its parents do.
    element.addEventListener('optionschange', ({ detail }) => {
      element.options = { ...element.options, ...detail };
    });
    document.body.appendChild(element);
  }
  afterEach(() => document.body.replaceChildren());

  const find = (selector) => element.shadowRoot.querySelector(selector);
  const all = (selector) => [...element.shadowRoot.querySelectorAll(selector)];
  const enter = async (selector, value, type = 'change') => {
    find(selector).dispatchEvent(new CustomEvent(type, { detail: { value } }));
    await Promise.resolve();
  };
  const headings = () => all('lightning-accordion-section').map(({ label }) => label);

  it('has a discount in percent or as an amount, never both', async () => {
    mount();
    expect(find('[data-id=kind]').value).toBe('none');
    await enter('[data-id=kind]', 'percent');
    await enter('[data-field=discountPercent]', '12.5');
    expect(element.options).toMatchObject({ discountPercent: '12.5', discountAmount: null });
    await enter('[data-id=kind]', 'amount');
    expect(find('[data-field=discountPercent]')).toBeNull();
    expect(find('[data-field=discountAmount]').most).toBe(10000n);
    await enter('[data-field=discountAmount]', '5', 'amountchange');
    expect(element.options).toMatchObject({ discountPercent: null, discountAmount: '5' });
    await enter('[data-id=kind]', 'none');
    expect(element.options).toMatchObject({ discountPercent: null, discountAmount: null });
  });

  it('offers the tax rates, and says where they come from when there are none', async () => {
    mount();
    expect(find('[data-field=taxRateId]').options).toEqual([
      { label: 'c.No_Tax', value: '' },
      { label: 'VAT 19%', value: 'a' },
      { label: 'VAT 16% (archived)', value: 'b' },
    ]);
    await enter('[data-field=taxRateId]', 'a');
    expect(element.options.taxRateId).toBe('a');
    expect(find('[data-id=no-rates]')).toBeNull();
    mount({}, { taxRates: [] });
    expect(find('[data-id=no-rates]').textContent).toBe('c.No_Tax_Rates');
  });

  it('has up to four custom fields, each named for screen readers', async () => {
    mount();
    const add = async () => {
      find('[data-id=add-field]').click();
      await Promise.resolve();
    };
    await add();
    await enter('[data-part=name]', 'PO');
    await enter('[data-part=value]', '4711');
    await add();
    expect(all('[data-part=name]').map(({ label }) => label)).toEqual(['c.Field_Name 1', 'c.Field_Name 2']);
    expect(all('lightning-button-icon').map(({ title }) => title)).toEqual(['c.Remove PO', 'c.Remove 2']);
    await add();
    await add();
    expect(find('[data-id=add-field]')).toBeNull();
    all('lightning-button-icon')[1].click();
    await Promise.resolve();
    expect(element.options.customFields).toEqual([
      { name: 'PO', value: '4711' },
      { name: '', value: '' },
      { name: '', value: '' },
    ]);
  });

  it('tells in the headings of its closed sections what is in them', () => {
    mount({
      discountAmount: '5',
      taxRateId: 'a',
      footer: 'Thanks',
      customFields: [{ name: 'PO', value: '4711' }],
      finalizeOn: '2026-12-01',
    });
    expect(headings()).toEqual([
      'c.Discount_And_Tax: 5 USD, VAT 19%',
      'c.Footer_And_Custom_Fields: c.Footer, PO',
      'c.Send_By_Itself: 2026-12-01',
    ]);
  });

  it('opens the section of what is wrong', async () => {
    mount();
    all('[data-section]').forEach((field) => {
      field.reportValidity = () => field.dataset.field !== 'finalizeOn';
    });
    expect(element.reportValidity()).toBe(false);
    await Promise.resolve();
    expect(find('lightning-accordion').activeSectionName).toEqual(['schedule']);
    expect(find('[data-field=finalizeOn]').min).toBe('2026-11-21');
  });
});
