import { createElement } from 'lwc';
import ConflictChoices from 'c/conflictChoices';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getConflicts from '@salesforce/apex/ConflictController.getConflicts';
import settle from '@salesforce/apex/ConflictController.settle';

jest.mock('@salesforce/apex/ConflictController.getConflicts', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConflictController.settle', () => ({ default: jest.fn() }), { virtual: true });

const RECORD_ID = '001000000000001AAA';
const NAME = { conflictId: '7', message: 'Both sides changed Name.', other: 'value' };
const DUE_DATE = { conflictId: '8', message: 'Due date belongs to Stripe.', other: null };

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const rest = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-conflict-choices', () => {
  let choices;
  let toasts;

  async function mount() {
    toasts = [];
    choices = createElement('c-conflict-choices', { is: ConflictChoices });
    choices.recordId = RECORD_ID;
    choices.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    document.body.appendChild(choices);
    await rest();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  const buttons = (conflictId) =>
    [...choices.shadowRoot.querySelectorAll(`[data-conflict="${conflictId}"]`)].map((one) => one.label);
  const press = async (conflictId, decision) => {
    choices.shadowRoot.querySelector(`[data-conflict="${conflictId}"][data-decision="${decision}"]`).click();
    await rest();
  };

  it('offers the other value only where it can be taken', async () => {
    getConflicts.mockResolvedValue([NAME, DUE_DATE]);
    await mount();
    expect(getConflicts).toHaveBeenCalledWith({ recordId: RECORD_ID });
    expect(buttons('7')).toEqual(['c.Use_Other_Value', 'c.Dismiss_Conflict']);
    expect(buttons('8')).toEqual(['c.Dismiss_Conflict']);
    expect(choices.shadowRoot.textContent).toContain('Both sides changed Name.');
  });

  it('says of a whole line what the other choice is', async () => {
    getConflicts.mockResolvedValue([
      { ...NAME, other: 'line' },
      { ...DUE_DATE, other: 'deletion' },
    ]);
    await mount();
    expect(buttons('7')).toEqual(['c.Bring_Line_Back', 'c.Dismiss_Conflict']);
    expect(buttons('8')).toEqual(['c.Delete_Conflicting_Line', 'c.Dismiss_Conflict']);
  });

  it('tells what was decided, shows the answer and what is left', async () => {
    getConflicts.mockResolvedValueOnce([NAME]).mockResolvedValue([]);
    settle.mockResolvedValue({ status: 'done', message: 'The other value was taken.' });
    await mount();
    await press('7', 'use-other');
    expect(settle).toHaveBeenCalledWith({
      recordId: RECORD_ID,
      conflictId: '7',
      decision: 'use-other',
      idempotencyKey: expect.any(String),
    });
    expect(toasts).toMatchObject([{ message: 'The other value was taken.', variant: 'success' }]);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
    expect(buttons('7')).toEqual([]);
  });

  it('says why it was refused, and leaves the choice', async () => {
    getConflicts.mockResolvedValue([NAME]);
    settle.mockResolvedValue({ status: 'failed', message: 'Name has been edited since.' });
    await mount();
    await press('7', 'use-other');
    expect(toasts).toMatchObject([{ message: 'Name has been edited since.', variant: 'error' }]);
    settle.mockRejectedValue({ body: { message: 'Invoicebridge did not answer.' } });
    await press('7', 'dismiss');
    expect(toasts[1]).toMatchObject({ message: 'Invoicebridge did not answer.', variant: 'error' });
    expect(buttons('7')).toHaveLength(2);
  });

  it('says in words that the conflicts cannot be read, and asks again when the record says something else', async () => {
    getConflicts.mockRejectedValueOnce({ body: { message: 'Invoicebridge is very busy.' } });
    await mount();
    expect(choices.shadowRoot.querySelector('[data-id=error]').textContent).toBe(
      'Invoicebridge is very busy.',
    );
    getConflicts.mockResolvedValue([NAME]);
    choices.words = 'Both sides changed Name.';
    await rest();
    expect(buttons('7')).toHaveLength(2);
    expect(choices.shadowRoot.querySelector('[data-id=error]')).toBeNull();
  });
});
