import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import express from 'express';
import { loadPageModules, SentEvents } from './pageModules.ts';

// What the page's modules export is not typed.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
let page: any;
let server: Server;
let requests: { method: string; url: string; body: unknown }[] = [];
let answer: (request: express.Request, response: express.Response) => unknown;

beforeAll(async () => {
  const app = express().use(express.json());
  app.use((request, response) => {
    requests.push({ method: request.method, url: decodeURIComponent(request.url), body: request.body });
    return answer(request, response);
  });
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(async () => {
  requests = [];
  SentEvents.open = [];
  answer = (_request, response) => response.json(invoice('Draft'));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  page = await loadPageModules(
    [
      'lightning/uiRecordApi',
      'lightning/empApi',
      'runtime/apex',
      'runtime/changes',
      'runtime/connection',
      'runtime/errors',
      'runtime/navigation',
      'runtime/soql',
    ],
    {
      fetch: (path: string, options: RequestInit) => fetch(`${base}${path}`, options),
      EventSource: SentEvents,
      location: { pathname: '/lightning/page/home', search: '', origin: base },
      history: {},
      Event,
    },
  );
});

const id = 'a00DS0000000001AAA';
const invoice = (status: string) => ({
  apiName: 'Invoice__c',
  id,
  fields: {
    Status__c: { value: status, displayValue: null },
    Total__c: { value: 12.5, displayValue: '$12.50' },
    Account__r: {
      displayValue: 'Acme',
      value: { apiName: 'Account', id: '001', fields: { Name: { value: 'Acme', displayValue: null } } },
    },
  },
});

type Emitted = { data?: ReturnType<typeof invoice>; error?: { status: number; body: { message: string } } };

/** A wire as a component has it: what it emitted, and how to change its parameters. */
function wire(adapterClass: new (callback: (value: Emitted) => void) => WireAdapter, config: object) {
  const emitted: Emitted[] = [];
  const adapter = new adapterClass((value) => emitted.push(value));
  adapter.connect();
  adapter.update(config);
  return { emitted, adapter, last: () => emitted.at(-1)! };
}
type WireAdapter = { connect(): void; update(config: object): void; disconnect(): void };

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not come to pass within five seconds.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('getRecord', () => {
  const fields = [{ objectApiName: 'Invoice__c', fieldApiName: 'Status__c' }, 'Invoice__c.Total__c'];

  test('emits nothing at first, then the record, which cannot be written to', async () => {
    const { emitted, last } = wire(page.getRecord, { recordId: id, fields });
    expect(emitted).toEqual([{ data: undefined, error: undefined }]);
    await until(() => emitted.length === 2);
    expect(requests[0]!.url).toBe(
      `/services/data/v67.0/ui-api/records/${id}?fields=Invoice__c.Status__c,Invoice__c.Total__c`,
    );
    expect(page.getFieldValue(last().data, fields[0])).toBe('Draft');
    expect(page.getFieldDisplayValue(last().data, 'Invoice__c.Total__c')).toBe('$12.50');
    expect(page.getFieldValue(last().data, 'Invoice__c.Account__r.Name')).toBe('Acme');
    expect(page.getFieldValue(last().data, 'Invoice__c.Missing__c')).toBeUndefined();
    expect(page.getFieldValue(undefined, 'Invoice__c.Status__c')).toBeUndefined();
    expect(() => {
      last().data!.fields.Status__c.value = 'Paid';
    }).toThrow(TypeError);
  });

  test('waits for the record id and for fields', async () => {
    const { adapter, emitted } = wire(page.getRecord, { recordId: undefined, fields });
    adapter.update({ recordId: id, fields: undefined });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toEqual([]);
    adapter.update({ recordId: id, fields });
    await until(() => emitted.length === 2);
  });

  test('emits an error with the body that the org sent', async () => {
    answer = (_request, response) =>
      response
        .status(404)
        .json([{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]);
    const { last } = wire(page.getRecord, { recordId: id, fields });
    await until(() => last().error !== undefined);
    expect(last().error).toMatchObject({
      status: 404,
      body: { errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' },
    });
  });

  test('emits again when the record was changed here, by Apex or elsewhere in the org', async () => {
    const { emitted, last } = wire(page.getRecord, { recordId: id, fields });
    await until(() => emitted.length === 2);

    answer = (_request, response) => response.json(invoice('Open'));
    await page.updateRecord({ fields: { Id: id, Description__c: 'Autumn' } });
    expect(requests.find(({ method }) => method === 'PATCH')!.body).toEqual({
      fields: { Description__c: 'Autumn' },
    });
    expect(last().data!.fields.Status__c.value).toBe('Open');

    answer = (_request, response) => response.json(invoice('Paid'));
    await page.notifyRecordUpdateAvailable([{ recordId: id }]);
    expect(last().data!.fields.Status__c.value).toBe('Paid');

    page.watchChanges(() => {});
    answer = (_request, response) => response.json(invoice('Void'));
    SentEvents.open[0]!.send({ objectApiName: 'Invoice__c', recordIds: [id], changeType: 'UPDATE' });
    await until(() => last().data!.fields.Status__c.value === 'Void');
  });

  test('emits nothing when nothing has changed or another record has', async () => {
    const { emitted } = wire(page.getRecord, { recordId: id, fields });
    await until(() => emitted.length === 2);
    await page.notifyRecordUpdateAvailable([{ recordId: id }]);
    await page.notifyRecordUpdateAvailable([{ recordId: 'a00DS0000000002AAA' }]);
    expect(emitted).toHaveLength(2);
    expect(requests).toHaveLength(2);
  });

  test('drops an answer that a newer request has overtaken', async () => {
    let answerFirst = () => {};
    answer = (request, response) => {
      if (request.url.includes('first'))
        answerFirst = () => response.json({ ...invoice('Draft'), id: 'first' });
      else response.json({ ...invoice('Open'), id: 'second' });
    };
    const { adapter, emitted, last } = wire(page.getRecord, { recordId: 'first', fields });
    await until(() => requests.length === 1);
    adapter.update({ recordId: 'second', fields });
    await until(() => emitted.length === 2);
    answerFirst();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(last().data!.id).toBe('second');
    expect(emitted).toHaveLength(2);
  });

  test('asks once for what several components of a page want', async () => {
    const wires = [1, 2, 3].map(() => wire(page.getRecord, { recordId: id, fields }));
    await until(() => wires.every(({ emitted }) => emitted.length === 2));
    expect(requests).toHaveLength(1);
  });

  test('reads everything again after the stream of changes was broken', async () => {
    const { emitted, last } = wire(page.getRecord, { recordId: id, fields });
    await until(() => emitted.length === 2);
    const reachable: boolean[] = [];
    page.watchConnection((now: boolean) => reachable.push(now));
    page.watchChanges(() => {});
    const [stream] = SentEvents.open;
    stream!.onopen!();
    stream!.onerror!();
    answer = (_request, response) => response.json(invoice('Paid'));
    stream!.onopen!();
    await until(() => last().data!.fields.Status__c.value === 'Paid');
    expect(reachable).toEqual([false, true]);
  });
});

describe('an imported Apex method', () => {
  test('sends its name and parameters and answers what the method returned, frozen', async () => {
    answer = (_request, response) => response.json({ returnValue: { invoiceId: id } });
    const createInvoice = page.apexMethod('RaiseInvoiceController', 'createInvoice', false);
    const result = await createInvoice({ accountId: '001', lines: [{ quantity: 1 }] });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: '/webruntime/api/apex/execute',
      body: {
        namespace: '',
        classname: 'RaiseInvoiceController',
        method: 'createInvoice',
        isContinuation: false,
        params: { accountId: '001', lines: [{ quantity: 1 }] },
        cacheable: false,
      },
    });
    expect(result).toEqual({ invoiceId: id });
    expect(Object.isFrozen(result)).toBe(true);
    expect(createInvoice.adapter).toBeUndefined();
  });

  test('rejects with the message of the exception in its body, as on the platform', async () => {
    answer = (_request, response) =>
      response
        .status(500)
        .json({ message: 'Choose a product.', exceptionType: 'System.AuraHandledException' });
    await expect(page.apexMethod('A', 'b', false)({})).rejects.toMatchObject({
      status: 500,
      body: { message: 'Choose a product.', exceptionType: 'System.AuraHandledException' },
    });
  });

  test('refuses an event as its parameters: the handler was bound to a button', async () => {
    await expect(page.apexMethod('A', 'b', false)(new Event('click'))).rejects.toThrow('named parameters');
    expect(requests).toEqual([]);
  });

  test('is a wire when it is cacheable, and refreshApex loads it again', async () => {
    answer = (_request, response) => response.json({ returnValue: [1] });
    const { emitted, last } = wire(page.apexMethod('A', 'b', true).adapter, { invoiceId: id });
    await until(() => emitted.length === 2);
    expect(last().data).toEqual([1]);
    answer = (_request, response) => response.json({ returnValue: [1, 2] });
    await page.refreshApex(last());
    expect(last().data).toEqual([1, 2]);
  });

  test('says in words that the org cannot be reached', async () => {
    const offline = await loadPageModules(['runtime/apex', 'runtime/errors'], {
      fetch: () => Promise.reject(new TypeError('Failed to fetch')),
      EventSource: SentEvents,
      location: {},
      history: {},
      Event,
    });
    const error = await offline
      .apexMethod(
        'A',
        'b',
        false,
      )({})
      .catch((caught: unknown) => caught);
    expect(offline.messageOf(error)).toContain('The org cannot be reached');
  });
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
    stream!.send({ ...change, objectApiName: 'Invoice__c', recordIds: [id] });
    expect(received).toMatchObject([
      {
        channel: '/data/Invoice__ChangeEvent',
        data: {
          event: { replayId: 1 },
          payload: {
            ChangeEventHeader: {
              entityName: 'Invoice__c',
              recordIds: [id],
              changeType: 'UPDATE',
              changedFields: ['Status__c'],
              commitTimestamp: 1_767_225_600_000,
            },
          },
        },
      },
    ]);
    await page.unsubscribe(subscription, () => {});
    stream!.send({ ...change, objectApiName: 'Invoice__c', recordIds: [id] });
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
    SentEvents.open[0]!.send({ objectApiName, recordIds: [id], changeType: 'CREATE', changedFields: [] });
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
    ['/lightning/page/home', { type: 'standard__namedPage', attributes: { pageName: 'home' } }],
  ])('writes and reads %s', (url, reference) => {
    expect(page.urlOf(reference)).toBe(url);
    const [pathname, query] = url.split('?');
    expect(page.referenceOf(pathname, query)).toEqual({ state: {}, ...reference });
  });

  test('finds a record page without the name of its object', () => {
    const url = page.urlOf({
      type: 'standard__recordPage',
      attributes: { recordId: id, actionName: 'view' },
    });
    expect(url).toBe(`/lightning/r/${id}/view`);
    expect(page.referenceOf(url).attributes).toMatchObject({ recordId: id, objectApiName: undefined });
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
