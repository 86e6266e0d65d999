import RefundInvoice from 'c/refundInvoice';
import getMoney from '@salesforce/apex/InvoiceMoneyController.getMoney';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { MONEY, openDialog } from '../../../test/setup/dialogTest';

jest.mock('@salesforce/apex/InvoiceMoneyController.getMoney', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.runAction', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.Payment_Left', () => ({ default: '{0}: {1} left of {2}, paid {3}' }), {
  virtual: true,
});

const PAYMENTS = [
  {
    paymentId: 'a03A',
    method: 'Visa •••• 4242',
    paidAt: '2026-11-03T10:00:00.000Z',
    amount: 1060,
    left: 1010.5,
  },
  { paymentId: 'a03B', method: null, paidAt: '2026-11-01T10:00:00.000Z', amount: 40, left: 40 },
];
const open = (payments = PAYMENTS) => {
  getMoney.mockResolvedValue({ ...MONEY, status: 'Paid', amountPaid: 1100, amountRemaining: 0, payments });
  return openDialog('c-refund-invoice', RefundInvoice, { action: 'refund' });
};
const params = () => JSON.parse(runAction.mock.calls[0][0].params);

describe('c-refund-invoice', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('offers each payment with what is left of it, the newest first, and all of that', async () => {
    const dialog = await open();
    expect(dialog.find('lightning-radio-group').options.map(({ label }) => label)).toEqual([
      'Visa •••• 4242: 1,010.50 USD left of 1,060.00 USD, paid 2026-11-03',
      'c.Payment: 40.00 USD left of 40.00 USD, paid 2026-11-01',
    ]);
    expect(dialog.find('lightning-radio-group').value).toBe('a03A');
    expect(dialog.find('c-amount-input').value).toBe('1010.50');
    expect(dialog.shown('left')).toBe(0);
  });

  it('takes no more than is left of the chosen payment, and says what is left afterwards', async () => {
    const dialog = await open();
    await dialog.enter('lightning-radio-group', 'a03B');
    expect(dialog.find('c-amount-input').value).toBe('40.00');
    expect(dialog.find('c-amount-input').shadowRoot.querySelector('lightning-input').max).toBe('40.00');
    await dialog.enter('c-amount-input', '15.5');
    expect(dialog.shown('left')).toBe(24.5);
    await dialog.enter('c-amount-input', '40.01');
    expect(dialog.shown('left')).toBeUndefined();
  });

  it('refunds it with its reason, and closes with the result', async () => {
    const dialog = await open();
    await dialog.enter('c-amount-input', '10.10');
    await dialog.enter('lightning-combobox', 'duplicate');
    runAction.mockResolvedValue({ status: 'done' });
    await dialog.confirm();
    expect(params()).toEqual({ payment: 'a03A', amount: 10.1, reason: 'duplicate' });
    expect(dialog.closed).toEqual([{ status: 'done' }]);
  });

  it('shows the words of a refusal and stays', async () => {
    const dialog = await open();
    runAction.mockResolvedValue({ status: 'failed', message: 'At most 5.00 USD can be refunded at once.' });
    await dialog.confirm();
    expect(params()).toEqual({ payment: 'a03A', amount: 1010.5 });
    expect(dialog.text('[role=alert]')).toBe('At most 5.00 USD can be refunded at once.');
    expect(dialog.closed).toEqual([]);
  });

  it('says what to do when nothing of it went through Stripe', async () => {
    const dialog = await open([]);
    expect(dialog.text('[data-id=nothing]')).toBe('c.Nothing_To_Refund');
    expect(dialog.find('[data-id=confirm]')).toBeNull();
  });
});
