import { createElement } from 'lwc';
import SyncInvoice from 'c/syncInvoice';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';

jest.mock('@salesforce/apex/InvoiceCommandController.syncInvoice', () => ({ default: jest.fn() }), {
  virtual: true,
});

const RECORD_ID = 'a00000000000001AAA';

describe('c-sync-invoice', () => {
  let action;
  let toasts;

  beforeEach(() => {
    toasts = [];
    action = createElement('c-sync-invoice', { is: SyncInvoice });
    action.recordId = RECORD_ID;
    action.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    document.body.appendChild(action);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('says field by field what changed and refreshes the page', async () => {
    const message = 'Salesforce: Status Open → Paid.';
    syncInvoice.mockResolvedValue({ status: 'done', message });
    await action.invoke();
    expect(toasts).toEqual([expect.objectContaining({ variant: 'success', message })]);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
  });

  it('says in words why it failed', async () => {
    syncInvoice.mockRejectedValue({ body: { message: 'Invoicebridge did not answer.' } });
    await action.invoke();
    expect(toasts).toEqual([
      expect.objectContaining({ variant: 'error', mode: 'sticky', message: 'Invoicebridge did not answer.' }),
    ]);
  });

  it('ignores a second click while it works and uses a new key for each run', async () => {
    syncInvoice.mockResolvedValue({ status: 'running' });
    await Promise.all([action.invoke(), action.invoke()]);
    expect(syncInvoice).toHaveBeenCalledTimes(1);
    await action.invoke();
    const [first, second] = syncInvoice.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(first).not.toBe(second);
  });
});
