/* eslint-disable @lwc/lwc/no-unexpected-wire-adapter-usages -- the stub of a wire adapter is driven by the test */
import { createElement } from 'lwc';
import InvoicePanel from 'c/invoicePanel';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import { subscribe, unsubscribe } from 'lightning/empApi';
import getLinks from '@salesforce/apex/InvoiceCommandController.getLinks';
import { NavigationMixin } from 'lightning/navigation';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';

jest.mock('@salesforce/apex/InvoiceCommandController.syncInvoice', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConflictController.getConflicts', () => ({ default: jest.fn(async () => []) }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConflictController.settle', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/InvoiceCommandController.getLinks', () => ({ default: jest.fn() }), {
  virtual: true,
});
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
jest.mock('lightning/empApi', () => ({ subscribe: jest.fn(), unsubscribe: jest.fn() }), { virtual: true });

const RECORD_ID = 'a00000000000001AAA';
const OPEN = {
  Status__c: 'Open',
  Payment_State__c: 'Past Due',
  Number__c: 'ABC-0001',
  Currency__c: 'EUR',
  Total__c: 100,
  Amount_Paid__c: 0,
  Amount_Remaining__c: 100,
  Due_Date__c: '2026-10-01',
  Hosted_Invoice_Url__c: 'https://pay.example/i/1',
  Invoice_Pdf_Url__c: 'https://pay.example/i/1.pdf',
  Last_Payment_Error__c: 'Your card was declined.',
  Sync_Status__c: 'Synced',
  Sync_Error__c: null,
  Last_Synced_At__c: '2026-11-20T10:00:00.000Z',
};

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-invoice-panel', () => {
  let panel;
  let toasts;

  async function mount(fields) {
    subscribe.mockResolvedValue({ id: 1 });
    toasts = [];
    panel = createElement('c-invoice-panel', { is: InvoicePanel });
    panel.recordId = RECORD_ID;
    panel.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    document.body.appendChild(panel);
    const values = Object.entries({ ...OPEN, ...fields }).map(([name, value]) => [name, { value }]);
    getRecord.emit({ apiName: 'Invoice__c', id: RECORD_ID, fields: Object.fromEntries(values) });
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  const find = (selector) => panel.shadowRoot.querySelector(selector);
  const button = (label) =>
    [...panel.shadowRoot.querySelectorAll('lightning-button')].find((b) => b.label === label);

  it('shows status, payment state, amounts, due date and number', async () => {
    await mount();
    expect(find('[data-id=status]').label).toBe('Open');
    expect(find('[data-id=payment-state]').label).toBe('Past Due');
    expect(find('[data-id=payment-state]').className).toBe('slds-theme_error');
    const { facts, currencyCode } = find('c-fact-list');
    expect(currencyCode).toBe('EUR');
    expect(facts.map(({ id, value }) => [id, value])).toEqual([
      ['number', 'ABC-0001'],
      ['total', 100],
      ['paid', 0],
      ['remaining', 100],
      ['due-date', '2026-10-01'],
    ]);
  });

  it('says when Stripe will send a draft by itself', async () => {
    const told = () => find('c-fact-list').facts.some(({ id }) => id === 'finalize-on');
    await mount({ Status__c: 'Draft', Finalize_On__c: '2026-12-01' });
    expect(told()).toBe(true);
    document.body.replaceChildren();
    await mount({ Finalize_On__c: '2026-12-01' });
    expect(told()).toBe(false);
  });

  it('does not say the same twice', async () => {
    await mount({ Status__c: 'Paid', Payment_State__c: 'Paid' });
    expect(find('[data-id=payment-state]')).toBeNull();
  });

  it('links to the payment page and the PDF in a new tab, safely', async () => {
    await mount();
    expect(find('[data-id=hosted]').href).toBe('https://pay.example/i/1');
    expect(find('[data-id=pdf]').href).toBe('https://pay.example/i/1.pdf');
    expect(find('[data-id=hosted]').rel).toBe('noopener');
  });

  const LIVING = {
    hostedInvoiceUrl: 'https://pay.example/i/2',
    invoicePdfUrl: 'https://pay.example/i/2.pdf',
    paymentLinkUrl: 'https://pay.example/b/2',
  };

  it('opens and copies addresses as they are now, since those on the record may have expired', async () => {
    await mount();
    getLinks.mockResolvedValueOnce(LIVING);
    find('[data-id=pdf]').click();
    await settle();
    expect(NavigationMixin.navigated).toHaveBeenLastCalledWith({
      type: 'standard__webPage',
      attributes: { url: 'https://pay.example/i/2.pdf' },
    });
    getLinks.mockRejectedValueOnce({ body: { message: 'No answer.' } });
    find('[data-id=hosted]').click();
    await settle();
    expect(NavigationMixin.navigated.mock.lastCall[0].attributes.url).toBe('https://pay.example/i/1');
  });

  it('shows a payment link, and copies it only while somebody can pay through it', async () => {
    await mount({ Payment_Link_Status__c: 'Not Created' });
    expect(find('[data-id=payment-link]')).toBeNull();
    document.body.replaceChildren();
    await mount({ Payment_Link_Status__c: 'Pending Payment' });
    const writeText = jest.fn().mockResolvedValue();
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    getLinks.mockResolvedValueOnce(LIVING);
    button('c.Copy_Payment_Link').click();
    await settle();
    expect(writeText).toHaveBeenCalledWith('https://pay.example/b/2');
    getLinks.mockResolvedValueOnce({ ...LIVING, paymentLinkUrl: null });
    button('c.Copy_Payment_Link').click();
    await settle();
    expect(writeText).toHaveBeenCalledTimes(1);
    expect(toasts.at(-1)).toMatchObject({ title: 'c.Link_Gone', variant: 'warning' });
    document.body.replaceChildren();
    await mount({ Payment_Link_Status__c: 'Deactivated', Payment_Link_Note__c: 'It was refunded.' });
    expect(find('[data-id=link-status]').label).toBe('Deactivated');
    expect(button('c.Copy_Payment_Link')).toBeUndefined();
    expect(find('[data-id=link-note]').textContent).toBe('It was refunded.');
  });

  it('copies the link, and shows it when the browser refuses', async () => {
    await mount();
    getLinks.mockResolvedValue({ ...LIVING, hostedInvoiceUrl: 'https://pay.example/i/1' });
    const writeText = jest.fn().mockResolvedValueOnce().mockRejectedValueOnce(new Error('denied'));
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    button('c.Copy_Link').click();
    await settle();
    expect(writeText).toHaveBeenCalledWith('https://pay.example/i/1');
    button('c.Copy_Link').click();
    await settle();
    expect(toasts).toEqual([
      expect.objectContaining({ variant: 'success' }),
      expect.objectContaining({ variant: 'warning', message: 'https://pay.example/i/1' }),
    ]);
  });

  it('shows the last payment error only while the invoice waits for payment', async () => {
    await mount();
    expect(find('[data-id=payment-error]').textContent).toBe('Your card was declined.');
    document.body.replaceChildren();
    await mount({ Status__c: 'Paid', Payment_State__c: 'Paid' });
    expect(find('[data-id=payment-error]')).toBeNull();
  });

  it('shows a sync error in words as an alert and retries on request', async () => {
    await mount({ Sync_Status__c: 'Error', Sync_Error__c: 'The customer has no e-mail address.' });
    expect(find('[role=alert]').textContent).toContain('The customer has no e-mail address.');
    syncInvoice.mockResolvedValue({ status: 'done', message: 'Nothing differed.' });
    button('c.Retry').click();
    button('c.Retry').click();
    await settle();
    expect(syncInvoice).toHaveBeenCalledTimes(1);
    expect(toasts).toEqual([expect.objectContaining({ title: 'c.Sync_Done' })]);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
  });

  it('leaves a conflict to the choices, as a warning', async () => {
    await mount({ Sync_Status__c: 'Conflict', Sync_Error__c: 'Both sides changed Description.' });
    expect(find('[role=alert]').className).toContain('slds-theme_warning');
    expect(find('c-conflict-choices').words).toBe('Both sides changed Description.');
    expect(button('c.Retry')).toBeUndefined();
  });

  it('says when a retry fails', async () => {
    await mount({ Sync_Status__c: 'Error', Sync_Error__c: null });
    syncInvoice.mockRejectedValue({ body: { message: 'No answer.' } });
    button('c.Retry').click();
    await settle();
    expect(toasts).toEqual([expect.objectContaining({ variant: 'error', message: 'No answer.' })]);
  });

  it('says how long ago both sides agreed, or that they never did', async () => {
    await mount();
    expect(find('lightning-relative-date-time').value).toBe(Date.UTC(2026, 10, 20, 10));
    document.body.replaceChildren();
    await mount({ Last_Synced_At__c: null });
    expect(find('[data-id=last-sync]').textContent).toContain('c.Never_Synced');
  });

  it('refreshes when its own record changes and not when another does', async () => {
    await mount();
    const [channel, replayId, onEvent] = subscribe.mock.calls[0];
    expect([channel, replayId]).toEqual(['/data/Invoice__ChangeEvent', -1]);
    const event = (id) => ({ data: { payload: { ChangeEventHeader: { recordIds: [id] } } } });
    onEvent(event('a00000000000002AAA'));
    expect(notifyRecordUpdateAvailable).not.toHaveBeenCalled();
    onEvent(event('a00000000000001'));
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
  });

  it('ends its subscription when it leaves the page', async () => {
    await mount();
    document.body.replaceChildren();
    await settle();
    expect(unsubscribe).toHaveBeenCalledWith({ id: 1 }, expect.any(Function));
  });

  it('shows why the record cannot be read', async () => {
    await mount();
    getRecord.error({ message: 'You do not have access.' });
    await settle();
    expect(find('[role=alert]').textContent).toBe('You do not have access.');
  });
});
