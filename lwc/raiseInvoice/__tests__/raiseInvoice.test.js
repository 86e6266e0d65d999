import { createElement } from 'lwc';
import { NO_OPTIONS } from 'c/draftInputs';
import RaiseInvoice from 'c/raiseInvoice';
import { NavigationMixin } from 'lightning/navigation';
import getContext from '@salesforce/apex/RaiseInvoiceController.getContext';
import createInvoice from '@salesforce/apex/RaiseInvoiceController.createInvoice';
import raiseInvoice from '@salesforce/apex/InvoiceCommandController.raiseInvoice';

jest.mock('@salesforce/apex/RaiseInvoiceController.getContext', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/RaiseInvoiceController.createInvoice', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.raiseInvoice', () => ({ default: jest.fn() }), {
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
jest.mock('@salesforce/label/c.Invoice_Created', () => ({ default: 'Invoice {0} was created' }), {
  virtual: true,
});

const ACCOUNT_ID = '001000000000001AAA';
const INVOICE_ID = 'a00000000000001AAA';
const CONTEXT = {
  accountName: 'Acme',
  recipient: 'ap@acme.example',
  problem: null,
  warning: null,
  currencyCode: 'USD',
  currencyDecimals: 2,
  today: '2026-11-20',
  taxRates: [{ taxRateId: 'a0t1', name: 'VAT 19%', percentage: 19, inclusive: false, active: true }],
};

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-raise-invoice', () => {
  let wizard;
  let toasts;
  let closed;

  async function mount(context) {
    getContext.mockResolvedValue({ ...CONTEXT, ...context });
    toasts = [];
    closed = jest.fn();
    wizard = createElement('c-raise-invoice', { is: RaiseInvoice });
    wizard.addEventListener('lightning__showtoast', (event) => toasts.push(event.detail));
    wizard.addEventListener('closeactionscreen', closed);
    document.body.appendChild(wizard);
    wizard.recordId = ACCOUNT_ID;
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  const find = (selector) => wizard.shadowRoot.querySelector(selector);
  const button = (label) =>
    [...wizard.shadowRoot.querySelectorAll('lightning-button')].find((b) => b.label === label);
  const enter = async (selector, value) => {
    find(selector).dispatchEvent(new CustomEvent('change', { detail: { value } }));
    await settle();
  };
  const click = async (label, isValid = true) => {
    // The stubs of the base components do not validate.
    wizard.shadowRoot
      .querySelectorAll(
        'lightning-input, lightning-textarea, c-due-date-input, c-product-picker, c-line-table, c-invoice-options',
      )
      .forEach((field) => {
        field.reportValidity = () => isValid;
      });
    button(label).click();
    await settle();
  };
  const pick = async (productId, name, unitPrice) => {
    find('c-product-picker').dispatchEvent(
      new CustomEvent('productselect', { detail: { productId, name, unitPrice } }),
    );
    await settle();
  };

  const allGoesWell = () => {
    createInvoice.mockResolvedValue({ invoiceId: INVOICE_ID, name: 'INV-000001' });
    raiseInvoice.mockResolvedValue({ status: 'done', message: 'The draft is in Stripe.' });
  };

  async function walkToSummary() {
    await enter('[data-field=description]', 'Services in May');
    await click('c.Next');
    await pick('01t1', 'Day', 850);
    await click('c.Next');
    await enter('[data-draft=quantity]', '3');
    await click('c.Next');
  }

  const due = async (detail) => {
    find('c-due-date-input').dispatchEvent(new CustomEvent('duechange', { detail }));
    await settle();
  };
  const choose = async (detail) => {
    find('c-invoice-options').dispatchEvent(new CustomEvent('optionschange', { detail }));
    await settle();
  };

  it("proposes thirty days or the account's terms, and keeps what is chosen instead", async () => {
    await mount();
    expect(find('c-due-date-input')).toMatchObject({ paymentTerms: 'Net 30', dueDate: '2026-12-20' });
    await mount({ paymentTerms: 'Net 60' });
    expect(find('c-due-date-input')).toMatchObject({ paymentTerms: 'Net 60', dueDate: '2027-01-19' });
    await due({ paymentTerms: '', dueDate: '2026-12-01' });
    expect(find('c-due-date-input')).toMatchObject({ paymentTerms: '', dueDate: '2026-12-01' });
  });

  it('previews the totals with discount and tax, and hands them on with the rest', async () => {
    await mount();
    await walkToSummary();
    const customFields = [{ name: 'PO', value: '4711' }];
    const chosen = { taxRateId: 'a0t1', customFields, finalizeOn: '2026-12-01' };
    await choose({ discountPercent: '10', footer: '  ' });
    await choose(chosen);
    expect(find('c-invoice-totals')).toMatchObject({
      sums: { subtotal: 255000n, discount: 25500n, total: 273105n },
      discountPercent: '10',
    });
    // Net 30 counts from the day on which the invoice becomes final.
    expect(find('c-fact-list').facts.at(-1)).toMatchObject({ id: 'due-date', value: '2026-12-31' });
    allGoesWell();
    await click('c.Create_Invoice');
    expect(createInvoice).toHaveBeenCalledWith(
      expect.objectContaining({
        dueDate: '2026-12-31',
        paymentTerms: 'Net 30',
        options: { ...NO_OPTIONS, ...chosen, discountPercent: 10 },
      }),
    );
  });

  it('takes the list price and shows the amount while typing', async () => {
    await mount();
    await click('c.Next');
    await pick('01t1', 'Licence', 0.1);
    await click('c.Next');
    expect(find('[data-draft=unitPrice]').value).toBe(0.1);
    await enter('[data-draft=quantity]', '3');
    expect(find('[data-id=draft-amount] lightning-formatted-number').value).toBe(0.3);
  });

  it('stays on a step whose fields are not valid, and moves the focus to the heading of each new one', async () => {
    await mount();
    await click('c.Next', false);
    expect(find('[data-field=description]')).not.toBeNull();
    await click('c.Next');
    expect(wizard.shadowRoot.activeElement).toBe(find('[data-id=heading]'));
    expect(find('[data-id=heading]').textContent).toBe('c.Product');
  });

  it('adds more items, lets them be changed and removed, and creates what is left', async () => {
    await mount();
    await walkToSummary();
    await click('c.Create_More_Items');
    await pick('01t2', 'Licence', 99.9);
    await click('c.Next');
    await click('c.Next');
    const table = find('c-line-table');
    expect(table.lines.map(({ productName }) => productName)).toEqual(['Day', 'Licence']);
    table.dispatchEvent(new CustomEvent('linechange', { detail: { key: '2', values: { quantity: '2' } } }));
    table.dispatchEvent(new CustomEvent('lineremove', { detail: { key: '1' } }));
    await settle();
    allGoesWell();
    await click('c.Create_Invoice');
    expect(createInvoice).toHaveBeenCalledWith({
      accountId: ACCOUNT_ID,
      description: 'Services in May',
      dueDate: '2026-12-20',
      paymentTerms: 'Net 30',
      lines: [{ lineId: null, productId: '01t2', description: null, unitPrice: 99.9, quantity: 2 }],
      options: NO_OPTIONS,
      requestKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('creates once, goes to Stripe with the same key, says so, closes and opens the invoice', async () => {
    await mount();
    await walkToSummary();
    allGoesWell();
    const create = button('c.Create_Invoice');
    for (const name of ['c-line-table', 'c-invoice-options']) find(name).reportValidity = () => true;
    create.click();
    create.click();
    await settle();
    expect(createInvoice).toHaveBeenCalledTimes(1);
    const { requestKey } = createInvoice.mock.calls[0][0];
    expect(raiseInvoice).toHaveBeenCalledWith({ invoiceId: INVOICE_ID, idempotencyKey: requestKey });
    expect(toasts).toEqual([
      expect.objectContaining({
        title: 'Invoice INV-000001 was created',
        message: 'The draft is in Stripe.',
        variant: 'success',
      }),
    ]);
    expect(closed).toHaveBeenCalledTimes(1);
    expect(NavigationMixin.navigated.mock.calls).toEqual([
      [
        {
          type: 'standard__recordPage',
          attributes: { recordId: INVOICE_ID, objectApiName: 'Invoice__c', actionName: 'view' },
        },
      ],
    ]);
  });

  it('does not call the invoice failed when only the way to Stripe failed', async () => {
    await mount();
    await walkToSummary();
    createInvoice.mockResolvedValue({ invoiceId: INVOICE_ID, name: 'INV-000001' });
    raiseInvoice.mockRejectedValue({ body: { message: 'Invoicebridge did not answer.' } });
    await click('c.Create_Invoice');
    expect(toasts).toEqual([
      expect.objectContaining({
        title: 'Invoice INV-000001 was created',
        message: 'c.Reaches_Stripe_Later Invoicebridge did not answer.',
        variant: 'warning',
      }),
    ]);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('keeps what was entered and the key when creating fails, so that a second try cannot make two invoices', async () => {
    await mount();
    await walkToSummary();
    createInvoice.mockRejectedValueOnce({ body: { message: 'The due date is in the past.' } });
    await click('c.Create_Invoice');
    expect(find('[role=alert]').textContent).toBe('The due date is in the past.');
    expect(closed).not.toHaveBeenCalled();
    allGoesWell();
    await click('c.Create_Invoice');
    const [first, second] = createInvoice.mock.calls.map(([{ requestKey }]) => requestKey);
    expect(second).toBe(first);
  });

  it('goes from the summary to the details and back without another item, and creates nothing without any', async () => {
    await mount();
    await walkToSummary();
    await click('c.Back');
    expect(find('[data-field=description]').value).toBe('Services in May');
    await click('c.Next');
    expect(find('c-line-table').lines).toHaveLength(1);
    find('c-line-table').dispatchEvent(new CustomEvent('lineremove', { detail: { key: '1' } }));
    await settle();
    expect(find('[data-id=no-items]')).not.toBeNull();
    expect(button('c.Create_Invoice').disabled).toBe(true);
  });

  it('warns early when the customer has no address, and stops a person who may not raise invoices', async () => {
    await mount({ warning: 'Acme has no e-mail address.' });
    expect(find('[role=status]').textContent.trim()).toBe('Acme has no e-mail address.');
    expect(button('c.Next').disabled).toBe(false);
    await mount({ problem: 'You may not raise invoices.' });
    expect(find('[role=alert]').textContent).toBe('You may not raise invoices.');
    expect(button('c.Next').disabled).toBe(true);
  });

  it('says in words when it cannot start', async () => {
    getContext.mockRejectedValue({ body: { message: 'The account was not found.' } });
    wizard = createElement('c-raise-invoice', { is: RaiseInvoice });
    document.body.appendChild(wizard);
    wizard.recordId = ACCOUNT_ID;
    await settle();
    expect(find('[data-id=error]').textContent).toBe('The account was not found.');
    expect(button('c.Next').disabled).toBe(true);
  });
});
