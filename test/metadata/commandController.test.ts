import { daysFromNow, OrgUser } from '../integration/orgUser.ts';
import { ControllerOrg } from './controllerOrg.ts';

const here = new ControllerOrg();

beforeAll(() => here.start());
afterAll(() => here.close());

beforeEach(() => {
  here.middleware.calls.length = 0;
  here.middleware.says(200, '{}');
});

describe('Send To Customer and Sync Invoice', () => {
  const done = {
    command: { id: 'c1', kind: 'send', status: 'done' },
    invoice: {
      stripeId: 'in_1',
      status: 'Open',
      number: 'A-1',
      total: 25.5,
      currency: 'USD',
      hostedInvoiceUrl: null,
    },
    changes: [],
    message: 'A-1 was sent.',
  };

  it('tell the middleware who asks for what, once per key', async () => {
    const { invoiceId } = await here.create();
    here.middleware.says(200, done);
    const answer = await here.rep.send(invoiceId, 'key-of-this-click');
    expect(answer).toEqual({
      commandId: 'c1',
      status: 'done',
      message: 'A-1 was sent.',
      newInvoiceId: null,
      invoice: {
        stripeId: 'in_1',
        status: 'Open',
        invoiceNumber: 'A-1',
        total: 25.5,
        currencyCode: 'USD',
        hostedInvoiceUrl: null,
      },
    });
    const [call] = here.middleware.calls;
    expect(call).toMatchObject({ method: 'POST', path: `/v1/invoices/${invoiceId}/send`, body: '{}' });
    expect(call!.headers).toMatchObject({
      authorization: 'Bearer org-token',
      'idempotency-key': 'key-of-this-click',
      'x-salesforce-org-id': here.org.orgId,
      'x-salesforce-user-id': expect.stringMatching(/^005/) as string,
    });
  });

  it('run any other action with what it takes, for those who may', async () => {
    const { invoiceId } = await here.create();
    const run = (params: string | null, user = here.rep) =>
      user.apex('InvoiceCommandController', 'runAction', {
        invoiceId,
        action: 'mark-paid',
        params,
        idempotencyKey: 'key-of-this-click',
      });
    here.middleware.says(200, { ...done, newInvoice: { id: invoiceId, stripeId: 'in_2' } });
    expect(await run(null)).toMatchObject({ status: 'done', newInvoiceId: invoiceId });
    await run('{"amount":5}');
    expect(here.middleware.calls).toEqual(
      ['{}', '{"amount":5}'].map((body) =>
        expect.objectContaining({ method: 'POST', path: `/v1/invoices/${invoiceId}/mark-paid`, body }),
      ),
    );
    const stranger = await OrgUser.login(here.org.url, 'Nina New');
    await expect(run(null, stranger)).rejects.toThrow('You do not have access');
    expect(here.middleware.calls).toHaveLength(2);
  });

  it('pass on that a command finishes by itself', async () => {
    const { invoiceId } = await here.create();
    const message = 'It is carried out by itself.';
    here.middleware.says(202, {
      command: { id: 'c2', status: 'running' },
      invoice: null,
      changes: [],
      message,
    });
    expect(await here.rep.sync(invoiceId)).toMatchObject({ status: 'running', message });
  });

  it('hand a refusal back as a result, because its key is used up', async () => {
    const { invoiceId } = await here.create();
    here.middleware.says(409, { title: 'Wrong state', status: 409, detail: 'A-1 is paid.' });
    expect(await here.rep.send(invoiceId)).toMatchObject({ status: 'failed', message: 'A-1 is paid.' });
    here.middleware.says(500, { detail: 'It broke for good.', command: { id: 'c3', status: 'failed' } });
    expect(await here.rep.send(invoiceId)).toMatchObject({ status: 'failed', message: 'It broke for good.' });
  });

  it.each([
    [503, { detail: 'The database is away. Try again in a minute.' }, 'The database is away'],
    [502, '<html>Bad Gateway</html>', 'Invoicebridge has a problem (status 502). Your data is safe.'],
    [429, '', 'Invoicebridge is very busy'],
  ])('say in words that it is open what became of a command: %i', async (status, body, words) => {
    const { invoiceId } = await here.create();
    here.middleware.says(status, body);
    await expect(here.rep.sync(invoiceId)).rejects.toThrow(words);
  });

  it('say which credential to check when the org is refused without words', async () => {
    const { invoiceId } = await here.create();
    here.middleware.says(401, '');
    expect(await here.rep.sync(invoiceId)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('token in the external credential Invoicebridge') as string,
    });
  });

  it('preview what will be sent to whom', async () => {
    const { invoiceId, name } = await here.create();
    expect(await here.rep.apex('InvoiceCommandController', 'getSendPreview', { invoiceId })).toEqual({
      name,
      accountName: 'Wren & Sons',
      status: 'Draft',
      recipient: 'ap@wren.example',
      recipientSource: 'Billing Email of the account',
      amount: 0.3,
      amountRemaining: null,
      currencyCode: 'USD',
      dueDate: daysFromNow(30),
      problem: null,
    });
  });

  it('preview the total of Stripe unless the lines have changed since', async () => {
    const { invoiceId } = await here.create();
    const amount = async () =>
      (await here.rep.apex<{ amount: number }>('InvoiceCommandController', 'getSendPreview', { invoiceId }))
        .amount;
    await here.admin.update('Invoice__c', invoiceId, { Subtotal__c: 0.3, Tax__c: 0.06, Total__c: 0.36 });
    expect(await amount()).toBe(0.36);
    const { lines } = await here.draftOf(invoiceId);
    await here.save(invoiceId, { lines: [{ ...lines[0], quantity: 10 }] });
    expect(await amount()).toBe(1);
  });

  it.each([
    ['Paid', {}, 'is paid'],
    ['Void', {}, 'is void'],
    ['Uncollectible', {}, 'is marked as uncollectible'],
    [
      'Open',
      { Sent_At__c: '2026-11-01T10:00:00.000Z' },
      'was sent on 2026-11-01 10:00 and is not sent twice',
    ],
    ['Draft', { Due_Date__c: '2020-01-01' }, 'due date is in the past'],
  ])('say why a %s invoice with %o cannot be sent', async (status, fields, words) => {
    const { invoiceId } = await here.create();
    await here.admin.update('Invoice__c', invoiceId, { Status__c: status, ...fields });
    const preview = await here.rep.apex<{ problem: string }>('InvoiceCommandController', 'getSendPreview', {
      invoiceId,
    });
    expect(preview.problem).toContain(words);
  });

  it('do not call the middleware for an invoice that the person cannot see', async () => {
    await expect(here.rep.sync('a02SB0000009999')).rejects.toThrow('The invoice was not found');
    expect(here.middleware.calls).toEqual([]);
  });
});

describe('Sync With Stripe', () => {
  it('asks for the kind of record that it is', async () => {
    const [account] = await here.rep.query('SELECT Id FROM Account LIMIT 1');
    const [product] = await here.rep.query('SELECT Id FROM Product2 LIMIT 1');
    const { invoiceId } = await here.create();
    here.middleware.calls.length = 0;
    here.middleware.says(200, { command: { id: 'c1', status: 'done' }, message: 'Nothing differed.' });
    for (const recordId of [account!.Id, product!.Id, invoiceId]) {
      const answer = await here.rep.apex('RecordSyncController', 'syncRecord', {
        recordId,
        idempotencyKey: 'a-key-of-this-click',
      });
      expect(answer).toMatchObject({ status: 'done', message: 'Nothing differed.' });
    }
    expect(here.middleware.calls.map(({ path }) => path)).toEqual([
      `/v1/accounts/${account!.Id}/sync`,
      `/v1/products/${product!.Id}/sync`,
      `/v1/invoices/${invoiceId}/sync`,
    ]);
  });

  it('says that a record is not there, and asks nobody', async () => {
    await expect(
      here.rep.apex('RecordSyncController', 'syncRecord', {
        recordId: '001000000000ZZZ',
        idempotencyKey: 'key',
      }),
    ).rejects.toThrow('The record was not found.');
    expect(here.middleware.calls).toEqual([]);
  });
});
