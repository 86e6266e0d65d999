import type { Connection, DescribeSObjectResult } from 'jsforce';
import { testOrg } from './org.ts';
import type { TestOrg } from './org.ts';
import { NOW, paymentStates } from '../unit/paymentStates.ts';

describe('describes of the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeAll(async () => {
    org = await testOrg();
    connection = await org.connect();
  });
  afterAll(() => org.stop());

  const fieldOf = (describe: DescribeSObjectResult, name: string) =>
    describe.fields.find((field) => field.name === name);

  it('show the custom object of the metadata', async () => {
    const invoice = await connection.describe('Invoice__c');
    expect(invoice).toMatchObject({
      label: 'Invoice',
      labelPlural: 'Invoices',
      custom: true,
      keyPrefix: expect.stringMatching(/^a/),
    });
    expect(fieldOf(invoice, 'Name')).toMatchObject({ autoNumber: true, createable: false, nameField: true });
    expect(fieldOf(invoice, 'Stripe_Invoice_Id__c')).toMatchObject({
      externalId: true,
      unique: true,
      caseSensitive: true,
      length: 255,
    });
    expect(fieldOf(invoice, 'Account__c')).toMatchObject({
      type: 'reference',
      nillable: false,
      referenceTo: ['Account'],
      relationshipName: 'Account__r',
      restrictedDelete: true,
    });
    expect(fieldOf(invoice, 'Total__c')).toMatchObject({ type: 'currency', precision: 18, scale: 3 });
    expect(fieldOf(invoice, 'Description__c')).toMatchObject({
      type: 'textarea',
      length: 1500,
      filterable: false,
    });
    expect(fieldOf(invoice, 'Payment_State__c')).toMatchObject({
      calculated: true,
      createable: false,
      updateable: false,
    });
    const status = fieldOf(invoice, 'Status__c');
    expect(status).toMatchObject({ type: 'picklist', restrictedPicklist: true });
    expect(status!.picklistValues!.map(({ value, defaultValue }) => [value, defaultValue])).toEqual([
      ['Draft', true],
      ['Open', false],
      ['Paid', false],
      ['Uncollectible', false],
      ['Void', false],
    ]);
  });

  it('show master-detail relationships from both ends, and no owner on the detail', async () => {
    const line = await connection.describe('Invoice_Line__c');
    expect(fieldOf(line, 'Invoice__c')).toMatchObject({
      cascadeDelete: true,
      nillable: false,
      updateable: false,
      relationshipOrder: 0,
    });
    expect(fieldOf(line, 'OwnerId')).toBeUndefined();
    const invoice = await connection.describe('Invoice__c');
    expect(invoice.childRelationships).toContainEqual(
      expect.objectContaining({
        childSObject: 'Invoice_Line__c',
        field: 'Invoice__c',
        relationshipName: 'Invoice_Lines__r',
      }),
    );
  });

  it('merge custom fields into the real describe of Account', async () => {
    const account = await connection.describe('Account');
    expect(fieldOf(account, 'Stripe_Customer_Id__c')).toMatchObject({ custom: true, externalId: true });
    expect(fieldOf(account, 'BillingAddress')).toMatchObject({ type: 'address', createable: false });
    expect(fieldOf(account, 'Industry')!.picklistValues!.length).toBeGreaterThan(20);
    expect(account.childRelationships).toContainEqual(
      expect.objectContaining({ relationshipName: 'Contacts', childSObject: 'Contact' }),
    );
    expect(account.childRelationships).toContainEqual(
      expect.objectContaining({ relationshipName: 'Invoices__r' }),
    );
    expect(
      account.fields.filter((field) => field.type === 'reference').flatMap((field) => field.referenceTo),
    ).toEqual(expect.not.arrayContaining(['OperatingHours']));
  });

  it('list all objects and their addresses', async () => {
    const { sobjects } = await connection.describeGlobal();
    const account = sobjects.find((object) => object.name === 'Account');
    expect(account).toMatchObject({
      keyPrefix: '001',
      queryable: true,
      urls: { describe: '/services/data/v67.0/sobjects/Account/describe' },
    });
    expect(sobjects.map((object) => object.name)).toEqual(
      expect.arrayContaining(['User', 'Organization', 'Order', 'PricebookEntry']),
    );
  });

  it('answer 304 to a client that has the describe already', async () => {
    const address = `${org.url}/services/data/v67.0/sobjects/Account/describe`;
    const authorization = `Bearer ${connection.accessToken}`;
    const first = await fetch(address, { headers: { authorization } });
    const since = first.headers.get('last-modified')!;
    const again = await fetch(address, { headers: { authorization, 'if-modified-since': since } });
    expect([first.status, again.status]).toEqual([200, 304]);
  });

  it('seed believable records, one account without any e-mail address', async () => {
    const accounts = await connection.query<{ Name: string; Billing_Email__c: string | null }>(
      'SELECT Name, Billing_Email__c, BillingCity, Phone FROM Account',
    );
    expect(accounts.totalSize).toBe(12);
    const { records } = await connection.query<{ Name: string }>(
      'SELECT Name FROM Account WHERE Billing_Email__c = null AND Id NOT IN (SELECT AccountId FROM Contact WHERE Email != null)',
    );
    expect(records.map((account) => account.Name)).toEqual(['Quarry Lane Landscaping']);
    const prices = await connection.query<{ UnitPrice: number }>(
      'SELECT UnitPrice FROM PricebookEntry WHERE Pricebook2.IsStandard = true AND IsActive = true',
    );
    expect(prices.totalSize).toBe(10);
    expect(prices.records.some((price) => price.UnitPrice % 1 !== 0)).toBe(true);
  });
});

describe('Payment State of an invoice', () => {
  let org: TestOrg;
  beforeAll(async () => {
    org = await testOrg({ now: () => new Date(NOW) });
  });
  afterAll(() => org.stop());

  it.each(paymentStates)('is $state for $facts', async ({ state, facts }) => {
    const connection = await org.connect();
    const { records } = await connection.query<{ Id: string }>('SELECT Id FROM Account LIMIT 1');
    const { id } = await connection.sobject('Invoice__c').create({
      Account__c: records[0]!.Id,
      Status__c: facts.status.charAt(0).toUpperCase() + facts.status.slice(1),
      Amount_Paid__c: facts.amountPaid / 100,
      Amount_Refunded__c: facts.amountRefunded / 100,
      Due_At__c: facts.dueAt,
      Next_Retry_At__c: facts.nextRetryAt,
      Payment_Processing__c: facts.isPaymentProcessing,
    });
    const found = await connection.query<{ Id: string }>(
      `SELECT Id FROM Invoice__c WHERE Payment_State__c = '${state}' AND Id = '${id}'`,
    );
    expect(found.totalSize).toBe(1);
  });
});
