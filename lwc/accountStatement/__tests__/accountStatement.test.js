import { createElement } from 'lwc';
import AccountStatement from 'c/accountStatement';
import { NavigationMixin } from 'lightning/navigation';
import getContext from '@salesforce/apex/AccountStatementController.getContext';
import createStatement from '@salesforce/apex/AccountStatementController.createStatement';
import { deepQuery, deepQueryAll } from '../../../test/setup/deepQuery';
import { settle } from '../../../test/setup/dialogTest';
import { daysOf } from '../periods';

jest.mock('@salesforce/apex/AccountStatementController.getContext', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/AccountStatementController.createStatement', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock(
  'lightning/actions',
  () => ({
    CloseActionScreenEvent: class extends CustomEvent {
      constructor() {
        super('closeactionscreen', { bubbles: true, composed: true });
      }
    },
  }),
  { virtual: true },
);
jest.mock('lightning/navigation', () => {
  const Navigate = Symbol('Navigate');
  const navigated = jest.fn();
  const Mixin = (Base) =>
    class extends Base {
      [Navigate](reference) {
        navigated(reference);
      }
    };
  return { NavigationMixin: Object.assign(Mixin, { Navigate, navigated }) };
});

const ACCOUNT_ID = '001000000000001AAA';
const FILE_ID = '069000000000001AAA';
const DONE = { status: 'done', message: 'The statement is stored.', fileId: FILE_ID };

describe('c-account-statement', () => {
  let dialog;
  let closed;

  async function open(context) {
    getContext.mockResolvedValue({ accountName: 'Acme', problem: null, today: '2026-03-15', ...context });
    closed = jest.fn();
    dialog = createElement('c-account-statement', { is: AccountStatement });
    dialog.addEventListener('closeactionscreen', closed);
    document.body.appendChild(dialog);
    dialog.recordId = ACCOUNT_ID;
    await settle();
  }

  const find = (selector) => deepQuery(dialog, selector);
  const text = (selector) => find(selector)?.textContent ?? null;
  const days = () => deepQueryAll(dialog, 'lightning-input').map(({ value, disabled }) => [value, disabled]);
  async function enter(selector, value) {
    find(selector).dispatchEvent(new CustomEvent('change', { detail: { value } }));
    await settle();
  }
  async function create(isValid = true) {
    for (const field of deepQueryAll(dialog, 'lightning-input'))
      Object.assign(field, { reportValidity: () => isValid, setCustomValidity: jest.fn() });
    find('[data-id=confirm]').click();
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('begins with the last full month, whose days nobody types', async () => {
    await open();
    expect(getContext).toHaveBeenCalledWith({ accountId: ACCOUNT_ID });
    expect(find('[data-id=period]').value).toBe('lastMonth');
    expect(days()).toEqual([
      ['2026-02-01', true],
      ['2026-02-28', true],
    ]);
  });

  it.each([
    ['thisMonth', '2026-03-15', '2026-03-01', '2026-03-15'],
    ['lastMonth', '2026-01-31', '2025-12-01', '2025-12-31'],
    ['last90Days', '2026-03-31', '2026-01-01', '2026-03-31'],
    ['thisYear', '2026-03-15', '2026-01-01', '2026-03-15'],
  ])('%s of %s is from %s to %s', (period, today, from, to) => {
    expect(daysOf(period, today)).toEqual({ from, to });
  });

  it('makes the statement of days that were typed, and leads to its file', async () => {
    await open();
    await enter('[data-id=period]', 'custom');
    expect(days().map(([, disabled]) => disabled)).toEqual([false, false]);
    await enter('[data-field=from]', '2026-01-10');
    await enter('[data-field=to]', '2026-02-20');
    createStatement.mockResolvedValue(DONE);
    await create();
    expect(createStatement).toHaveBeenCalledWith(
      expect.objectContaining({ accountId: ACCOUNT_ID, firstDay: '2026-01-10', lastDay: '2026-02-20' }),
    );
    expect(text('[data-id=result]')).toBe('The statement is stored.');
    expect(deepQueryAll(dialog, 'lightning-button').map(({ label }) => label)).toEqual([
      'c.Close',
      'c.Open_Statement',
    ]);
    find('[data-id=confirm]').click();
    expect(closed).toHaveBeenCalled();
    expect(NavigationMixin.navigated).toHaveBeenCalledWith({
      type: 'standard__namedPage',
      attributes: { pageName: 'filePreview' },
      state: { selectedRecordId: FILE_ID },
    });
  });

  it('asks nobody while a day is wrong, and says so of days in the wrong order', async () => {
    await open();
    await enter('[data-id=period]', 'custom');
    await enter('[data-field=from]', '2026-02-10');
    await enter('[data-field=to]', '2026-02-01');
    await create(false);
    expect(createStatement).not.toHaveBeenCalled();
    expect(find('[data-field=to]').setCustomValidity).toHaveBeenCalledWith('c.Statement_Backwards');
  });

  it('stays where it was refused, and asks anew under another key', async () => {
    await open();
    createStatement.mockResolvedValueOnce({
      status: 'failed',
      message: 'It is no customer. Raise an invoice.',
    });
    await create();
    expect(text('[role=alert]')).toBe('It is no customer. Raise an invoice.');
    createStatement.mockResolvedValueOnce(DONE);
    await create();
    const [refused, again] = createStatement.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(again).not.toBe(refused);
    expect(text('[data-id=result]')).toBe(DONE.message);
  });

  it('keeps the days of what goes on by itself, or whose answer was lost, and looks again under its key', async () => {
    await open();
    createStatement.mockResolvedValueOnce({ status: 'running', message: 'It takes longer than usual.' });
    await create();
    expect(text('[data-id=status]')).toBe('c.Statement_Goes_On');
    expect(find('[data-id=confirm]').label).toBe('c.Check_Again');
    expect(find('[data-id=period]').disabled).toBe(true);
    createStatement.mockRejectedValueOnce({ body: { message: 'Invoicebridge did not answer.' } });
    await create();
    expect(text('[role=alert]')).toBe('Invoicebridge did not answer.');
    expect(find('[data-id=period]').disabled).toBe(true);
    createStatement.mockResolvedValueOnce(DONE);
    await create();
    const keys = createStatement.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(new Set(keys).size).toBe(1);
    expect(text('[data-id=result]')).toBe(DONE.message);
  });

  it('offers nothing to a person without the permission, or where the account cannot be read', async () => {
    await open({ problem: 'You may not raise or send invoices.' });
    expect(text('[role=alert]')).toBe('You may not raise or send invoices.');
    expect(find('[data-id=confirm]')).toBeNull();
    document.body.replaceChildren();
    getContext.mockReset();
    getContext.mockRejectedValue({ body: { message: 'The account was not found.' } });
    dialog = createElement('c-account-statement', { is: AccountStatement });
    document.body.appendChild(dialog);
    dialog.recordId = ACCOUNT_ID;
    await settle();
    expect(text('[role=alert]')).toBe('The account was not found.');
  });
});
