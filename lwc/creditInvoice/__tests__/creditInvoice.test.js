import CreditInvoice from 'c/creditInvoice';
import getMoney from '@salesforce/apex/InvoiceMoneyController.getMoney';
import previewCredit from '@salesforce/apex/InvoiceMoneyController.previewCredit';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { MONEY, openDialog, settle } from '../../../test/setup/dialogTest';

jest.mock('@salesforce/apex/InvoiceMoneyController.getMoney', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceMoneyController.previewCredit', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InvoiceCommandController.runAction', () => ({ default: jest.fn() }), {
  virtual: true,
});
for (const label of ['Split_Differs', 'Too_Much_Credited'])
  jest.mock(`@salesforce/label/c.${label}`, () => ({ default: 'The sum is {0}.' }), { virtual: true });

const LINES = [
  { lineId: 'a02A', stripeLineId: 'il_A', description: 'Consulting', quantity: 3, amount: 100 },
  { lineId: 'a02B', description: 'Hours', quantity: 1.5, amount: 19.99 },
  { lineId: 'a02C', description: 'Rebate', quantity: 1, amount: -5 },
];
const PART_PAID = {
  subtotal: 114.99,
  total: 114.99,
  amountPaid: 80,
  amountRemaining: 34.99,
  payments: [{ paymentId: 'a03A', method: 'Visa', paidAt: null, amount: 60, left: 50 }],
  lines: LINES,
};
const open = (money) => {
  getMoney.mockResolvedValue({ ...MONEY, lines: LINES, ...money });
  return openDialog('c-credit-invoice', CreditInvoice, { action: 'credit' });
};
const params = () => JSON.parse(runAction.mock.calls[0][0].params);
const part = (name) => `[data-part=${name}]`;
const parts = (dialog) =>
  Object.fromEntries(dialog.findAll('[data-part]').map(({ dataset, value }) => [dataset.part, value]));

describe('c-credit-invoice', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('lowers what is owed before anything was paid, and gives nothing back', async () => {
    const dialog = await open({});
    await dialog.enter('[data-field=amount]', '30.10');
    expect([dialog.shown('total'), dialog.shown('lowered'), dialog.shown('to-give-back')]).toEqual([
      30.1,
      30.1,
      undefined,
    ]);
    await dialog.enter('[data-text=reason]', 'order_change');
    await dialog.enter('[data-text=memo]', ' As agreed ');
    runAction.mockResolvedValue({ status: 'done' });
    await dialog.confirm();
    expect(params()).toEqual({ amount: 30.1, reason: 'order_change', memo: 'As agreed' });
    expect(dialog.closed).toEqual([{ status: 'done' }]);
  });

  it('says of what was paid where it goes: to the card as far as it came from there, the rest outside', async () => {
    const dialog = await open(PART_PAID);
    await dialog.enter('[data-field=amount]', '100');
    expect([dialog.shown('lowered'), dialog.shown('to-give-back'), dialog.shown('split')]).toEqual([
      34.99, 65.01, 65.01,
    ]);
    expect(parts(dialog)).toEqual({ refund: '50.00', balance: '0.00', outside: '15.01' });
    expect(dialog.find('[data-id=problem]')).toBeNull();
  });

  it('issues nothing as long as the parts are not the sum that they have to be', async () => {
    const dialog = await open(PART_PAID);
    await dialog.enter('[data-field=amount]', '100');
    await dialog.enter(part('refund'), '10.01');
    expect(dialog.shown('split')).toBe(25.02);
    expect(dialog.text('[data-id=problem]')).toBe('The sum is 65.01 USD.');
    await dialog.confirm();
    expect(dialog.text('[role=alert]')).toBe('The sum is 65.01 USD.');
    expect(runAction).not.toHaveBeenCalled();
    await dialog.enter(part('balance'), '40');
    expect(dialog.find('[role=alert]')).toBeNull();
    await dialog.enter(part('outside'), '15');
    runAction.mockResolvedValue({ status: 'done' });
    await dialog.confirm();
    expect(params()).toEqual({ amount: 100, refund: 10.01, balance: 40, outside: 15 });
  });

  it('credits lines by quantity, and by amount where the quantity is not whole', async () => {
    const dialog = await open({});
    await dialog.enter('[data-id=way]', 'lines');
    expect(dialog.findAll('[data-line]').map(({ dataset }) => dataset.line)).toEqual(['a02A', 'a02B']);
    await dialog.enter('[data-line=a02A]', '2');
    await dialog.enter('[data-line=a02B]', '9.99');
    expect(dialog.find('[data-credit=a02A] lightning-formatted-number').value).toBe(66.67);
    expect(dialog.shown('total')).toBe(76.66);
    runAction.mockResolvedValue({ status: 'done' });
    await dialog.confirm();
    expect(params()).toEqual({
      lines: [
        { line: 'a02A', quantity: 2 },
        { line: 'a02B', amount: 9.99 },
      ],
    });
  });

  it('leaves the sum to Stripe where lines have taxes, and shows its words', async () => {
    const dialog = await open({ ...PART_PAID, total: 136.84, amountPaid: 136.84, amountRemaining: 0 });
    await dialog.enter('[data-id=way]', 'lines');
    expect(dialog.text('[data-id=before-taxes]')).toBe('c.Before_Taxes');
    await dialog.enter('[data-line=a02A]', '3');
    await dialog.enter(part('outside'), '69');
    expect(dialog.find('[data-id=problem]')).toBeNull();
    runAction.mockResolvedValue({ status: 'failed', message: 'It must equal 119.00. Nothing was done.' });
    await dialog.confirm();
    expect(params()).toMatchObject({ refund: 50, balance: 0, outside: 69 });
    expect(dialog.text('[role=alert]')).toBe('It must equal 119.00. Nothing was done.');
  });

  it('shows what lines come to with their taxes, as Stripe says it, and has all of that given back', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'], advanceTimers: true });
    const dialog = await open({ ...PART_PAID, total: 136.84, amountPaid: 126.84, amountRemaining: 10 });
    await dialog.enter('[data-id=way]', 'lines');
    previewCredit.mockResolvedValue({ total: 119, lowered: 10, toGiveBack: 109 });
    await dialog.enter('[data-line=a02A]', '2');
    await dialog.enter('[data-line=a02A]', '3');
    await jest.advanceTimersByTimeAsync(300);
    jest.useRealTimers();
    await settle();
    expect(previewCredit.mock.calls.map(([{ params: asked }]) => JSON.parse(asked))).toEqual([
      { lines: [{ line: 'il_A', quantity: 3 }] },
    ]);
    expect(dialog.find('[data-id=before-taxes]')).toBeNull();
    expect([dialog.shown('total'), dialog.shown('lowered'), dialog.shown('to-give-back')]).toEqual([
      119, 10, 109,
    ]);
    expect(parts(dialog)).toEqual({ refund: '50.00', balance: '0.00', outside: '59.00' });
    await dialog.enter(part('outside'), '58');
    expect(dialog.text('[data-id=problem]')).toBe('The sum is 109.00 USD.');
    // Something else is typed: what Stripe has said is of no use any more.
    await dialog.enter('[data-line=a02A]', '1');
    expect(dialog.find('[data-id=before-taxes]')).not.toBeNull();
    expect(dialog.shown('total')).toBe(33.33);
  });

  it('issues nothing that is nothing, or more than the invoice', async () => {
    const dialog = await open({});
    await dialog.enter('[data-id=way]', 'lines');
    await dialog.confirm();
    expect(dialog.text('[role=alert]')).toBe('c.Nothing_Credited');
    await dialog.enter('[data-id=way]', 'amount');
    await dialog.enter('[data-field=amount]', '100.01');
    expect(dialog.text('[data-id=problem]')).toBe('The sum is 100.00 USD.');
    expect(runAction).not.toHaveBeenCalled();
  });
});
