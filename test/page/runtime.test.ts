import { AnsweringOrg, invoiceId } from './answeringOrg.ts';
import { SentEvents } from './pageModules.ts';

const org = new AnsweringOrg();
// What the page's modules export is not typed.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
let page: any;

beforeAll(() => org.start());
afterAll(() => org.stop());
beforeEach(async () => {
  page = await org.loadPage([
    'lightning/empApi',
    'runtime/errors',
    'runtime/navigation',
    'runtime/soql',
    'shell/fieldSections',
    'shell/listQuery',
    'shell/regions',
    'shell/visibility',
  ]);
});

describe('empApi', () => {
  test('gives changes of the object of the channel in the shape of change events', async () => {
    const received: unknown[] = [];
    const subscription = await page.subscribe('/data/Invoice__ChangeEvent', -1, (event: unknown) =>
      received.push(event),
    );
    const [stream] = SentEvents.open;
    expect(stream!.url).toBe('/sandbox/changes');
    const change = { changeType: 'UPDATE', changedFields: ['Status__c'], commitTimestamp: 1_767_225_600_000 };
    stream!.send({ ...change, objectApiName: 'Account', recordIds: ['001'] });
    stream!.send({ ...change, objectApiName: 'Invoice__c', recordIds: [invoiceId] });
    expect(received).toMatchObject([
      {
        channel: '/data/Invoice__ChangeEvent',
        data: {
          event: { replayId: 1 },
          payload: {
            ChangeEventHeader: {
              entityName: 'Invoice__c',
              recordIds: [invoiceId],
              changeType: 'UPDATE',
              changedFields: ['Status__c'],
              commitTimestamp: 1_767_225_600_000,
            },
          },
        },
      },
    ]);
    await page.unsubscribe(subscription, () => {});
    stream!.send({ ...change, objectApiName: 'Invoice__c', recordIds: [invoiceId] });
    expect(received).toHaveLength(1);
  });

  test.each([
    ['/data/AccountChangeEvent', 'Account'],
    ['/data/Invoice_Line__ChangeEvent', 'Invoice_Line__c'],
    ['/data/ChangeEvents', 'Product2'],
    ['/data/Invoicebridge__chn', 'Product2'],
  ])('listens on %s to %s', async (channel, objectApiName) => {
    const received: unknown[] = [];
    await page.subscribe(channel, -1, (event: unknown) => received.push(event));
    SentEvents.open[0]!.send({
      objectApiName,
      recordIds: [invoiceId],
      changeType: 'CREATE',
      changedFields: [],
    });
    expect(received).toHaveLength(1);
  });
});

describe('navigation', () => {
  test.each([
    [
      '/lightning/r/Account/001000000000001AAA/view',
      {
        type: 'standard__recordPage',
        attributes: { objectApiName: 'Account', recordId: '001000000000001AAA', actionName: 'view' },
      },
    ],
    [
      '/lightning/o/Invoice__c/list?filterName=Open',
      {
        type: 'standard__objectPage',
        attributes: { objectApiName: 'Invoice__c', actionName: 'list' },
        state: { filterName: 'Open' },
      },
    ],
    [
      '/lightning/r/Account/001000000000001AAA/related/Invoices__r/view',
      {
        type: 'standard__recordRelationshipPage',
        attributes: {
          objectApiName: 'Account',
          recordId: '001000000000001AAA',
          relationshipApiName: 'Invoices__r',
          actionName: 'view',
        },
      },
    ],
    [
      '/lightning/page/filePreview?selectedRecordId=069000000000001AAA',
      {
        type: 'standard__namedPage',
        attributes: { pageName: 'filePreview' },
        state: { selectedRecordId: '069000000000001AAA' },
      },
    ],
    ['/lightning/page/home', { type: 'standard__namedPage', attributes: { pageName: 'home' } }],
  ])('writes and reads %s', (url, reference) => {
    expect(page.urlOf(reference)).toBe(url);
    const [pathname, query] = url.split('?');
    expect(page.referenceOf(pathname, query)).toEqual({ state: {}, ...reference });
  });

  test('finds a record page without the name of its object', () => {
    const url = page.urlOf({
      type: 'standard__recordPage',
      attributes: { recordId: invoiceId, actionName: 'view' },
    });
    expect(url).toBe(`/lightning/r/${invoiceId}/view`);
    expect(page.referenceOf(url).attributes).toMatchObject({ recordId: invoiceId, objectApiName: undefined });
  });

  test('knows no page for an address of another kind', () => {
    expect(page.referenceOf('/lightning/setup/ObjectManager/home')).toBeUndefined();
    expect(() => page.urlOf({ type: 'standard__knowledgeArticlePage' })).toThrow('no page of the type');
  });
});

test('texts of a person become SOQL literals that cannot end the query', () => {
  expect(page.literal(`O'Neil \\ Co`)).toBe(`'O\\'Neil \\\\ Co'`);
  expect(page.likePattern(`50%_'`)).toBe(`'%50\\%\\_\\'%'`);
});

test('a refused save tells errors of fields from errors of the record', () => {
  const body = {
    message: 'An error occurred while trying to update the record. Please try again.',
    output: { errors: [{ message: 'Locked.' }], fieldErrors: { Due_Date__c: [{ message: 'In the past.' }] } },
  };
  expect(page.saveErrors({ body })).toEqual({
    general: ['Locked.'],
    byField: { Due_Date__c: 'In the past.' },
  });
  expect(page.saveErrors({ body: { message: 'Try again.' } })).toEqual({
    general: ['Try again.'],
    byField: {},
  });
});

describe('a list view', () => {
  const info = {
    apiName: 'Invoice__c',
    nameFields: ['Name'],
    fields: {
      Name: { apiName: 'Name', dataType: 'String' },
      Account__c: {
        apiName: 'Account__c',
        dataType: 'Reference',
        relationshipName: 'Account__r',
        referenceToInfos: [{ apiName: 'Account', nameFields: ['Name'] }],
      },
      Sync_Status__c: { apiName: 'Sync_Status__c', dataType: 'Picklist' },
      Due_Date__c: { apiName: 'Due_Date__c', dataType: 'Date' },
      Total__c: { apiName: 'Total__c', dataType: 'Currency' },
    },
  };
  const view = (...filters: { field: string; operation: string; value: string }[]) => ({
    columns: ['Name', 'Account__c', 'Hidden__c'],
    mine: false,
    filters,
  });
  const options = { sort: { column: 'Account__cLink', descending: true }, searchText: '' };

  test('selects the names behind lookups, and leaves out what the user may not see', () => {
    expect(page.listQuery(info, view(), options)).toBe(
      'SELECT Id, Name, Account__r.Name FROM Invoice__c ORDER BY Account__r.Name DESC NULLS LAST LIMIT 200',
    );
  });

  test.each([
    ['Sync_Status__c', 'equals', 'Error,Conflict', `Sync_Status__c IN ('Error', 'Conflict')`],
    ['Sync_Status__c', 'notEqual', '', 'Sync_Status__c != null'],
    ['Due_Date__c', 'lessThan', 'TODAY', 'Due_Date__c < TODAY'],
    ['Total__c', 'greaterOrEqual', '100', 'Total__c >= 100'],
    ['Name', 'startsWith', 'INV', `Name LIKE 'INV%'`],
    ['Name', 'contains', `O'Neil`, `Name LIKE '%O\\'Neil%'`],
  ])('filters %s %s %s', (field, operation, value, expected) => {
    const soql = page.listQuery(info, view({ field, operation, value }), options) as string;
    expect(soql).toContain(` WHERE ${expected} ORDER BY`);
  });

  test('is searched in its columns of text', () => {
    const soql = page.listQuery(info, view(), { ...options, searchText: ' acme ' }) as string;
    expect(soql).toContain(`WHERE (Name LIKE '%acme%' OR Account__r.Name LIKE '%acme%')`);
  });
});

test('details and related lists beside each other on a record page are tabs; alone each stands for itself', () => {
  const [panel, detail, related] = ['c:invoicePanel', 'force:detailPanel', 'force:relatedListContainer'].map(
    (name) => ({ name }),
  );
  const kinds = (components: unknown[]) =>
    page.blocksOf(components).map(({ kind }: { kind?: string }) => kind);
  expect(kinds([{ name: 'force:highlightsPanel' }, panel, detail, related])).toEqual([undefined, 'tabs']);
  expect(kinds([detail, panel])).toEqual(['detail', undefined]);
  expect(kinds([related])).toEqual(['related']);
});

describe('sections of fields on a record page', () => {
  const status = (operator: string, rightValue: string) => ({
    leftValue: '{!Record.Status__c}',
    operator,
    rightValue,
  });
  const record = {
    fields: { Status__c: { value: 'Open' }, Invoice__r: { value: { fields: { Paid__c: { value: true } } } } },
  };

  test.each([
    [undefined, true],
    [{ criteria: [status('EQUAL', 'Open')] }, true],
    [{ criteria: [status('NE', 'Open'), status('NE', 'Paid')] }, false],
    [
      { booleanFilter: '1 OR 2 AND 3', criteria: ['Open', 'Paid', 'Void'].map((v) => status('EQUAL', v)) },
      true,
    ],
    [
      { booleanFilter: '(1 OR 2) AND 3', criteria: ['Open', 'Paid', 'Void'].map((v) => status('EQUAL', v)) },
      false,
    ],
    [{ booleanFilter: 'NOT 1 OR 2', criteria: ['Open', 'Paid'].map((v) => status('EQUAL', v)) }, false],
    [{ criteria: [status('CONTAINS', 'pen')] }, true],
    [
      { criteria: [{ leftValue: '{!Record.Invoice__r.Paid__c}', operator: 'EQUAL', rightValue: 'true' }] },
      true,
    ],
    [{ criteria: [{ leftValue: '{!Record.Number__c}', operator: 'EQUAL', rightValue: '' }] }, true],
  ])('follow the rule %j', (rule, expected) => {
    expect(page.holds(rule, record)).toBe(expected);
  });

  test('follow no rule that is not understood', () => {
    expect(() => page.holds({ criteria: [status('GT', '1')] }, record)).toThrow('the operator GT');
    const ofUser = { leftValue: '{!$User.Alias}', operator: 'EQUAL', rightValue: 'x' };
    expect(() => page.holds({ criteria: [ofUser] }, record)).toThrow('{!$User.Alias}');
  });

  test('are one form, laid out as the record says; what they ask for is read with it', () => {
    const name = 'flexipage:fieldSection';
    const draft = { criteria: [status('EQUAL', 'Draft')] };
    const sections = [
      {
        name,
        properties: { label: 'Terms', columns: 'a' },
        visibilityRule: draft,
        columns: [[{ field: 'Description__c', behavior: 'none' }]],
      },
      {
        name,
        properties: { label: 'All', columns: 'b' },
        columns: [
          [
            { field: 'Account__c', behavior: 'required', visibilityRule: draft },
            {
              field: 'Account__c',
              behavior: 'readonly',
              visibilityRule: { criteria: [status('NE', 'Draft')] },
            },
          ],
          [{ field: 'Status__c', behavior: 'readonly' }],
        ],
      },
    ];
    const [panel, form] = page.blocksOf([{ name: 'c:invoicePanel' }, ...sections]);
    expect([panel.kind, form.kind, form.sections.length]).toEqual([undefined, 'form', 2]);

    const shown = page.layoutOf(sections, record).sections;
    expect(shown).toMatchObject([{ id: 'b', heading: 'All', columns: 2 }]);
    expect(shown[0].layoutRows).toMatchObject([
      {
        layoutItems: [
          { editableForUpdate: false, required: false, layoutComponents: [{ apiName: 'Account__c' }] },
          { layoutComponents: [{ apiName: 'Status__c' }] },
        ],
      },
    ]);
    const fields = Object.fromEntries(
      ['Name', 'Description__c', 'Account__c', 'Status__c'].map((apiName) => [apiName, { apiName }]),
    );
    expect(page.fieldsOfSections({ apiName: 'Invoice__c', nameFields: ['Name'], fields }, sections)).toEqual(
      ['Name', 'Description__c', 'Account__c', 'Status__c'].map((field) => `Invoice__c.${field}`),
    );
  });
});
