import { createElement } from 'lwc';
import { deepQuery, deepQueryAll } from './deepQuery';

export const RECORD_ID = 'a00000000000001AAA';

/** What an open invoice of 100.00 USD with nothing paid looks like to a dialog that moves money. */
export const MONEY = {
  name: 'A-0001',
  accountName: 'Acme',
  status: 'Open',
  currencyCode: 'USD',
  currencyDecimals: 2,
  today: '2026-11-21',
  subtotal: 100,
  total: 100,
  amountPaid: 0,
  amountRemaining: 100,
  payments: [],
  lines: [],
};

// After a turn of the event loop every pending promise and rendering is done.
export const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A dialog of an action in the page, as a person sees and uses it. */
export async function openDialog(name, is, props) {
  const element = createElement(name, { is });
  Object.assign(element, { recordId: RECORD_ID, ...props });
  const closed = [];
  element.addEventListener('close', ({ detail }) => closed.push(detail));
  document.body.appendChild(element);
  await settle();
  const find = (selector) => deepQuery(element, selector);
  const fields = () =>
    deepQueryAll(element, 'lightning-input, lightning-combobox, lightning-radio-group, lightning-textarea');
  // Salesforce's stubs of the fields say nothing about what is in them.
  const allValid = (isValid) =>
    fields().forEach((field) => Object.assign(field, { reportValidity: () => isValid }));
  return {
    element,
    closed,
    find,
    findAll: (selector) => deepQueryAll(element, selector),
    text: (selector) => find(selector)?.textContent ?? null,
    /** The value of an amount that is shown. */
    shown: (id) => find(`[data-id=${id}] lightning-formatted-number`)?.value,
    async enter(selector, value) {
      const field = find(selector);
      const input = field.shadowRoot?.querySelector('lightning-input') ?? field;
      input.dispatchEvent(new CustomEvent('change', { detail: { value } }));
      await settle();
    },
    async confirm(isValid = true) {
      allValid(isValid);
      find('[data-id=confirm]').click();
      await settle();
    },
  };
}
