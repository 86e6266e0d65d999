import { createElement } from 'lwc';
import LineTable from 'c/lineTable';

const LINES = [
  { key: '1', productId: '01t1', productName: 'Day', description: 'May', unitPrice: 0.1, quantity: 3 },
  { key: '2', productId: null, productName: null, description: 'Fee', unitPrice: '5', quantity: '' },
];

describe('c-line-table', () => {
  let table;

  async function mount(properties) {
    table = createElement('c-line-table', { is: LineTable });
    Object.assign(table, {
      lines: LINES,
      currencyCode: 'USD',
      decimals: 2,
      tableLabel: 'Items',
      ...properties,
    });
    document.body.appendChild(table);
    await Promise.resolve();
  }

  afterEach(() => document.body.replaceChildren());

  const all = (selector) => [...table.shadowRoot.querySelectorAll(selector)];

  it('shows exact amounts, and nothing for a line that is not complete', async () => {
    await mount();
    const amounts = all('[data-amount] lightning-formatted-number').map(({ value }) => value);
    expect(amounts).toEqual([0.3, null]);
    expect(all('lightning-input')).toHaveLength(0);
  });

  it('is a labelled table with column and row headers', async () => {
    await mount();
    expect(all('table')[0].getAttribute('aria-label')).toBe('Items');
    expect(all('th[scope=col]')).toHaveLength(4);
    expect(all('th[scope=row]').map(({ textContent }) => textContent)).toEqual(['Day', '']);
  });

  it('tells its parent what was entered', async () => {
    await mount({ editable: true, withDescription: true });
    const changed = jest.fn();
    table.addEventListener('linechange', (event) => changed(event.detail));
    all('lightning-input[data-field=quantity]')[1].dispatchEvent(
      new CustomEvent('change', { detail: { value: '2' } }),
    );
    expect(changed).toHaveBeenCalledWith({ key: '2', values: { quantity: '2' } });
  });

  it('takes the list price with a newly chosen product', async () => {
    await mount({ editable: true, choosesProduct: true });
    const changed = jest.fn();
    table.addEventListener('linechange', (event) => changed(event.detail));
    const detail = { productId: '01t2', name: 'Licence', unitPrice: 99 };
    all('c-product-picker')[0].dispatchEvent(new CustomEvent('productselect', { detail }));
    expect(changed).toHaveBeenCalledWith({
      key: '1',
      values: { productId: '01t2', productName: 'Licence', unitPrice: 99 },
    });
  });

  it('names each field and button after its line for screen readers', async () => {
    await mount({ editable: true });
    expect(all('lightning-input').map(({ label }) => label)).toEqual([
      'c.Price: Day',
      'c.Quantity: Day',
      'c.Price: Fee',
      'c.Quantity: Fee',
    ]);
    const removed = jest.fn();
    table.addEventListener('lineremove', (event) => removed(event.detail));
    const [, button] = all('lightning-button-icon');
    expect(button.alternativeText).toBe('c.Remove Fee');
    button.click();
    expect(removed).toHaveBeenCalledWith({ key: '2' });
  });

  it('puts the focus on the first field of a line on request', async () => {
    await mount({ editable: true, choosesProduct: true });
    const focus = jest.fn();
    all('c-product-picker')[1].focus = focus;
    table.focusLine('2');
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('reports every invalid field at once', async () => {
    await mount({ editable: true });
    const reports = all('lightning-input').map((input, index) => {
      input.reportValidity = jest.fn(() => index !== 1);
      return input.reportValidity;
    });
    expect(table.reportValidity()).toBe(false);
    reports.forEach((report) => expect(report).toHaveBeenCalledTimes(1));
  });
});
