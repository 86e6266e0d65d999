import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuraHandledException } from '../../sandbox/salesforce/apex/context.ts';
import type { ApexMethod } from '../../sandbox/salesforce/apex/context.ts';
import { signIn, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Call = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

const method = (run: ApexMethod['run'], cacheable = false): ApexMethod => ({ cacheable, run });

describe('Apex in the sandbox org', () => {
  let org: TestOrg;
  let middleware: Server;
  const calls: Call[] = [];

  beforeAll(async () => {
    middleware = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        calls.push({ method: request.method!, url: request.url!, headers: request.headers, body });
        response.statusCode = 202;
        response.end('{"done":true}');
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => middleware.once('listening', resolve));
    const url = `http://127.0.0.1:${(middleware.address() as AddressInfo).port}`;
    org = await testOrg({ namedCredential: { url, token: 'token-of-the-org' }, apexClasses });
  });
  afterAll(async () => {
    await org.stop();
    middleware.close();
  });

  const methods: Record<string, ApexMethod> = {
    whoAmI: method((_params, context) => [
      context.userName,
      context.hasCustomPermission('Raise_Invoices'),
      context.orgId,
    ]),
    echo: method((params) => params, true),
    nothing: method(() => undefined),
    children: method((_params, { query }) =>
      query('SELECT Name, (SELECT LastName FROM Contacts) FROM Account ORDER BY Name'),
    ),
    badQuery: method((_params, { query }) => query('SELECT Nope__c FROM Account')),
    insert: method((_params, context) => context.insert('Account', [{ Name: 'By Apex' }])),
    insertAndThrow: method((_params, context) => {
      context.insert('Account', [{ Name: 'Rolled Back' }]);
      expect(context.query("SELECT Id FROM Account WHERE Name = 'Rolled Back'")).toHaveLength(1);
      throw new AuraHandledException('Please choose a product.');
    }),
    badInsert: method((_params, context) =>
      context.insert('Contact', [{ LastName: 'Good' }, { FirstName: 'Bad' }]),
    ),
    cacheableInsert: method((_params, context) => context.insert('Account', [{ Name: 'Never' }]), true),
    callout: method((_params, context) =>
      context.callout({
        method: 'POST',
        path: '/v1/things',
        body: { a: 1 },
        headers: { 'Idempotency-Key': 'k' },
      }),
    ),
    calloutThenInsert: method(async (_params, context) => {
      await context.callout({ method: 'GET', path: '/v1/things' });
      return context.insert('Account', [{ Name: 'After Callout' }]);
    }),
    insertThenCallout: method(async (_params, context) => {
      context.insert('Account', [{ Name: 'Before Callout' }]);
      await context.callout({ method: 'GET', path: '/v1/things' });
    }),
    updateAndDelete: method((_params, context) => {
      const [id] = context.insert('Account', [{ Name: 'Short Life' }]);
      context.update('Account', [{ Id: id!, Name: 'Shorter Life' }]);
      const [account] = context.query(`SELECT Name FROM Account WHERE Id = '${id}'`);
      context.delete('Account', [id!]);
      return account!['Name'];
    }),
  };

  // Not the project's own twins, because these try what no good twin does.
  const apexClasses = { RaiseInvoiceController: methods, HiddenController: { run: method(() => 1) } };

  async function run(
    name: string,
    params: Record<string, unknown> = {},
    { user = 'Robin Reyes', classname = 'RaiseInvoiceController', cacheable = false } = {},
  ) {
    const page = await signIn(org, user);
    const { status, body } = await page.call('POST', '/webruntime/api/apex/execute', {
      namespace: '',
      classname,
      method: name,
      isContinuation: false,
      params,
      cacheable,
    });
    return { status, body };
  }
  async function accountsNamed(name: string): Promise<number> {
    const connection = await org.connect();
    return (await connection.query(`SELECT COUNT() FROM Account WHERE Name = '${name}'`)).totalSize;
  }

  it('runs as the user of the page and answers what the method returns', async () => {
    expect(await run('whoAmI')).toEqual({
      status: 200,
      body: { returnValue: ['Robin Reyes', true, org.orgId] },
    });
    expect(await run('echo', { a: [1, null] }, { cacheable: true })).toEqual({
      status: 200,
      body: { returnValue: { a: [1, null] } },
    });
    expect(await run('nothing')).toEqual({ status: 200, body: { returnValue: null } });
  });

  it('gives children of a query as lists', async () => {
    const { body } = await run('children');
    const [first] = body['returnValue'] as { Contacts: { LastName: string }[] }[];
    expect(first!.Contacts[0]!.LastName).toEqual(expect.any(String));
  });

  it('commits DML when the method ends well, and undoes it when the method throws', async () => {
    const { body } = await run('insert');
    expect(body['returnValue']).toEqual([expect.stringMatching(/^001/)]);
    expect(await accountsNamed('By Apex')).toBe(1);
    expect(await run('insertAndThrow')).toEqual({
      status: 400,
      body: {
        message: 'Please choose a product.',
        exceptionType: 'System.AuraHandledException',
        isUserDefinedException: false,
        stackTrace: '',
      },
    });
    expect(await accountsNamed('Rolled Back')).toBe(0);
    expect((await run('updateAndDelete')).body).toEqual({ returnValue: 'Shorter Life' });
  });

  it('throws the exceptions of the platform', async () => {
    expect(await run('badQuery')).toMatchObject({
      status: 500,
      body: { exceptionType: 'System.QueryException' },
    });
    const dml = await run('badInsert');
    expect(dml).toMatchObject({ status: 500, body: { exceptionType: 'System.DmlException' } });
    expect(dml.body['message']).toBe(
      'Insert failed. First exception on row 1; first error: REQUIRED_FIELD_MISSING, Required fields are missing: [LastName]: [LastName]',
    );
    expect(await run('cacheableInsert')).toMatchObject({
      status: 500,
      body: { exceptionType: 'System.LimitException' },
    });
    expect(await accountsNamed('Never')).toBe(0);
  });

  it('calls out with the token of the named credential and the ids of org and user', async () => {
    calls.length = 0;
    const { body } = await run('callout');
    expect(body).toEqual({ returnValue: { status: 202, body: '{"done":true}' } });
    expect(calls).toMatchObject([{ method: 'POST', url: '/v1/things', body: '{"a":1}' }]);
    expect(calls[0]!.headers).toMatchObject({
      authorization: 'Bearer token-of-the-org',
      'x-salesforce-org-id': org.orgId,
      'x-salesforce-user-id': expect.stringMatching(/^005/),
      'idempotency-key': 'k',
    });
  });

  it('refuses a callout after DML, and allows DML after a callout', async () => {
    expect((await run('calloutThenInsert')).status).toBe(200);
    expect(await accountsNamed('After Callout')).toBe(1);
    calls.length = 0;
    expect(await run('insertThenCallout')).toMatchObject({
      status: 500,
      body: {
        exceptionType: 'System.CalloutException',
        message: 'You have uncommitted work pending. Please commit or rollback before calling out',
      },
    });
    expect(await accountsNamed('Before Callout')).toBe(0);
    expect(calls).toEqual([]);
  });

  it('throws a CalloutException when the middleware does not answer', async () => {
    const lonely = await testOrg({ namedCredential: { url: 'http://127.0.0.1:9', token: 't' }, apexClasses });
    const page = await signIn(lonely);
    const answer = await page.call('POST', '/webruntime/api/apex/execute', {
      classname: 'RaiseInvoiceController',
      method: 'callout',
      params: {},
    });
    expect(answer).toMatchObject({ status: 500, body: { exceptionType: 'System.CalloutException' } });
    await lonely.stop();
  });

  it('keeps classes from users who were not given them, and from callers without a session', async () => {
    expect(await run('whoAmI', {}, { user: 'Nina New' })).toMatchObject({
      status: 403,
      body: { message: "You do not have access to the Apex class named 'RaiseInvoiceController'." },
    });
    expect((await run('run', {}, { classname: 'HiddenController' })).status).toBe(403);
    expect((await run('run', {}, { classname: 'HiddenController', user: 'Ada Admin' })).status).toBe(200);
    expect((await run('nope')).status).toBe(404);
    expect((await run('insert', {}, { cacheable: true })).status).toBe(400);
    const response = await fetch(`${org.url}/webruntime/api/apex/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ classname: 'RaiseInvoiceController', method: 'whoAmI' }),
    });
    expect(response.status).toBe(401);
  });

  it('lets a person change who works at the page, but never to the API user', async () => {
    const robin = await signIn(org);
    const { body } = await robin.call<{ user: object; users: { id: string; name: string }[] }>(
      'GET',
      '/sandbox/session',
    );
    expect(body).toMatchObject({
      user: { id: robin.userId, name: 'Robin Reyes' },
      org: { id: org.orgId },
      customPermissions: { Raise_Invoices: true },
      links: { stripeDashboard: 'http://stripe.test/dashboard', mailbox: 'http://stripe.test/mailbox' },
    });
    expect(body.users.map((user) => user.name)).toEqual(['Robin Reyes', 'Ada Admin', 'Nina New']);
    const integration = '005SB0000000001YAA';
    expect((await robin.call('POST', '/sandbox/session', { userId: integration })).status).toBe(400);
    const nina = await signIn(org, 'Nina New');
    expect((await nina.call('GET', '/sandbox/session')).body).toMatchObject({
      customPermissions: { Raise_Invoices: false },
    });
  });
});
