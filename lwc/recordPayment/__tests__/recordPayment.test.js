import RecordPayment from 'c/recordPayment';
import getMoney from '@salesforce/apex/InvoiceMoneyController.getMoney';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { MONEY, openDialog, RECORD_ID } from '../../../test/setup/dialogTest';

jest.mock('@salesforce/apex/InvoiceMoneyController.getMoney', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.runAction', () => ({ default: jest.fn() }), {
  virtual: true,
});

const open = (money) => {
  getMoney.mockResolvedValue({ ...MONEY, ...money });
  return openDialog('c-record-payment', RecordPayment, { action: 'record-payment' });
};
const params = (call = 0) => JSON.parse(runAction.mock.calls[call][0].params);

describe('c-record-payment', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('begins with what is left to pay, today, and a bank transfer, and says that it pays the invoice', async () => {
    const dialog = await open({ amountRemaining: 1234.5 });
    expect(dialog.text('[data-id=name]')).toBe('A-0001');
    expect(dialog.shown('remaining')).toBe(1234.5);
    expect(dialog.find('c-amount-input').value).toBe('1234.50');
    expect(dialog.find('[data-field=paidOn]')).toMatchObject({ value: '2026-11-21', max: '2026-11-21' });
    expect(dialog.find('[data-field=method]').value).toBe('c.Bank_Transfer');
    expect(dialog.text('[data-id=outcome]')).toBe('c.Pays_All');
    expect(dialog.shown('left')).toBe(0);
  });

  it('says that it is a part, or too much', async () => {
    const dialog = await open({});
    await dialog.enter('c-amount-input', '30.1');
    expect(dialog.text('[data-id=outcome]')).toBe('c.Pays_Part');
    expect(dialog.shown('left')).toBe(69.9);
    await dialog.enter('c-amount-input', '100.01');
    expect(dialog.text('[data-id=outcome]')).toBe('c.Pays_Too_Much');
    expect(dialog.shown('left')).toBe(0.01);
  });

  it.each(['', '0', '1.005'])('says nothing of what is no amount: %p', async (typed) => {
    const dialog = await open({});
    await dialog.enter('c-amount-input', typed);
    expect(dialog.find('[data-id=outcome]')).toBeNull();
  });

  it('takes the decimals of the currency', async () => {
    const dialog = await open({ currencyCode: 'JPY', currencyDecimals: 0, amountRemaining: 5000 });
    expect(dialog.find('c-amount-input').value).toBe('5000');
    expect(dialog.find('c-amount-input')).toMatchObject({ currencyCode: 'JPY', decimals: 0 });
  });

  it('records what was entered, and closes with the result', async () => {
    const dialog = await open({});
    await dialog.enter('c-amount-input', '30.10');
    await dialog.enter('[data-field=paidOn]', '2026-11-02');
    await dialog.enter('[data-field=method]', 'other');
    await dialog.enter('[data-field=otherMethod]', ' Wire from abroad ');
    await dialog.enter('[data-field=reference]', 'RF18 5390');
    const result = { status: 'done', message: '30.10 USD are recorded.' };
    runAction.mockResolvedValue(result);
    await dialog.confirm();
    expect(runAction).toHaveBeenCalledWith(
      expect.objectContaining({ invoiceId: RECORD_ID, action: 'record-payment' }),
    );
    expect(params()).toEqual({
      amount: 30.1,
      paidOn: '2026-11-02',
      method: 'Wire from abroad',
      reference: 'RF18 5390',
    });
    expect(dialog.closed).toEqual([result]);
  });

  it('asks nobody while a field is wrong, and leaves an empty reference out', async () => {
    const dialog = await open({});
    await dialog.confirm(false);
    expect(runAction).not.toHaveBeenCalled();
    runAction.mockResolvedValue({ status: 'running' });
    await dialog.confirm();
    expect(params()).toEqual({ amount: 100, paidOn: '2026-11-21', method: 'c.Bank_Transfer' });
  });

  it('keeps what was asked when its answer is lost, and asks for it again under the same key', async () => {
    const dialog = await open({});
    runAction.mockRejectedValueOnce({ body: { message: 'Invoicebridge did not answer.' } });
    await dialog.confirm();
    expect(dialog.text('[role=alert]')).toBe('Invoicebridge did not answer. c.Sure_To_Ask_Again');
    expect(document.activeElement).toBe(dialog.element);
    for (const field of dialog.findAll('lightning-input, lightning-combobox'))
      expect(field.disabled).toBe(true);
    runAction.mockResolvedValueOnce({
      status: 'failed',
      message: 'It is void. Raise a new invoice instead.',
    });
    await dialog.confirm();
    expect(dialog.text('[role=alert]')).toBe('It is void. Raise a new invoice instead.');
    expect(dialog.find('[data-field=paidOn]').disabled).toBe(false);
    runAction.mockResolvedValueOnce({ status: 'done' });
    await dialog.confirm();
    const [lost, again, anew] = runAction.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(again).toBe(lost);
    expect(anew).not.toBe(lost);
    expect(dialog.closed).toHaveLength(1);
  });

  it('offers nothing to record when the invoice cannot be read', async () => {
    getMoney.mockRejectedValue({ body: { message: 'The invoice was not found.' } });
    const dialog = await openDialog('c-record-payment', RecordPayment, { action: 'record-payment' });
    expect(dialog.text('[role=alert]')).toBe('The invoice was not found.');
    expect(dialog.find('[data-id=confirm]')).toBeNull();
    dialog.find('lightning-button').click();
    expect(dialog.closed).toEqual([null]);
  });
});
