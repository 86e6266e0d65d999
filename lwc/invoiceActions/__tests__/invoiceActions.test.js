/* eslint-disable @lwc/lwc/no-unexpected-wire-adapter-usages -- the stub of a wire adapter is driven by the test */
import { createElement } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import ConfirmAction from 'c/confirmAction';
import InvoiceActions from 'c/invoiceActions';
import { ends, records, states } from '../../../test/unit/transitions.json';

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
jest.mock('@salesforce/customPermission/Raise_Invoices', () => ({ default: true }), { virtual: true });
jest.mock('@salesforce/label/c.Action_Done', () => ({ default: '{0}: done' }), { virtual: true });

const RECORD_ID = 'a00000000000001AAA';
const ACCOUNT_ID = '001000000000001AAA';

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-invoice-actions', () => {
  let actions;
  let toasts;

  async function mount(fields) {
    toasts = [];
    ConfirmAction.open = jest.fn();
    actions = createElement('c-invoice-actions', { is: InvoiceActions });
    actions.recordId = RECORD_ID;
    actions.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    document.body.appendChild(actions);
    const values = Object.entries({ Account__c: ACCOUNT_ID, Status__c: 'Open', ...fields });
    getRecord.emit({
      apiName: 'Invoice__c',
      id: RECORD_ID,
      fields: Object.fromEntries(values.map(([name, value]) => [name, { value }])),
    });
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  const offered = () =>
    [...actions.shadowRoot.querySelectorAll('lightning-menu-item')].map(({ value }) => value);
  const choose = async (value) => {
    actions.shadowRoot
      .querySelector('lightning-button-menu')
      .dispatchEvent(new CustomEvent('select', { detail: { value } }));
    await settle();
  };

  it('offers what the state of the invoice allows', async () => {
    await mount({ Sent_At__c: '2026-11-20T10:00:00.000Z', Amount_Paid__c: 5 });
    expect(offered()).toEqual([
      'resend',
      'remind',
      'pay',
      'record-payment',
      'create-payment-link',
      'mark-paid',
      'refund',
      'credit',
      'mark-uncollectible',
      'duplicate',
    ]);
  });

  // Whether it has lines, and whether what was paid went through Stripe, the record does not say: the dialog does.
  const UNTOLD = { finalize: ['empty draft'], refund: ['partly paid', 'paid'] };
  // Sending has a button of its own, and a draft is edited on the record itself.
  const inMenu = Object.entries(ends).filter(([action]) => !['send', 'edit'].includes(action));

  it.each(states)(
    'offers for the record of an invoice that is %s what the table lets happen',
    async (state) => {
      const { status, isPaidInPart, isSent } = records[state];
      await mount({
        Status__c: status,
        Amount_Paid__c: isPaidInPart ? 1 : 0,
        Sent_At__c: isSent ? '2026-11-20T10:00:00.000Z' : null,
      });
      const happens = inMenu
        .filter(([action, row]) => {
          const end = row.split(/ +/)[states.indexOf(state)];
          return !end.includes('_') || UNTOLD[action]?.includes(state);
        })
        .map(([action]) => action);
      expect(offered().sort()).toEqual(happens.sort());
    },
  );

  it('offers a payment link where there is none, and one more after a dead one', async () => {
    await mount({ Payment_Link_Status__c: 'Pending Payment' });
    expect(offered()).not.toContain('create-payment-link');
    document.body.replaceChildren();
    await mount({ Payment_Link_Status__c: 'Deactivated' });
    expect(offered()).toContain('create-payment-link');
    document.body.replaceChildren();
    await mount({ Status__c: 'Void', Payment_Link_Status__c: 'Refund Failed' });
    expect(offered()).toContain('refund');
  });

  it('is not there when nothing is possible', async () => {
    await mount({ Status__c: null });
    expect(actions.shadowRoot.querySelector('lightning-button-menu')).toBeNull();
  });

  it('opens the dialog of the action, and says in a toast what became of it', async () => {
    await mount();
    ConfirmAction.open.mockResolvedValue({ status: 'done', message: 'A-1 is void.' });
    await choose('void');
    expect(ConfirmAction.open).toHaveBeenCalledWith(
      expect.objectContaining({ action: 'void', label: 'c.Void_Invoice', recordId: RECORD_ID }),
    );
    expect(toasts).toEqual([expect.objectContaining({ title: 'c.Void_Invoice: done', variant: 'success' })]);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
  });

  it('says that an action goes on by itself', async () => {
    await mount();
    ConfirmAction.open.mockResolvedValue({ status: 'running', message: 'It goes on.' });
    await choose('pay');
    expect(toasts).toEqual([expect.objectContaining({ message: 'It goes on.', variant: 'info' })]);
  });

  it('tells the truth when a draft was paid by being finalized', async () => {
    await mount({ Status__c: 'Draft' });
    ConfirmAction.open.mockResolvedValue({ status: 'done', message: 'Paid.', invoice: { status: 'Paid' } });
    await choose('finalize');
    expect(toasts).toEqual([expect.objectContaining({ title: 'c.Paid_At_Once', mode: 'sticky' })]);
  });

  it('says nothing when the person thought better of it, and reads the record again', async () => {
    await mount();
    ConfirmAction.open.mockResolvedValue(undefined);
    await choose('void');
    expect(toasts).toEqual([]);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledTimes(1);
  });

  it('goes to the new invoice that an action has made', async () => {
    await mount();
    const newInvoiceId = 'a00000000000002AAA';
    ConfirmAction.open.mockResolvedValue({ status: 'done', message: 'Revised.', newInvoiceId });
    await choose('revise');
    expect(NavigationMixin.navigated).toHaveBeenCalledWith(
      expect.objectContaining({ attributes: expect.objectContaining({ recordId: newInvoiceId }) }),
    );
  });

  it('goes to the account when the draft is deleted', async () => {
    await mount({ Status__c: 'Draft' });
    ConfirmAction.open.mockResolvedValue({ status: 'done', message: 'Deleted.' });
    await choose('delete');
    expect(NavigationMixin.navigated).toHaveBeenCalledWith(
      expect.objectContaining({ attributes: expect.objectContaining({ recordId: ACCOUNT_ID }) }),
    );
    expect(notifyRecordUpdateAvailable).not.toHaveBeenCalled();
  });
});
