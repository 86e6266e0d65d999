import { AnsweringOrg, invoice, invoiceId, until, wire } from './answeringOrg.ts';
import { loadPageModules, SentEvents } from './pageModules.ts';

const org = new AnsweringOrg();
// What the page's modules export is not typed.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
let page: any;

beforeAll(() => org.start());
afterAll(() => org.stop());
beforeEach(async () => {
  org.answerJson(invoice('Draft'));
  page = await org.loadPage([
    'lightning/uiRecordApi',
    'runtime/apex',
    'runtime/changes',
    'runtime/connection',
    'runtime/errors',
  ]);
});

describe('getRecord', () => {
  const fields = [{ objectApiName: 'Invoice__c', fieldApiName: 'Status__c' }, 'Invoice__c.Total__c'];

  test('emits nothing at first, then the record, which cannot be written to', async () => {
    const { emitted, last } = wire(page.getRecord, { recordId: invoiceId, fields });
    expect(emitted).toEqual([{ data: undefined, error: undefined }]);
    await until(() => emitted.length === 2);
    expect(org.requests[0]!.url).toBe(
      `/services/data/v67.0/ui-api/records/${invoiceId}?fields=Invoice__c.Status__c,Invoice__c.Total__c`,
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

  test('waits for the record invoiceId and for fields', async () => {
    const { adapter, emitted } = wire(page.getRecord, { recordId: undefined, fields });
    adapter.update({ recordId: invoiceId, fields: undefined });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(org.requests).toEqual([]);
    adapter.update({ recordId: invoiceId, fields });
    await until(() => emitted.length === 2);
  });

  test('emits an error with the body that the org sent', async () => {
    org.answer = (_request, response) =>
      response
        .status(404)
        .json([{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]);
    const { last } = wire(page.getRecord, { recordId: invoiceId, fields });
    await until(() => last().error !== undefined);
    expect(last().error).toMatchObject({
      status: 404,
      body: { errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' },
    });
  });

  test('emits again when the record was changed here, by Apex or elsewhere in the org', async () => {
    const { emitted, last } = wire(page.getRecord, { recordId: invoiceId, fields });
    await until(() => emitted.length === 2);

    org.answerJson(invoice('Open'));
    await page.updateRecord({ fields: { Id: invoiceId, Description__c: 'Autumn' } });
    expect(org.requests.find(({ method }) => method === 'PATCH')!.body).toEqual({
      fields: { Description__c: 'Autumn' },
    });
    expect(last().data!.fields.Status__c.value).toBe('Open');

    org.answerJson(invoice('Paid'));
    await page.notifyRecordUpdateAvailable([{ recordId: invoiceId }]);
    expect(last().data!.fields.Status__c.value).toBe('Paid');

    page.watchChanges(() => {});
    org.answerJson(invoice('Void'));
    SentEvents.open[0]!.send({ objectApiName: 'Invoice__c', recordIds: [invoiceId], changeType: 'UPDATE' });
    await until(() => last().data!.fields.Status__c.value === 'Void');
  });

  test('emits nothing when nothing has changed or another record has', async () => {
    const { emitted } = wire(page.getRecord, { recordId: invoiceId, fields });
    await until(() => emitted.length === 2);
    await page.notifyRecordUpdateAvailable([{ recordId: invoiceId }]);
    await page.notifyRecordUpdateAvailable([{ recordId: 'a00DS0000000002AAA' }]);
    expect(emitted).toHaveLength(2);
    expect(org.requests).toHaveLength(2);
  });

  test('drops an answer that a newer request has overtaken', async () => {
    let answerFirst = () => {};
    org.answer = (request, response) => {
      if (request.url.includes('first'))
        answerFirst = () => response.json({ ...invoice('Draft'), id: 'first' });
      else response.json({ ...invoice('Open'), id: 'second' });
    };
    const { adapter, emitted, last } = wire(page.getRecord, { recordId: 'first', fields });
    await until(() => org.requests.length === 1);
    adapter.update({ recordId: 'second', fields });
    await until(() => emitted.length === 2);
    answerFirst();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(last().data!.id).toBe('second');
    expect(emitted).toHaveLength(2);
  });

  test('asks once for what several components of a page want', async () => {
    const wires = [1, 2, 3].map(() => wire(page.getRecord, { recordId: invoiceId, fields }));
    await until(() => wires.every(({ emitted }) => emitted.length === 2));
    expect(org.requests).toHaveLength(1);
  });

  test('reads everything again after the stream of changes was broken', async () => {
    const { emitted, last } = wire(page.getRecord, { recordId: invoiceId, fields });
    await until(() => emitted.length === 2);
    const reachable: boolean[] = [];
    page.watchConnection((now: boolean) => reachable.push(now));
    page.watchChanges(() => {});
    const [stream] = SentEvents.open;
    stream!.onopen!();
    stream!.onerror!();
    org.answerJson(invoice('Paid'));
    stream!.onopen!();
    await until(() => last().data!.fields.Status__c.value === 'Paid');
    expect(reachable).toEqual([false, true]);
  });
});

describe('an imported Apex method', () => {
  test('sends its name and parameters and answers what the method returned, frozen', async () => {
    org.answerJson({ returnValue: { invoiceId: invoiceId } });
    const createInvoice = page.apexMethod('RaiseInvoiceController', 'createInvoice', false);
    const result = await createInvoice({ accountId: '001', lines: [{ quantity: 1 }] });
    expect(org.requests[0]).toMatchObject({
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
    expect(result).toEqual({ invoiceId: invoiceId });
    expect(Object.isFrozen(result)).toBe(true);
    expect(createInvoice.adapter).toBeUndefined();
  });

  test('rejects with the message of the exception in its body, as on the platform', async () => {
    org.answer = (_request, response) =>
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
    expect(org.requests).toEqual([]);
  });

  test('is a wire when it is cacheable, and refreshApex loads it again', async () => {
    org.answerJson({ returnValue: [1] });
    const { emitted, last } = wire(page.apexMethod('A', 'b', true).adapter, { invoiceId: invoiceId });
    await until(() => emitted.length === 2);
    expect(last().data).toEqual([1]);
    org.answerJson({ returnValue: [1, 2] });
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
