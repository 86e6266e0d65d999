/* eslint-disable @lwc/lwc/no-unexpected-wire-adapter-usages -- the stub of a wire adapter is driven by the test */
import { createElement } from 'lwc';
import InvoiceLines from 'c/invoiceLines';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getDraft from '@salesforce/apex/InvoiceDraftController.getDraft';
import saveDraft from '@salesforce/apex/InvoiceDraftController.saveDraft';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';

jest.mock('@salesforce/apex/InvoiceDraftController.getDraft', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceDraftController.saveDraft', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.syncInvoice', () => ({ default: jest.fn() }), {
  virtual: true,
});

const RECORD_ID = 'a00000000000001AAA';
const LINE = {
  lineId: 'a01000000000001AAA',
  productId: '01t000000000001AAA',
  productName: 'Day',
  description: null,
  unitPrice: 850,
  quantity: 3,
  amount: 2550,
  taxRateId: null,
};
const OPTIONS = {
  discountPercent: null,
  discountAmount: null,
  taxRateId: null,
  footer: null,
  customFields: [],
  finalizeOn: null,
};
const DRAFT = {
  name: 'INV-000001',
  status: 'Draft',
  editable: true,
  description: 'Services in May',
  dueDate: '2026-12-24',
  paymentTerms: 'Net 30',
  options: OPTIONS,
  taxRates: [{ taxRateId: 'a0t1', name: 'VAT 19%', percentage: 19, inclusive: false, active: true }],
  totals: { subtotal: 2550, discount: 0, tax: 0, total: 2550 },
  currencyCode: 'USD',
  currencyDecimals: 2,
  today: '2026-11-20',
  lines: [LINE],
};

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-invoice-lines', () => {
  let card;
  let toasts;

  async function mount(draft) {
    getDraft.mockResolvedValue({ ...DRAFT, ...draft });
    toasts = [];
    card = createElement('c-invoice-lines', { is: InvoiceLines });
    card.recordId = RECORD_ID;
    card.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    document.body.appendChild(card);
    await recordArrives();
  }

  async function recordArrives() {
    getRecord.emit({ apiName: 'Invoice__c', id: RECORD_ID, fields: { Status__c: { value: 'Draft' } } });
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  const find = (selector) => card.shadowRoot.querySelector(selector);
  const button = (label) =>
    [...card.shadowRoot.querySelectorAll('lightning-button')].find((b) => b.label === label);
  const click = async (label) => {
    // The stubs of the base components do not validate.
    card.shadowRoot
      .querySelectorAll('lightning-textarea, c-due-date-input, c-line-table, c-invoice-options')
      .forEach((field) => {
        field.reportValidity = () => true;
      });
    button(label).click();
    await settle();
  };
  const table = () => find('c-line-table');
  const fire = async (name, detail) => {
    table().dispatchEvent(new CustomEvent(name, { detail }));
    await settle();
  };

  it('shows the lines read-only when the invoice is no draft', async () => {
    await mount({ status: 'Open', editable: false });
    expect(table().editable).toBe(false);
    expect(table().lines).toEqual([expect.objectContaining({ productName: 'Day', key: LINE.lineId })]);
    expect(button('c.Edit_Draft')).toBeUndefined();
  });

  it('says plainly that a final invoice cannot be edited', async () => {
    await mount({ status: 'Open', editable: false });
    expect(find('[data-id=is-final]').textContent.trim()).toBe('c.Lines_Are_Final');
    document.body.replaceChildren();
    await mount();
    expect(find('[data-id=is-final]')).toBeNull();
  });

  const fireOn = async (name, type, detail) => {
    find(name).dispatchEvent(new CustomEvent(type, { detail }));
    await settle();
  };
  const totals = () => find('c-invoice-totals');

  it("shows Stripe's totals, and a preview of them while discount, tax and terms are edited", async () => {
    await mount({
      totals: { subtotal: 2550, discount: 0, tax: 484.5, total: 3034.5 },
      options: { ...OPTIONS, taxRateId: 'a0t1' },
    });
    expect(totals().sums).toMatchObject({
      taxes: [{ name: 'c.Tax', inclusive: false, amount: 48450n }],
      total: 303450n,
    });
    await click('c.Edit_Draft');
    expect(totals()).toMatchObject({ sums: { total: 303450n }, note: null });
    await fireOn('c-invoice-options', 'optionschange', { discountAmount: '550' });
    expect(totals().sums).toMatchObject({ discount: 55000n, total: 238000n });
    await fireOn('c-due-date-input', 'duechange', { paymentTerms: '', dueDate: '2027-01-01' });
    saveDraft.mockResolvedValue(DRAFT);
    syncInvoice.mockResolvedValue({ status: 'done', message: 'Done.' });
    await click('c.Save');
    expect(saveDraft).toHaveBeenCalledWith(
      expect.objectContaining({
        dueDate: '2027-01-01',
        paymentTerms: '',
        options: { ...OPTIONS, discountAmount: 550, taxRateId: 'a0t1' },
      }),
    );
  });

  it('saves what the person has changed, and leaves what others have changed meanwhile', async () => {
    await mount();
    await click('c.Edit_Draft');
    await fireOn('c-invoice-options', 'optionschange', { footer: 'Ours' });
    getDraft.mockResolvedValue({
      ...DRAFT,
      description: 'Of finance',
      options: { ...OPTIONS, footer: 'Theirs', discountPercent: 5 },
    });
    saveDraft.mockResolvedValue(DRAFT);
    syncInvoice.mockResolvedValue({ status: 'done', message: 'Done.' });
    await click('c.Save');
    expect(saveDraft).toHaveBeenCalledWith(
      expect.objectContaining({
        description: 'Of finance',
        dueDate: '2026-12-24',
        options: { ...OPTIONS, footer: 'Ours', discountPercent: 5 },
      }),
    );
  });

  it('says so when Stripe has more for a draft than the org can know', async () => {
    await mount({ totals: { subtotal: 2550, discount: 255, tax: 0, total: 2295 } });
    await click('c.Edit_Draft');
    expect(totals().note).toBe('c.More_In_Stripe');
  });

  it('says so when there are no lines', async () => {
    await mount({ lines: [] });
    expect(find('[data-id=no-lines]').textContent).toBe('c.No_Lines');
  });

  it('saves changed, new and removed lines in one go and brings them to Stripe', async () => {
    const other = { ...LINE, lineId: 'a01000000000002AAA' };
    await mount({ lines: [LINE, other] });
    await click('c.Edit_Draft');
    await fire('linechange', { key: LINE.lineId, values: { quantity: '4' } });
    await fire('lineremove', { key: other.lineId });
    await click('c.Add_Line');
    await fire('linechange', { key: 'new-1', values: { description: 'Travel', unitPrice: '12.5' } });
    saveDraft.mockResolvedValue({ ...DRAFT, lines: [{ ...LINE, quantity: 4 }] });
    const message = 'Stripe: Quantity 3 → 4.';
    syncInvoice.mockResolvedValue({ status: 'done', message });
    await click('c.Save');
    expect(saveDraft).toHaveBeenCalledWith({
      invoiceId: RECORD_ID,
      description: 'Services in May',
      dueDate: '2026-12-24',
      paymentTerms: 'Net 30',
      options: OPTIONS,
      lines: [
        { lineId: LINE.lineId, productId: LINE.productId, description: null, unitPrice: 850, quantity: 4 },
        { lineId: null, productId: null, description: 'Travel', unitPrice: 12.5, quantity: 1 },
      ],
      deletedLineIds: [other.lineId],
    });
    expect(toasts).toEqual([expect.objectContaining({ message, variant: 'success' })]);
    expect(table().editable).toBe(false);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: RECORD_ID }]);
  });

  it('does not call the edit failed when only the way to Stripe failed', async () => {
    await mount();
    await click('c.Edit_Draft');
    saveDraft.mockResolvedValue(DRAFT);
    syncInvoice.mockRejectedValue({ body: { message: 'No answer.' } });
    await click('c.Save');
    expect(toasts).toEqual([
      expect.objectContaining({ title: 'c.Draft_Saved', message: 'c.Reaches_Stripe_Later No answer.' }),
    ]);
  });

  it('keeps what was entered when saving fails and says why', async () => {
    await mount();
    await click('c.Edit_Draft');
    await fire('linechange', { key: LINE.lineId, values: { quantity: '7' } });
    saveDraft.mockRejectedValue({ body: { message: 'This invoice is Open and can no longer be edited.' } });
    await click('c.Save');
    expect(find('[role=alert]').textContent.trim()).toBe('This invoice is Open and can no longer be edited.');
    expect(table().lines[0].quantity).toBe('7');
    expect(syncInvoice).not.toHaveBeenCalled();
  });

  it('forgets the changes on cancel and reads what others changed meanwhile', async () => {
    await mount();
    await click('c.Edit_Draft');
    await fire('lineremove', { key: LINE.lineId });
    expect(button('c.Save').disabled).toBe(true);
    getDraft.mockResolvedValue({ ...DRAFT, lines: [{ ...LINE, quantity: 9 }] });
    await click('c.Cancel');
    expect(table().lines[0].quantity).toBe(9);
  });

  it('reads the lines again when the invoice changes, but never under the hands of a person who edits', async () => {
    await mount();
    getDraft.mockResolvedValue({ ...DRAFT, lines: [{ ...LINE, quantity: 5 }] });
    await recordArrives();
    expect(table().lines[0].quantity).toBe(5);
    await click('c.Edit_Draft');
    getDraft.mockResolvedValue({ ...DRAFT, lines: [] });
    await recordArrives();
    expect(table().lines[0].quantity).toBe(5);
  });

  it('keeps the focus in the card when the editor opens and closes, and when a line comes or goes', async () => {
    await mount();
    const focus = jest.spyOn(HTMLElement.prototype, 'focus');
    const focused = () => focus.mock.contexts.at(-1);
    await click('c.Edit_Draft');
    expect(focused()).toBe(find('lightning-textarea'));
    await click('c.Add_Line');
    expect(focused()).toBe(
      table().shadowRoot.querySelector('[data-key=new-1]').shadowRoot.querySelector('input'),
    );
    await fire('lineremove', { key: 'new-1' });
    expect(focused()).toBe(button('c.Add_Line'));
    await click('c.Cancel');
    expect(focused()).toBe(button('c.Edit_Draft'));
    focus.mockRestore();
  });

  it('names its table for screen readers and shows errors as alerts', async () => {
    await mount();
    expect(table().tableLabel).toBe('c.Invoice_Lines');
    getRecord.error({ message: 'You do not have access.' });
    await settle();
    expect(find('[role=alert]').textContent.trim()).toBe('You do not have access.');
  });
});
