import { OrgUser } from '../integration/orgUser.ts';
import { ControllerOrg } from './controllerOrg.ts';

const here = new ControllerOrg();

beforeAll(() => here.start());
afterAll(() => here.close());

const money = (invoiceId: string, user = here.rep) =>
  user.apex<{ payments: object[] }>('InvoiceMoneyController', 'getMoney', { invoiceId });

async function openInvoice(fields: object = {}): Promise<string> {
  const { invoiceId } = await here.create();
  await here.admin.update('Invoice__c', invoiceId, {
    Status__c: 'Open',
    Number__c: 'A-0001',
    Currency__c: 'EUR',
    Subtotal__c: 0.3,
    Total__c: 0.36,
    Amount_Paid__c: 0.1,
    Amount_Remaining__c: 0.26,
    ...fields,
  });
  return invoiceId;
}

describe('what the dialogs start from', () => {
  it('is what is left to pay, with the lines, in the currency of the invoice', async () => {
    const invoiceId = await openInvoice();
    expect(await money(invoiceId)).toEqual({
      name: 'A-0001',
      accountName: 'Wren & Sons',
      status: 'Open',
      currencyCode: 'EUR',
      currencyDecimals: 2,
      today: new Date().toISOString().slice(0, 10),
      subtotal: 0.3,
      total: 0.36,
      amountPaid: 0.1,
      amountRemaining: 0.26,
      payments: [],
      lines: [
        {
          lineId: expect.stringMatching(/^\w{18}$/) as string,
          stripeLineId: null,
          description: here.product.name,
          quantity: 3,
          amount: 0.3,
        },
      ],
    });
    const draft = await openInvoice({
      Number__c: null,
      Currency__c: 'JPY',
      Total__c: null,
      Amount_Paid__c: null,
    });
    expect(await money(draft)).toMatchObject({
      name: expect.stringMatching(/^INV-/) as string,
      currencyDecimals: 0,
      total: 0,
      amountPaid: 0,
    });
  });

  it('is what is left of each payment through Stripe, the newest first', async () => {
    const invoiceId = await openInvoice();
    const pay = (amount: number, day: number, fields: object = {}) =>
      here.admin.create('Payment_Confirmation__c', {
        Invoice__c: invoiceId,
        Type__c: 'Payment',
        Status__c: 'Succeeded',
        Amount__c: amount,
        Paid_At__c: `2026-11-0${day}T10:00:00.000Z`,
        ...fields,
      });
    await pay(5, 1);
    await pay(10.3, 2, { Amount_Refunded__c: 10.1, Method__c: 'Visa •••• 4242' });
    await pay(7, 3, { Amount_Refunded__c: 7 });
    await pay(3, 4, { Status__c: 'Pending' });
    await pay(3, 5, { Type__c: 'Out of Band' });
    await pay(10.1, 6, { Type__c: 'Refund' });
    expect((await money(invoiceId)).payments).toMatchObject([
      { method: 'Visa •••• 4242', amount: 10.3, left: 0.2 },
      { method: null, amount: 5, left: 5 },
    ]);
  });

  it('is told to those who may move money alone', async () => {
    const invoiceId = await openInvoice();
    const stranger = await OrgUser.login(here.org.url, 'Nina New');
    await expect(money(invoiceId, stranger)).rejects.toThrow('You do not have access');
    await expect(money('a02SB0000009999')).rejects.toThrow('The invoice was not found');
  });
});
