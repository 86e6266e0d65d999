import { createElement } from 'lwc';
import SendToCustomer from 'c/sendToCustomer';
import getSendPreview from '@salesforce/apex/InvoiceCommandController.getSendPreview';
import sendInvoice from '@salesforce/apex/InvoiceCommandController.sendInvoice';
import { deepQuery, deepQueryAll } from '../../../test/setup/deepQuery';

jest.mock('@salesforce/apex/InvoiceCommandController.getSendPreview', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.sendInvoice', () => ({ default: jest.fn() }), {
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
jest.mock('@salesforce/label/c.Will_Mail', () => ({ default: 'Stripe mails it to {0}.' }), { virtual: true });

const PREVIEW = {
  name: 'INV-000001',
  accountName: 'Acme',
  status: 'Draft',
  recipient: 'ap@acme.example',
  recipientSource: 'Billing Email of the account',
  amount: 2550,
  currencyCode: 'USD',
  dueDate: '2026-12-24',
  problem: null,
};

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-send-to-customer', () => {
  let action;
  let toasts;
  let closed;

  async function mount(preview) {
    getSendPreview.mockResolvedValue({ ...PREVIEW, ...preview });
    toasts = [];
    closed = jest.fn();
    action = createElement('c-send-to-customer', { is: SendToCustomer });
    action.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    action.addEventListener('closeactionscreen', closed);
    document.body.appendChild(action);
    action.recordId = 'a00000000000001AAA';
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  const find = (selector) => deepQuery(action, selector);
  const buttons = () => deepQueryAll(action, 'lightning-button');
  const send = async () => {
    buttons().at(-1).click();
    await settle();
  };

  it('says who gets it, how much, until when, what will happen and what cannot be undone', async () => {
    await mount();
    expect(find('[data-id=recipient] strong').textContent).toBe('ap@acme.example');
    expect(find('[data-id=amount] lightning-formatted-number').value).toBe(2550);
    expect(find('[data-id=due-date] lightning-formatted-date-time').value).toBe('2026-12-24');
    expect([...find('[data-id=consequences]').children].map(({ textContent }) => textContent)).toEqual([
      'c.Will_Finalize',
      'Stripe mails it to ap@acme.example.',
      'c.Cannot_Undo',
    ]);
    expect(buttons().map(({ label }) => label)).toEqual(['c.Cancel', 'c.Send']);
  });

  it('says why it cannot be sent and offers no way to send it', async () => {
    await mount({ status: 'Paid', problem: 'This invoice is paid.' });
    expect(find('[data-id=problem]').textContent).toBe('This invoice is paid.');
    expect(find('[role=alert]')).not.toBeNull();
    expect(buttons().map(({ label }) => label)).toEqual(['c.Close']);
  });

  it('sends once, says so and closes', async () => {
    await mount();
    sendInvoice.mockResolvedValue({ status: 'done', invoice: { status: 'Open' }, message: 'Sent.' });
    buttons().at(-1).click();
    buttons().at(-1).click();
    await settle();
    expect(sendInvoice).toHaveBeenCalledTimes(1);
    expect(toasts).toEqual([expect.objectContaining({ variant: 'success', message: 'Sent.' })]);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('tells the truth when the invoice was paid at once', async () => {
    await mount();
    const message = 'The credit balance covered it.';
    sendInvoice.mockResolvedValue({ status: 'done', invoice: { status: 'Paid' }, message });
    await send();
    expect(toasts).toEqual([expect.objectContaining({ title: 'c.Paid_At_Once', mode: 'sticky', message })]);
  });

  it('says that sending finishes by itself when it takes longer', async () => {
    await mount();
    sendInvoice.mockResolvedValue({ status: 'running', message: 'It finishes by itself.' });
    await send();
    expect(toasts).toEqual([expect.objectContaining({ variant: 'info', message: 'It finishes by itself.' })]);
  });

  it('uses the same key after a lost answer and a new one after a refusal', async () => {
    await mount();
    sendInvoice.mockRejectedValueOnce({ body: { message: 'No answer.' } });
    await send();
    expect(find('[data-id=error]').textContent).toBe('No answer.');
    sendInvoice.mockResolvedValueOnce({ status: 'failed', message: 'The customer was deleted.' });
    await send();
    expect(find('[data-id=error]').textContent).toBe('The customer was deleted.');
    expect(closed).not.toHaveBeenCalled();
    sendInvoice.mockResolvedValueOnce({ status: 'done', invoice: { status: 'Open' } });
    await send();
    const [lost, again, anew] = sendInvoice.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(again).toBe(lost);
    expect(anew).not.toBe(lost);
  });

  it('does not promise to finalize what is final already', async () => {
    await mount({ status: 'Open' });
    expect([...find('[data-id=consequences]').children].map(({ textContent }) => textContent)).toEqual([
      'c.Is_Final',
      'Stripe mails it to ap@acme.example.',
    ]);
  });

  it('shows an error of the preview as an alert', async () => {
    getSendPreview.mockRejectedValue({ body: { message: 'The invoice was not found.' } });
    action = createElement('c-send-to-customer', { is: SendToCustomer });
    document.body.appendChild(action);
    action.recordId = 'a00000000000001AAA';
    await settle();
    expect(find('[role=alert]').textContent.trim()).toBe('The invoice was not found.');
  });
});
