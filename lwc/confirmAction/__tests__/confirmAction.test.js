import { createElement } from 'lwc';
import ConfirmAction from 'c/confirmAction';
import getSendPreview from '@salesforce/apex/InvoiceCommandController.getSendPreview';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { deepQuery } from '../../../test/setup/deepQuery';

jest.mock('@salesforce/apex/InvoiceCommandController.getSendPreview', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.runAction', () => ({ default: jest.fn() }), {
  virtual: true,
});

const RECORD_ID = 'a00000000000001AAA';
const PREVIEW = {
  name: 'INV-000001',
  accountName: 'Acme',
  status: 'Open',
  recipient: 'ap@acme.example',
  amount: 2550,
  amountRemaining: 2000,
  currencyCode: 'USD',
};

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-confirm-action', () => {
  let dialog;
  let closed;

  async function mount(preview, entry) {
    if (preview) getSendPreview.mockResolvedValue({ ...PREVIEW, ...preview });
    closed = [];
    dialog = createElement('c-confirm-action', { is: ConfirmAction });
    Object.assign(dialog, { recordId: RECORD_ID, action: 'void', consequences: ['It is void.'], ...entry });
    dialog.addEventListener('close', ({ detail }) => closed.push(detail));
    document.body.appendChild(dialog);
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  const find = (selector) => deepQuery(dialog, selector);
  const confirm = async () => {
    find('[data-id=confirm]').click();
    await settle();
  };

  it('says of which invoice, for whom, how much and what will happen', async () => {
    await mount({}, { isDestructive: true });
    expect(find('[data-id=name]').textContent).toBe('INV-000001');
    expect(find('[data-id=customer]').textContent).toBe('Acme');
    expect(find('[data-id=amount] lightning-formatted-number')).toMatchObject({
      value: 2000,
      currencyCode: 'USD',
    });
    expect(find('[data-id=consequences]').textContent).toBe('It is void.');
    expect(find('[data-id=recipient]')).toBeNull();
    expect(find('[data-id=confirm]').variant).toBe('destructive');
  });

  it('says who gets a mail', async () => {
    await mount({}, { isMailed: true, consequences: ['It goes to {0}.'] });
    expect(find('[data-id=recipient]').textContent).toBe('ap@acme.example');
    expect(find('[data-id=consequences]').textContent).toBe('It goes to ap@acme.example.');
    expect(find('[data-id=confirm]').variant).toBe('brand');
  });

  it('tells the amount of a draft, of which nothing remains yet', async () => {
    await mount({ status: 'Draft', amountRemaining: null });
    expect(find('[data-id=amount] lightning-formatted-number').value).toBe(2550);
  });

  it('runs the action once, and closes with its result', async () => {
    await mount({});
    const result = { status: 'done', message: 'It is void.' };
    runAction.mockResolvedValue(result);
    find('[data-id=confirm]').click();
    await confirm();
    expect(runAction.mock.calls).toEqual([
      [{ invoiceId: RECORD_ID, action: 'void', params: null, idempotencyKey: expect.any(String) }],
    ]);
    expect(closed).toEqual([result]);
  });

  it('closes with nothing when it is cancelled', async () => {
    await mount({});
    find('lightning-button').click();
    expect(closed).toEqual([null]);
    expect(runAction).not.toHaveBeenCalled();
  });

  it('uses the same key after a lost answer and a new one after a refusal, and stays open with the words', async () => {
    await mount({});
    runAction.mockRejectedValueOnce({ body: { message: 'No answer.' } });
    await confirm();
    expect(find('[role=alert]').textContent).toBe('No answer. c.Sure_To_Ask_Again');
    runAction.mockResolvedValueOnce({ status: 'failed', message: 'It is paid.' });
    await confirm();
    expect(find('[role=alert]').textContent).toBe('It is paid.');
    expect(closed).toEqual([]);
    runAction.mockResolvedValueOnce({ status: 'running' });
    await confirm();
    expect(find('[role=alert]')).toBeNull();
    const [lost, again, anew] = runAction.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(again).toBe(lost);
    expect(anew).not.toBe(lost);
  });

  it('offers nothing to confirm when the invoice cannot be read', async () => {
    getSendPreview.mockRejectedValue({ body: { message: 'The invoice was not found.' } });
    await mount(null);
    expect(find('[role=alert]').textContent).toBe('The invoice was not found.');
    expect(find('[data-id=confirm]')).toBeNull();
    expect(find('lightning-button').label).toBe('c.Close');
  });
});
