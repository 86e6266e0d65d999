import { get } from 'node:http';
import type { Connection } from 'jsforce';
import { probeMetadata, refusal, signIn, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Change = { objectApiName: string; recordIds: string[]; changeType: string; changedFields: string[] };

describe('the running sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeEach(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
  });
  afterEach(() => org.stop());

  const create = (fields: Record<string, unknown> = {}) =>
    connection.sobject('Probe__c').create({ Needed__c: 'x', ...fields });
  const count = async () => (await connection.query('SELECT COUNT() FROM Probe__c')).totalSize;

  it('keeps records, numbers and sessions over a restart', async () => {
    const { id } = await create({ Unique__c: 'kept', Amount__c: 1.5 });
    await connection.sobject('Probe_Part__c').create({ Probe__c: id! });
    org = await org.restart();
    // The session was kept too: the same token works on the new port.
    connection.instanceUrl = org.url;
    expect(await connection.sobject('Probe__c').retrieve(id!)).toMatchObject({
      Unique__c: 'kept',
      Amount__c: 1.5,
      Doubled__c: 3,
    });
    expect((await refusal(create({ Unique__c: 'kept' }))).errorCode).toBe('DUPLICATE_VALUE');
    const { id: second } = await create();
    expect(second).not.toBe(id);
    const part = await connection.sobject('Probe_Part__c').create({ Probe__c: id! });
    expect(await connection.sobject('Probe_Part__c').retrieve(part.id!)).toMatchObject({ Name: 'PART-0002' });
  });

  it('seeds only an org that is empty', async () => {
    await connection.sobject('Account').create({ Name: 'Mine' });
    org = await org.restart({ seed: true });
    connection = await org.connect();
    expect((await connection.query('SELECT Id FROM Account')).totalSize).toBe(1);
  });

  it('tells the API usage on every answer and stops at the limit', async () => {
    org = await org.restart({ apiLimit: 3 });
    connection = await org.connect();
    await count();
    await count();
    expect(connection.limitInfo).toMatchObject({ apiUsage: { used: 2, limit: 3 } });
    const { DailyApiRequests } = await connection.limits();
    expect(DailyApiRequests).toEqual({ Max: 3, Remaining: 0 });
    expect(await refusal(count())).toMatchObject({
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      message: 'TotalRequests Limit exceeded.',
    });
    // People at the page are not counted.
    const robin = await signIn(org);
    expect((await robin.call('GET', '/services/data/v67.0/limits')).status).toBe(200);
  });

  it('answers an ordered status as many times as ordered', async () => {
    const body = [
      { errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access to this record' },
    ];
    await org.control('POST', '/faults', {
      match: { method: 'POST', path: '/sobjects/Probe__c' },
      kind: 'status',
      status: 400,
      body,
      times: 2,
    });
    expect((await refusal(create())).errorCode).toBe('UNABLE_TO_LOCK_ROW');
    expect((await refusal(create())).errorCode).toBe('UNABLE_TO_LOCK_ROW');
    expect(await count()).toBe(0);
    await create();
    expect(await count()).toBe(1);
  });

  it('resets a connection before anything happens, or after everything happened', async () => {
    await org.control('POST', '/faults', { match: { method: 'POST' }, kind: 'resetBefore', times: 1 });
    await expect(create()).rejects.toThrow();
    expect(await count()).toBe(0);
    await org.control('POST', '/faults', { match: { method: 'POST' }, kind: 'resetAfter', times: 1 });
    await expect(create({ Unique__c: 'lost answer' })).rejects.toThrow();
    expect(await count()).toBe(1);
    expect((await refusal(create({ Unique__c: 'lost answer' }))).errorCode).toBe('DUPLICATE_VALUE');
  });

  it('delays answers, lists its faults and forgets them', async () => {
    await org.control('POST', '/faults', { match: { path: '/query' }, kind: 'delay', delayMs: 300 });
    expect(await (await org.control('GET', '/faults')).json()).toMatchObject([{ kind: 'delay' }]);
    const begin = Date.now();
    await count();
    expect(Date.now() - begin).toBeGreaterThanOrEqual(290);
    await org.control('DELETE', '/faults');
    expect(await (await org.control('GET', '/faults')).json()).toEqual([]);
    expect((await org.control('POST', '/faults', { match: {}, kind: 'flood' })).status).toBe(400);
  });

  it('holds requests until its faults are cleared', async () => {
    await org.control('POST', '/faults', { match: { path: '/query' }, kind: 'delay', hold: true, times: 1 });
    let isDone = false;
    const held = count().then(() => (isDone = true));
    // One with a count is gone once it has struck.
    const left = async () => ((await (await org.control('GET', '/faults')).json()) as unknown[]).length;
    while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await count();
    expect(isDone).toBe(false);
    await org.control('DELETE', '/faults');
    await held;
  });

  it('counts calls', async () => {
    await org.control('DELETE', '/calls');
    await count();
    await count();
    expect(await (await org.control('GET', '/calls')).json()).toEqual({
      total: 2,
      byPath: { 'GET /services/data/v67.0/query': 2 },
      queriesOf: { Probe__c: 2 },
      queriesTogether: {},
    });
  });

  it('streams what each commit changed, and nothing of what was rolled back', async () => {
    const changes: Change[] = [];
    const opened = await new Promise<{ destroy(): void }>((resolve) => {
      get(`${org.url}/sandbox/changes`, (stream) => {
        stream.setEncoding('utf8');
        stream.once('data', () => resolve(stream));
        stream.on('data', (text: string) => {
          for (const [, data] of text.matchAll(/^data: (.*)$/gm)) changes.push(JSON.parse(data!) as Change);
        });
        stream.on('error', () => undefined);
      });
    });
    const { id } = await create({ Name: 'a' });
    await connection.sobject('Probe__c').update({ Id: id!, Text__c: 'new', Name: 'a' });
    await connection
      .sobject('Probe__c')
      .create([{ Needed__c: 'x' }, {}], { allOrNone: true })
      .catch(() => undefined);
    await connection.sobject('Probe__c').create([{ Needed__c: 'x' }, { Needed__c: 'y' }]);
    await connection.sobject('Probe__c').destroy(id!);
    for (let i = 0; i < 1_500 && changes.length < 4; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    opened.destroy();
    expect(changes).toMatchObject([
      { objectApiName: 'Probe__c', changeType: 'CREATE', recordIds: [id] },
      { changeType: 'UPDATE', recordIds: [id], changedFields: ['Text__c', 'LastModifiedDate'] },
      { changeType: 'CREATE', recordIds: [expect.any(String), expect.any(String)] },
      { changeType: 'DELETE', recordIds: [id] },
    ]);
  });
});
