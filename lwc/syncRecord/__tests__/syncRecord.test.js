import { createElement } from 'lwc';
import SyncRecord from 'c/syncRecord';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import syncRecord from '@salesforce/apex/RecordSyncController.syncRecord';

jest.mock('@salesforce/apex/RecordSyncController.syncRecord', () => ({ default: jest.fn() }), {
  virtual: true,
});

const RECORD_ID = '001000000000001AAA';

describe('c-sync-record', () => {
  let action;
  let toasts;

  beforeEach(() => {
    toasts = [];
    action = createElement('c-sync-record', { is: SyncRecord });
    action.recordId = RECORD_ID;
    action.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    document.body.appendChild(action);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('says field by field what changed and refreshes the page', async () => {
    const message = 'Stripe: Phone 1 → 2.';
    syncRecord.mockResolvedValue({ status: 'done', message });
    await action.invoke();
    expect(toasts).toEqual([expect.objectContaining({ variant: 'success', message })]);
    expect(syncRecord).toHaveBeenCalledWith(expect.objectContaining({ recordId: RECORD_ID }));
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
  });

  it('says in words why it failed', async () => {
    syncRecord.mockRejectedValue({ body: { message: 'Invoicebridge did not answer.' } });
    await action.invoke();
    expect(toasts).toEqual([
      expect.objectContaining({ variant: 'error', mode: 'sticky', message: 'Invoicebridge did not answer.' }),
    ]);
  });

  it('ignores a second click while it works and uses a new key for each run', async () => {
    syncRecord.mockResolvedValue({ status: 'running' });
    await Promise.all([action.invoke(), action.invoke()]);
    expect(syncRecord).toHaveBeenCalledTimes(1);
    await action.invoke();
    const [first, second] = syncRecord.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(first).not.toBe(second);
  });
});
