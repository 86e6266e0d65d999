import { createElement } from 'lwc';
import FactList from 'c/factList';

describe('c-fact-list', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows each term with its value as what it is', () => {
    const list = createElement('c-fact-list', { is: FactList });
    list.currencyCode = 'EUR';
    list.facts = [
      { id: 'name', label: 'Invoice', value: 'A-1' },
      { id: 'to', label: 'To', value: 'ap@acme.example', isStrong: true, note: 'Billing Email' },
      { id: 'due', label: 'Due', value: '2026-12-24', isDate: true },
      { id: 'left', label: 'Left', value: 12.5, isMoney: true },
    ];
    document.body.appendChild(list);
    const find = (selector) => list.shadowRoot.querySelector(selector);
    expect([...list.shadowRoot.querySelectorAll('dt')].map(({ textContent }) => textContent)).toEqual([
      'Invoice',
      'To',
      'Due',
      'Left',
    ]);
    expect(find('[data-id=name]').textContent).toBe('A-1');
    expect(find('[data-id=to] strong').textContent).toBe('ap@acme.example');
    expect(find('[data-id=to]').textContent).toContain('(Billing Email)');
    expect(find('[data-id=due] lightning-formatted-date-time').value).toBe('2026-12-24');
    expect(find('[data-id=left] lightning-formatted-number')).toMatchObject({
      value: 12.5,
      currencyCode: 'EUR',
    });
  });

  it('shows a strong one of sums as the sum', () => {
    const list = createElement('c-fact-list', { is: FactList });
    list.variant = 'sums';
    list.facts = [
      { id: 'tax', label: 'Tax', value: 1, isMoney: true },
      { id: 'total', label: 'Total', value: 2, isMoney: true, isStrong: true },
    ];
    document.body.appendChild(list);
    const [tax, total] = list.shadowRoot.querySelectorAll('dd');
    expect(tax.className).not.toContain('slds-text-heading_small');
    expect(total.className).toContain('slds-text-heading_small');
  });
});
