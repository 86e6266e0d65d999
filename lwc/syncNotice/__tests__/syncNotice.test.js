/* eslint-disable @lwc/lwc/no-unexpected-wire-adapter-usages -- the stub of a wire adapter is driven by the test */
import { createElement } from 'lwc';
import SyncNotice from 'c/syncNotice';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import { subscribe, unsubscribe } from 'lightning/empApi';
import { deepQuery } from '../../../test/setup/deepQuery';

jest.mock('@salesforce/apex/ConflictController.getConflicts', () => ({ default: jest.fn(async () => []) }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConflictController.settle', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('lightning/empApi', () => ({ subscribe: jest.fn(), unsubscribe: jest.fn() }), { virtual: true });

const RECORD_ID = '001000000000001AAA';

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-sync-notice', () => {
  let notice;

  async function mount(status, words, objectApiName = 'Account') {
    subscribe.mockResolvedValue({ id: 1 });
    notice = createElement('c-sync-notice', { is: SyncNotice });
    Object.assign(notice, { recordId: RECORD_ID, objectApiName });
    document.body.appendChild(notice);
    getRecord.emit({
      apiName: objectApiName,
      id: RECORD_ID,
      fields: { Sync_Status__c: { value: status }, Sync_Error__c: { value: words } },
    });
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  const find = (selector) => notice.shadowRoot.querySelector(selector);

  it.each([
    ['Conflict', 'slds-theme_warning'],
    ['Error', 'slds-theme_error'],
  ])('says in words what a status of %s means', async (status, theme) => {
    await mount(status, 'Both sides changed Name.');
    expect(deepQuery(notice, '[data-id=words]').textContent).toBe('Both sides changed Name.');
    expect(find('[role=alert]').className).toContain(theme);
  });

  it('says something even where the record gives no reason', async () => {
    await mount('Error', null);
    expect(find('[data-id=words]').textContent).toBe('c.Sync_Failed');
  });

  it('says nothing while all is well', async () => {
    await mount('Synced', null);
    expect(notice.shadowRoot.textContent).toBe('');
  });

  it('asks for the fields of its object, and again when somebody has changed the record', async () => {
    await mount('Synced', null, 'Product2');
    expect(getRecord.getLastConfig().fields).toEqual(['Product2.Sync_Status__c', 'Product2.Sync_Error__c']);
    const [channel, , onEvent] = subscribe.mock.calls[0];
    expect(channel).toBe('/data/Product2ChangeEvent');
    onEvent({ data: { payload: { ChangeEventHeader: { recordIds: ['001000000000002AAA'] } } } });
    expect(notifyRecordUpdateAvailable).not.toHaveBeenCalled();
    onEvent({ data: { payload: { ChangeEventHeader: { recordIds: [RECORD_ID.slice(0, 15)] } } } });
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
    document.body.replaceChildren();
    await settle();
    expect(unsubscribe).toHaveBeenCalled();
  });
});
