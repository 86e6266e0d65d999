import { createElement } from 'lwc';
import DueDateInput from 'c/dueDateInput';

describe('c-due-date-input', () => {
  let input;
  let changes;

  beforeEach(() => {
    changes = [];
    input = createElement('c-due-date-input', { is: DueDateInput });
    Object.assign(input, { today: '2026-11-20', paymentTerms: 'Net 30', dueDate: '2026-12-20' });
    input.addEventListener('duechange', ({ detail }) => changes.push(detail));
    document.body.appendChild(input);
  });
  afterEach(() => document.body.replaceChildren());

  const find = (selector) => input.shadowRoot.querySelector(selector);
  const enter = (selector, value) =>
    find(selector).dispatchEvent(new CustomEvent('change', { detail: { value } }));

  it('counts the due date from the terms; a day that is typed has none', () => {
    enter('[data-id=terms]', 'Due on receipt');
    enter('[data-id=terms]', 'End of month');
    enter('[data-field=dueDate]', '2026-12-24');
    expect(changes).toEqual([
      { paymentTerms: 'Due on receipt', dueDate: '2026-11-20' },
      { paymentTerms: 'End of month', dueDate: '2026-11-30' },
      { paymentTerms: '', dueDate: '2026-12-24' },
    ]);
  });

  it('takes no day in the past, unless it follows terms and is counted anew', async () => {
    expect(find('[data-field=dueDate]').min).toBeUndefined();
    input.paymentTerms = '';
    await Promise.resolve();
    expect(find('[data-field=dueDate]').min).toBe('2026-11-20');
  });
});
