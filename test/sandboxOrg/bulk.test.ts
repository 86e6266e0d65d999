import type { Connection } from 'jsforce';
import { probeMetadata, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Job = { id: string; state: string } & Record<string, unknown>;

describe('bulk jobs of the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeEach(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
    connection.bulk2.pollInterval = 20;
  });
  afterEach(() => org.stop());

  const http = (method: string, path: string, body?: string, type = 'application/json') =>
    fetch(`${org.url}/services/data/v67.0/jobs${path}`, {
      method,
      headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': type },
      ...(body !== undefined && { body }),
    });
  const job = async (method: string, path: string, body?: object) =>
    (await (await http(method, path, body && JSON.stringify(body))).json()) as Job;
  const load = (operation: 'insert' | 'update' | 'upsert' | 'delete', input: string, key?: string) =>
    connection.bulk2.loadAndWaitForResults({
      object: 'Probe__c',
      operation,
      input,
      ...(key && { externalIdFieldName: key }),
    });
  const count = async () => (await connection.query('SELECT COUNT() FROM Probe__c')).totalSize;
  const ended = async (path: string) => {
    for (let i = 0; i < 200; i += 1) {
      const info = await job('GET', path);
      if (!['UploadComplete', 'InProgress'].includes(info.state)) return info;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('The job did not end.');
  };

  it('loads a file and tells of every row what became of it', async () => {
    await connection.sobject('Account').create({ Name: 'Alpha' });
    const { successfulResults, failedResults, unprocessedRecords } = await load(
      'upsert',
      [
        'Unique__c,Needed__c,Amount__c,Flag__c,Text__c',
        'u-1,"x, ""quoted""",2.50,false,a',
        'u-2,,1,true,b',
        'u-3,y,abc,true,c',
        'u-1,z,,,#N/A',
      ].join('\n'),
      'Unique__c',
    );
    expect(successfulResults).toMatchObject([
      { sf__Created: 'true', Unique__c: 'u-1', Needed__c: 'x, "quoted"' },
      { sf__Created: 'false', Unique__c: 'u-1', Needed__c: 'z' },
    ]);
    expect(failedResults.map((row) => row.sf__Error)).toEqual([
      'REQUIRED_FIELD_MISSING:Required fields are missing: [Needed__c]:Needed__c --',
      expect.stringMatching(/^INVALID_TYPE_ON_FIELD_IN_RECORD:.*abc/),
    ]);
    expect(unprocessedRecords).toEqual([]);
    const record = await connection.sobject('Probe__c').retrieve(successfulResults[0]!.sf__Id);
    expect(record).toMatchObject({ Needed__c: 'z', Amount__c: 2.5, Flag__c: false, Text__c: null });
  });

  it('inserts, updates and deletes by id, with parents by their external ids', async () => {
    const made = await load('insert', 'Needed__c,Unique__c\nx,p-1\ny,p-2\n');
    const [first, second] = made.successfulResults.map((row) => row.sf__Id);
    await load('update', `Id,Text__c\n${first},new\n${second},other\n`);
    expect(await connection.sobject('Probe__c').retrieve(first!)).toMatchObject({ Text__c: 'new' });
    const parts = await connection.bulk2.loadAndWaitForResults({
      object: 'Probe_Part__c',
      operation: 'upsert',
      externalIdFieldName: 'Part_Key__c',
      input: 'Part_Key__c,Probe__r.Unique__c\nk-1,p-2\nk-2,nobody\n',
    });
    expect(parts.successfulResults).toHaveLength(1);
    expect(parts.failedResults[0]!.sf__Error).toContain('Foreign key external ID: nobody not found');
    const gone = await load('delete', `Id\n${first}\na01SB0000009999\n`);
    expect(gone.successfulResults.map((row) => row.sf__Id)).toEqual([first]);
    expect(gone.failedResults).toHaveLength(1);
    expect(await count()).toBe(1);
  });

  it('fails a job whose columns it does not know', async () => {
    await expect(load('insert', 'Needed__c,Nope__c\nx,1\n')).rejects.toThrow(
      'InvalidBatch : Field name not found : Nope__c',
    );
  });

  it('takes a job step by step and refuses steps out of turn', async () => {
    await org.control('POST', '/jobs', { hold: true });
    const opened = await job('POST', '/ingest', {
      object: 'Probe__c',
      operation: 'insert',
      lineEnding: 'CRLF',
    });
    expect(opened).toMatchObject({
      state: 'Open',
      contentUrl: `services/data/v67.0/jobs/ingest/${opened.id}/batches`,
      jobType: 'V2Ingest',
      apiVersion: 67,
    });
    const path = `/ingest/${opened.id}`;
    expect((await http('PATCH', path, '{"state":"UploadComplete"}')).status).toBe(400);
    const upload = () => http('PUT', `${path}/batches`, 'Needed__c\r\nx\r\n', 'text/csv');
    expect((await upload()).status).toBe(201);
    expect((await upload()).status).toBe(400);
    expect((await http('DELETE', path)).status).toBe(400);
    expect(await job('PATCH', path, { state: 'UploadComplete' })).toMatchObject({ state: 'UploadComplete' });
    await org.control('POST', '/jobs', { hold: false });
    expect(await ended(path)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 1,
      numberRecordsFailed: 0,
    });
    const results = await http('GET', `${path}/successfulResults`);
    expect(results.headers.get('content-type')).toMatch('text/csv');
    expect(await results.text()).toMatch(/^"sf__Id","sf__Created","Needed__c"\r\n"a\w+","true","x"\r\n$/);
    expect((await http('DELETE', path)).status).toBe(204);
    expect((await http('GET', path)).status).toBe(404);
  });

  it('leaves the rest unprocessed when a job is aborted or fails half way', async () => {
    const rows = Array.from({ length: 450 }, (_none, i) => `n${i}`).join('\n');
    const begin = async () => {
      const { id } = await job('POST', '/ingest', { object: 'Probe__c', operation: 'insert' });
      await http('PUT', `/ingest/${id}/batches`, `Needed__c\n${rows}\n`, 'text/csv');
      await job('PATCH', `/ingest/${id}`, { state: 'UploadComplete' });
      return `/ingest/${id}`;
    };
    await org.control('POST', '/jobs', { failAfter: 210 });
    const failed = await begin();
    expect(await ended(failed)).toMatchObject({ state: 'Failed', numberRecordsProcessed: 210 });
    const left = (await (await http('GET', `${failed}/unprocessedrecords`)).text()).trim().split('\n');
    expect([left.length, left[1]]).toEqual([241, '"n210"']);
    expect(await count()).toBe(210);
    await org.control('POST', '/jobs', { failAfter: null, hold: true });
    const aborted = await begin();
    expect(await job('PATCH', aborted, { state: 'Aborted' })).toMatchObject({ state: 'Aborted' });
    await org.control('POST', '/jobs', { hold: false });
    expect(await ended(aborted)).toMatchObject({ state: 'Aborted', numberRecordsProcessed: 0 });
    expect(await count()).toBe(210);
  });

  it('answers a query as a file, in pages for who asks for them', async () => {
    const { id } = await connection.sobject('Account').create({ Name: 'Alpha' });
    const records = Array.from({ length: 5 }, (_none, i) => ({
      Needed__c: `n${i}`,
      Account__c: id!,
      Amount__c: i + 0.5,
      ...(i === 0 && { Moment__c: '2026-11-21T10:00:00Z' }),
    }));
    await connection.sobject('Probe__c').create(records);
    const query = 'SELECT Needed__c, Account__r.Name, Amount__c, Moment__c FROM Probe__c ORDER BY Needed__c';
    const stream = await connection.bulk2.query(query, { pollInterval: 20 });
    const rows = (await stream.toArray()) as Record<string, string>[];
    expect(rows).toHaveLength(5);
    expect(rows[0]).toEqual({
      Needed__c: 'n0',
      'Account__r.Name': 'Alpha',
      Amount__c: '0.5',
      Moment__c: '2026-11-21T10:00:00.000Z',
    });
    expect(rows[1]!['Moment__c']).toBe('');

    const created = await job('POST', '/query', { operation: 'query', query });
    await ended(`/query/${created.id}`);
    const pages: [string, string | null, string | null][] = [];
    for (let locator = ''; locator !== 'null'; locator = pages.at(-1)![1]!) {
      const next = locator && `&locator=${locator}`;
      const answer = await http('GET', `/query/${created.id}/results?maxRecords=2${next}`);
      const { headers } = answer;
      pages.push([await answer.text(), headers.get('sforce-locator'), headers.get('sforce-numberofrecords')]);
    }
    expect(pages.map(([, , rowCount]) => rowCount)).toEqual(['2', '2', '1']);
    expect(pages[2]![0]).toBe(
      '"Needed__c","Account__r.Name","Amount__c","Moment__c"\n"n4","Alpha","4.5",""\n',
    );
  });

  it('includes deleted records in queryAll, and refuses what a bulk query cannot do', async () => {
    const { id } = await connection.sobject('Account').create({ Name: 'Gone' });
    await connection.sobject('Account').destroy(id!);
    const all = await connection.bulk2.query('SELECT Id FROM Account', { scanAll: true, pollInterval: 20 });
    expect(await all.toArray()).toEqual([{ Id: id }]);
    const refused = async (query: string) => {
      const answer = await http('POST', '/query', JSON.stringify({ operation: 'query', query }));
      return [answer.status, ((await answer.json()) as { errorCode: string }[])[0]!.errorCode];
    };
    expect(await refused('SELECT COUNT(Id) FROM Account')).toEqual([400, 'API_ERROR']);
    expect(await refused('SELECT Nope__c FROM Account')).toEqual([400, 'INVALID_FIELD']);
    expect(await refused('SELECT FROM Account')).toEqual([400, 'MALFORMED_QUERY']);
  });
});
