import { daysFromNow, OrgUser } from '../integration/orgUser.ts';
import { ControllerOrg, type Product } from './controllerOrg.ts';

const here = new ControllerOrg();

beforeAll(() => here.start());
afterAll(() => here.close());

beforeEach(() => {
  here.middleware.calls.length = 0;
  here.middleware.says(200, '{}');
});

describe('Raise Invoice', () => {
  it('knows who will get the invoice, the currency and the day', async () => {
    expect(
      await here.rep.apex('RaiseInvoiceController', 'getContext', { accountId: here.accountId }),
    ).toEqual({
      accountName: 'Wren & Sons',
      recipient: 'ap@wren.example',
      recipientSource: 'Billing Email of the account',
      problem: null,
      warning: null,
      currencyCode: 'USD',
      currencyDecimals: 2,
      today: daysFromNow(0),
      paymentTerms: null,
      taxRates: [],
    });
  });

  it('falls back on the oldest contact with an address, and warns early when there is none', async () => {
    const bare = await here.rep.create('Account', { Name: 'Bare Ltd' });
    const context = () => here.rep.apex('RaiseInvoiceController', 'getContext', { accountId: bare });
    expect(await context()).toMatchObject({
      recipient: null,
      warning: expect.stringMatching(/Bare Ltd has no e-mail address.*Billing Email/) as string,
    });
    await here.rep.create('Contact', { LastName: 'Mute', AccountId: bare });
    await here.rep.create('Contact', { LastName: 'Speaker', AccountId: bare, Email: 'sp@bare.example' });
    expect(await context()).toMatchObject({
      recipient: 'sp@bare.example',
      recipientSource: 'E-mail of the contact Speaker',
      warning: null,
    });
    const billing = { LastName: 'Books', AccountId: bare, Email: 'b@bare.example' };
    const Billing_Contact__c = await here.rep.create('Contact', billing);
    await here.rep.update('Account', bare, { Billing_Contact__c });
    expect(await context()).toMatchObject({
      recipient: 'b@bare.example',
      recipientSource: 'E-mail of the billing contact Books',
    });
  });

  it('finds products by a part of their name or code, with their standard price', async () => {
    const find = (searchText: string) =>
      here.rep.apex<Product[]>('RaiseInvoiceController', 'getProducts', { searchText });
    expect(await find(here.product.name.slice(1, 6))).toContainEqual(here.product);
    expect(await find(here.product.productCode)).toContainEqual(here.product);
    expect(await find("nothing's like this")).toEqual([]);
  });

  it('makes the invoice and its lines, exact to the cent, without a callout', async () => {
    const { invoiceId, name } = await here.create();
    expect(name).toMatch(/^INV-\d{6}$/);
    const [invoice] = await here.rep.query(
      `SELECT Account__c, Status__c, Currency__c, Description__c, Due_Date__c, Sync_Status__c FROM Invoice__c WHERE Id = '${invoiceId}'`,
    );
    expect(invoice).toMatchObject({
      Account__c: here.accountId,
      Status__c: 'Draft',
      Currency__c: 'USD',
      Description__c: 'Services in May',
      Due_Date__c: daysFromNow(30),
      Sync_Status__c: 'Pending',
    });
    expect((await here.draftOf(invoiceId)).lines).toEqual([
      expect.objectContaining({ productName: here.product.name, unitPrice: 0.1, quantity: 3, amount: 0.3 }),
    ]);
    expect(here.middleware.calls).toEqual([]);
  });

  it('makes one invoice of the same request, however often it comes', async () => {
    const first = await here.create({ requestKey: 'the-same' });
    expect(await here.create({ requestKey: 'the-same' })).toEqual(first);
    expect(await here.rep.query("SELECT Id FROM Invoice__c WHERE Request_Key__c = 'the-same'")).toHaveLength(
      1,
    );
  });

  const line = { unitPrice: 1, quantity: 1, description: 'Work' };
  it.each([
    ['no lines', { lines: [] }, 'Add at least one item'],
    ['no description', { description: ' ' }, 'Enter a description'],
    ['a long description', { description: 'x'.repeat(1501) }, 'at most 1,500 characters'],
    ['no due date', { dueDate: null }, 'Enter a due date'],
    ['a due date in the past', { dueDate: '2020-01-01' }, 'due date is in the past'],
    [
      'a quantity of zero',
      { lines: [line, { ...line, quantity: 0 }] },
      'Item 2: Enter a quantity greater than zero',
    ],
    ['a negative price', { lines: [{ ...line, unitPrice: -1 }] }, 'Item 1: Enter a price of zero or more'],
    [
      'a seventh decimal',
      { lines: [{ ...line, unitPrice: 0.0000005 }] },
      'Item 1: The price has too many decimals',
    ],
    ['neither product nor text', { lines: [{ ...line, description: '' }] }, 'Item 1: Choose a product'],
    ['no request key', { requestKey: '' }, 'raise the invoice again'],
    [
      'a discount in percent and as an amount',
      { options: { discountPercent: 10, discountAmount: 1 } },
      'either in percent or as an amount',
    ],
    ['more than 100 percent', { options: { discountPercent: 100.01 } }, 'at most 100 percent'],
    ['a third decimal of a percentage', { options: { discountPercent: 1.005 } }, 'Use at most 2'],
    ['a discount of nothing', { options: { discountAmount: 0 } }, 'a discount of more than 0'],
    [
      'a discount over the total',
      { options: { discountAmount: 0.31 } },
      'more than the items come to, 0.30 USD',
    ],
    ['a long footer', { options: { footer: 'x'.repeat(5001) } }, 'at most 5,000 characters'],
    ['a day in the past', { options: { finalizeOn: '2020-01-01' } }, 'sends the invoice is in the past'],
    ['a due date before the sending', { options: { finalizeOn: daysFromNow(31) } }, 'due before Stripe'],
    ['a tax rate that is not there', { options: { taxRateId: '001SB0000000001' } }, 'Choose another one'],
    [
      'a custom field without a value',
      { options: { customFields: [{ name: 'PO', value: ' ' }] } },
      'Custom field 1: Enter both a name and a value',
    ],
    ['a long name', { options: { customFields: [{ name: 'x'.repeat(41), value: '1' }] } }, 'at most 40'],
    ['a long value', { options: { customFields: [{ name: 'x', value: '1'.repeat(141) }] } }, 'at most 140'],
    [
      'five custom fields',
      { options: { customFields: [1, 2, 3, 4, 5].map((name) => ({ name, value: 'x' })) } },
      'at most 4 custom fields',
    ],
    [
      'a custom field twice',
      {
        options: {
          customFields: [
            { name: 'PO', value: '1' },
            { name: ' PO ', value: '2' },
          ],
        },
      },
      'is there twice',
    ],
  ])('refuses %s in words', async (_, overrides, words) => {
    await expect(here.create(overrides)).rejects.toThrow(words);
  });

  it('refuses a tax rate that is archived, unless the invoice has it already', async () => {
    const old = await here.admin.create('Tax_Rate__c', { Name: 'VAT 16%', Percentage__c: 16 });
    const options = { taxRateId: old };
    await expect(here.create({ options })).rejects.toThrow('"VAT 16%" is archived in Stripe');
    const { invoiceId } = await here.create();
    await here.admin.update('Invoice__c', invoiceId, { Tax_Rate__c: old });
    const { lines, taxRates } = await here.draftOf(invoiceId);
    expect(taxRates).toEqual([expect.objectContaining({ taxRateId: old, active: false })]);
    expect((await here.save(invoiceId, { lines, options })).options.taxRateId).toBe(old);
  });

  it('leaves nothing behind when a line is refused', async () => {
    const lines = [{ productId: '01tSB0000009999', unitPrice: 1, quantity: 1 }];
    await expect(here.create({ requestKey: 'half', lines })).rejects.toThrow();
    expect(await here.rep.query("SELECT Id FROM Invoice__c WHERE Request_Key__c = 'half'")).toEqual([]);
  });

  it('says which permission set is missing', async () => {
    const nina = await OrgUser.login(here.org.url, 'Nina New');
    await expect(nina.apex('RaiseInvoiceController', 'createInvoice', here.invoiceInput())).rejects.toThrow(
      /access/i,
    );
  });
});
