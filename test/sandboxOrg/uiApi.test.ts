import type { Connection } from 'jsforce';
import { signIn, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Field = { value: unknown; displayValue: string | null };
type UiRecord = { id: string; apiName: string; fields: Record<string, Field & { value: UiRecord }> };
type UiError = {
  message: string;
  statusCode: number;
  output: {
    errors: { message: string }[];
    fieldErrors: Record<string, { message: string; errorCode: string }[]>;
  };
};
const ui = '/services/data/v67.0/ui-api';

describe('the UI API of the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;
  let robin: Awaited<ReturnType<typeof signIn>>;
  let accountId: string;
  let invoiceId: string;

  beforeAll(async () => {
    org = await testOrg();
    connection = await org.connect();
    robin = await signIn(org);
    accountId = (await connection.query<{ Id: string }>('SELECT Id FROM Account ORDER BY Name LIMIT 1'))
      .records[0]!.Id;
    const invoice = {
      Account__c: accountId,
      Currency__c: 'USD',
      Total__c: 1234.5,
      Amount_Due__c: 1234.5,
      Status__c: 'Open',
      Due_Date__c: '2020-01-31',
      Due_At__c: '2020-01-31T23:59:59Z',
    };
    invoiceId = (await connection.sobject('Invoice__c').create(invoice)).id!;
    for (const [i, amount] of [10, 30, 20].entries()) {
      const line = {
        Invoice__c: invoiceId,
        Description__c: `Line ${i}`,
        Unit_Price__c: amount,
        Amount__c: amount,
        Sort_Order__c: 3 - i,
      };
      await connection.sobject('Invoice_Line__c').create(line);
    }
  });
  afterAll(() => org.stop());

  it('shows values as they are and as people read them, over lookups too', async () => {
    const fields = [
      'Total__c',
      'Status__c',
      'Payment_State__c',
      'Due_Date__c',
      'Account__r.Name',
      'Order__r.Name',
    ];
    const path = `${ui}/records/${invoiceId}?fields=${fields.map((name) => `Invoice__c.${name}`).join()}`;
    const { status, body } = await robin.call<UiRecord>('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: invoiceId, apiName: 'Invoice__c', weakEtag: expect.any(Number) });
    expect(body.fields['Total__c']).toEqual({ value: 1234.5, displayValue: '$1,234.50' });
    expect(body.fields['Payment_State__c']).toEqual({ value: 'Past Due', displayValue: null });
    expect(body.fields['Due_Date__c']).toEqual({ value: '2020-01-31', displayValue: '1/31/2020' });
    expect(body.fields['Order__r']).toEqual({ value: null, displayValue: null });
    const account = body.fields['Account__r']!;
    expect(account.displayValue).toBe(account.value.fields['Name']!.value);
    expect(account.value).toMatchObject({ id: accountId, apiName: 'Account' });
  });

  it('refuses unknown fields unless they are optional', async () => {
    const refused = await robin.call('GET', `${ui}/records/${invoiceId}?fields=Invoice__c.Nope__c`);
    expect(refused).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
    const allowed = await robin.call<UiRecord>(
      'GET',
      `${ui}/records/${invoiceId}?optionalFields=Invoice__c.Nope__c,Invoice__c.Name`,
    );
    expect(Object.keys(allowed.body.fields)).toEqual(['Name']);
  });

  it('shows the fields of the layout', async () => {
    const { body } = await robin.call<UiRecord>(
      'GET',
      `${ui}/records/${invoiceId}?layoutTypes=Full&modes=View`,
    );
    expect(Object.keys(body.fields)).toEqual(
      expect.arrayContaining(['Name', 'Account__c', 'Account__r', 'Status__c', 'Total__c']),
    );
  });

  it('saves what the user may change and answers the record', async () => {
    const { status, body } = await robin.call<UiRecord>('PATCH', `${ui}/records/${invoiceId}`, {
      fields: { Description__c: 'Spring order' },
    });
    expect(status).toBe(200);
    expect(body.fields['Description__c']!.value).toBe('Spring order');
  });

  it('puts errors beside their fields', async () => {
    const line = (await connection.query<{ Id: string }>('SELECT Id FROM Invoice_Line__c LIMIT 1'))
      .records[0]!.Id;
    const { status, body } = await robin.call<UiError>('PATCH', `${ui}/records/${line}`, {
      fields: { Description__c: 'x'.repeat(256) },
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      message: 'An error occurred while trying to update the record. Please try again.',
      enhancedErrorType: 'RecordError',
      output: {
        errors: [],
        fieldErrors: { Description__c: [{ errorCode: 'STRING_TOO_LONG', fieldLabel: 'Description' }] },
      },
    });
    expect(body.output.fieldErrors['Description__c']![0]!.message).toMatch(/^data value too large/);
  });

  it('keeps what Stripe owns from the rep', async () => {
    const { status, body } = await robin.call<UiError>('PATCH', `${ui}/records/${invoiceId}`, {
      fields: { Status__c: 'Paid' },
    });
    expect(status).toBe(400);
    expect(body.output.fieldErrors['Status__c']![0]).toMatchObject({
      errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    });
    expect(await connection.sobject('Invoice__c').retrieve(invoiceId)).toMatchObject({ Status__c: 'Open' });
  });

  it('makes and deletes records', async () => {
    const made = await robin.call<UiRecord>('POST', `${ui}/records`, {
      apiName: 'Contact',
      fields: { LastName: 'Vale', FirstName: 'Ivo', AccountId: accountId },
    });
    expect(made.status).toBe(201);
    expect(made.body.fields['Name']!.value).toBe('Ivo Vale');
    expect((await robin.call('DELETE', `${ui}/records/${made.body.id}`)).status).toBe(204);
    expect(await robin.call('GET', `${ui}/records/${made.body.id}?fields=Contact.Name`)).toMatchObject({
      status: 404,
    });
  });

  it('describes objects for the user', async () => {
    const { body } = await robin.call(`GET`, `${ui}/object-info/Invoice__c`);
    expect(body).toMatchObject({
      apiName: 'Invoice__c',
      label: 'Invoice',
      createable: true,
      nameFields: ['Name'],
      defaultRecordTypeId: '012000000000000AAA',
    });
    const { fields } = body as { fields: Record<string, Record<string, unknown>> };
    expect(fields['Total__c']).toMatchObject({ dataType: 'Currency', updateable: false });
    expect(fields['Account__c']).toMatchObject({
      dataType: 'Reference',
      required: true,
      relationshipName: 'Account__r',
      referenceToInfos: [{ apiName: 'Account', nameFields: ['Name'] }],
    });
    expect(fields['Description__c']).toMatchObject({ dataType: 'TextArea', updateable: true });
    const nina = await signIn(org, 'Nina New');
    expect(await nina.call('GET', `${ui}/object-info/Invoice__c`)).toMatchObject({
      status: 403,
      body: [{ errorCode: 'INSUFFICIENT_ACCESS' }],
    });
  });

  it('lists picklist values with the default', async () => {
    const { body } = await robin.call(
      'GET',
      `${ui}/object-info/Invoice__c/picklist-values/012000000000000AAA`,
    );
    expect(body).toMatchObject({
      picklistFieldValues: {
        Status__c: {
          defaultValue: { value: 'Draft' },
          values: expect.arrayContaining([expect.objectContaining({ value: 'Void', label: 'Void' })]),
        },
      },
    });
  });

  it('lays fields out in rows, without those that the user cannot see', async () => {
    type Layout = {
      sections: {
        heading: string;
        layoutRows: {
          layoutItems: { layoutComponents: { apiName: string | null }[]; editableForUpdate: boolean }[];
        }[];
      }[];
    };
    const { body } = await robin.call<Layout>('GET', `${ui}/layout/Invoice__c?layoutType=Full&mode=View`);
    const [first] = body.sections;
    expect(first!.heading).toBe('Invoice');
    expect(first!.layoutRows[0]!.layoutItems.map((item) => item.layoutComponents[0]!.apiName)).toEqual([
      'Name',
      'Status__c',
    ]);
    const items = body.sections.flatMap((section) => section.layoutRows.flatMap((row) => row.layoutItems));
    const editable = (name: string) =>
      items.find((item) => item.layoutComponents[0]!.apiName === name)?.editableForUpdate;
    expect(editable('Description__c')).toBe(true);
    expect(editable('Status__c')).toBe(false);
    const other = await robin.call<Layout>('GET', `${ui}/layout/Contact`);
    expect(other.body.sections[0]!.heading).toBe('Details');
  });

  it('lists related records in order and in pages', async () => {
    const path = `${ui}/related-list-records/${invoiceId}/Invoice_Lines__r?fields=Invoice_Line__c.Description__c&sortBy=Sort_Order__c&pageSize=2`;
    type Page = { count: number; nextPageToken: string | null; records: UiRecord[] };
    const first = await robin.call<Page>('GET', path);
    expect(first.body.records.map((record) => record.fields['Description__c']!.value)).toEqual([
      'Line 2',
      'Line 1',
    ]);
    const second = await robin.call<Page>('GET', `${path}&pageToken=${first.body.nextPageToken}`);
    expect(second.body).toMatchObject({
      count: 1,
      nextPageToken: null,
      records: [{ fields: { Description__c: { value: 'Line 0' } } }],
    });
    const down = await robin.call<Page>('GET', path.replace('sortBy=', 'sortBy=-'));
    expect(down.body.records[0]!.fields['Description__c']!.value).toBe('Line 0');
    expect((await robin.call('GET', `${ui}/related-list-records/${invoiceId}/Nopes__r?fields=`)).status).toBe(
      400,
    );
  });

  it('names the quick actions of the layout and the components of the record page', async () => {
    const { body } = await robin.call('GET', `${ui}/actions/record/${accountId}`);
    expect(body).toMatchObject({
      actions: [
        {
          apiName: 'Account.Raise_Invoice',
          label: 'Raise Invoice',
          type: 'ScreenAction',
          lightningComponent: 'raiseInvoice',
        },
        {
          apiName: 'Account.Account_Statement',
          label: 'Account Statement',
          type: 'ScreenAction',
          lightningComponent: 'accountStatement',
        },
        {
          apiName: 'Account.Sync_With_Stripe',
          label: 'Sync With Stripe',
          type: 'Action',
          lightningComponent: 'syncRecord',
        },
      ],
    });
    const invoice = await robin.call('GET', `${ui}/actions/record/${invoiceId}`);
    expect(invoice.body).toMatchObject({
      actions: expect.arrayContaining([
        expect.objectContaining({ lightningComponent: 'syncInvoice', type: 'Action' }),
      ]),
    });
    const page = await robin.call('GET', '/sandbox/flexipage/Invoice__c');
    expect(page.body).toMatchObject({
      regions: expect.arrayContaining([
        expect.objectContaining({ name: 'main' }),
        expect.objectContaining({ name: 'sidebar' }),
      ]),
    });
    expect(JSON.stringify(page.body)).toContain('"c:invoicePanel"');
    const plain = await robin.call('GET', '/sandbox/flexipage/Contact');
    expect(plain.body).toMatchObject({
      regions: [{ name: 'main', components: [{ name: 'force:detailPanel' }] }, { name: 'sidebar' }],
    });
  });
});
