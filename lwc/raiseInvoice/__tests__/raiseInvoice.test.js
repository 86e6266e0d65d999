import { createElement } from 'lwc';
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
      .querySelectorAll('lightning-input, lightning-textarea, c-product-picker, c-line-table')
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

  async function walkToSummary() {
    await enter('[data-field=description]', 'Services in May');
    await click('c.Next');
    await pick('01t1', 'Day', 850);
    await click('c.Next');
    await enter('[data-draft=quantity]', '3');
    await click('c.Next');
  }

  it('proposes thirty days and follows the quick picks; a day that is typed has no terms', async () => {
    await mount();
    expect(find('[data-field=dueDate]').value).toBe('2026-12-20');
    expect(find('[data-id=terms]').value).toBe('Net 30');
    await enter('[data-id=terms]', 'Due on receipt');
    expect(find('[data-field=dueDate]').value).toBe('2026-11-20');
    await enter('[data-id=terms]', 'End of month');
    expect(find('[data-field=dueDate]').value).toBe('2026-11-30');
    await enter('[data-field=dueDate]', '2026-12-20');
    expect(find('[data-id=terms]').value).toBe('');
  });

  it("starts with the account's terms", async () => {
    await mount({ paymentTerms: 'Net 60' });
    expect(find('[data-id=terms]').value).toBe('Net 60');
    expect(find('[data-field=dueDate]').value).toBe('2027-01-19');
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

  it('stays on a step whose fields are not valid', async () => {
    await mount();
    await click('c.Next', false);
    expect(find('[data-field=description]')).not.toBeNull();
  });

  it('moves the focus to the heading of each new step', async () => {
    await mount();
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
    createInvoice.mockResolvedValue({ invoiceId: INVOICE_ID, name: 'INV-000001' });
    raiseInvoice.mockResolvedValue({ status: 'done', message: 'The draft is in Stripe.' });
    await click('c.Create_Invoice');
    expect(createInvoice).toHaveBeenCalledWith({
      accountId: ACCOUNT_ID,
      description: 'Services in May',
      dueDate: '2026-12-20',
      paymentTerms: 'Net 30',
      lines: [{ productId: '01t2', unitPrice: 99.9, quantity: 2 }],
      requestKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('creates once, goes to Stripe with the same key, says so, closes and opens the invoice', async () => {
    await mount();
    await walkToSummary();
    createInvoice.mockResolvedValue({ invoiceId: INVOICE_ID, name: 'INV-000001' });
    raiseInvoice.mockResolvedValue({ status: 'done', message: 'The draft is in Stripe.' });
    const create = button('c.Create_Invoice');
    find('c-line-table').reportValidity = () => true;
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
    createInvoice.mockResolvedValueOnce({ invoiceId: INVOICE_ID, name: 'INV-000001' });
    raiseInvoice.mockResolvedValue({ status: 'done', message: 'The draft is in Stripe.' });
    await click('c.Create_Invoice');
    const [first, second] = createInvoice.mock.calls.map(([{ requestKey }]) => requestKey);
    expect(second).toBe(first);
  });

  it('goes from the summary to the details and back without asking for another item', async () => {
    await mount();
    await walkToSummary();
    await click('c.Back');
    expect(find('[data-field=description]').value).toBe('Services in May');
    await click('c.Next');
    expect(find('c-line-table').lines).toHaveLength(1);
  });

  it('cannot create an invoice without items', async () => {
    await mount();
    await walkToSummary();
    find('c-line-table').dispatchEvent(new CustomEvent('lineremove', { detail: { key: '1' } }));
    await settle();
    expect(find('[data-id=no-items]')).not.toBeNull();
    expect(button('c.Create_Invoice').disabled).toBe(true);
  });

  it('warns early when the customer has no address', async () => {
    await mount({ warning: 'Acme has no e-mail address.' });
    expect(find('[role=status]').textContent.trim()).toBe('Acme has no e-mail address.');
    expect(button('c.Next').disabled).toBe(false);
  });

  it('stops a person who may not raise invoices at the first step', async () => {
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
