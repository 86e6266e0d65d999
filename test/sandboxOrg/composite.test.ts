import type { Connection } from 'jsforce';
import { probeMetadata, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

type Answer = { compositeResponse: { httpStatusCode: number; referenceId: string; body: unknown }[] };
const base = '/services/data/v67.0';

describe('composite requests of the sandbox org', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
  });
  afterAll(() => org.stop());

  const composite = (compositeRequest: unknown[], allOrNone = false) =>
    connection.requestPost<Answer>('/composite', { allOrNone, compositeRequest });
  const makeAccount = (name: string) => ({
    method: 'POST',
    url: `${base}/sobjects/Account`,
    referenceId: 'account',
    body: { Name: name },
  });
  const makeProbe = (fields: object) => ({
    method: 'POST',
    url: `${base}/sobjects/Probe__c`,
    referenceId: 'probe',
    body: { Account__c: '@{account.id}', ...fields },
  });
  const count = async (name: string) =>
    (await connection.query(`SELECT COUNT() FROM Account WHERE Name = '${name}'`)).totalSize;

  it('passes results on to later subrequests, in bodies and addresses', async () => {
    const { compositeResponse } = await composite([
      makeAccount('One'),
      makeProbe({ Needed__c: 'x' }),
      { method: 'GET', url: `${base}/sobjects/Probe__c/@{probe.id}?fields=Account__c`, referenceId: 'read' },
      {
        method: 'GET',
        url: `${base}/query?q=${encodeURIComponent("SELECT Name FROM Account WHERE Id = '")}@{read.Account__c}%27`,
        referenceId: 'rows',
      },
      {
        method: 'GET',
        url: `${base}/sobjects/Account/@{account.id}?fields=@{rows.records[0].attributes.type}`,
        referenceId: 'last',
      },
    ]);
    expect(compositeResponse.map((answer) => answer.httpStatusCode)).toEqual([201, 201, 200, 200, 400]);
    expect(compositeResponse[3]!.body).toMatchObject({ totalSize: 1, records: [{ Name: 'One' }] });
    expect(compositeResponse[4]!.body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
  });

  it('with allOrNone undoes everything and shows which subrequest failed', async () => {
    const { compositeResponse } = await composite([makeAccount('Two'), makeProbe({})], true);
    expect(compositeResponse).toMatchObject([
      { httpStatusCode: 400, referenceId: 'account', body: [{ errorCode: 'PROCESSING_HALTED' }] },
      { httpStatusCode: 400, referenceId: 'probe', body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
    ]);
    expect(await count('Two')).toBe(0);
  });

  it('without allOrNone keeps what succeeded', async () => {
    const { compositeResponse } = await composite([makeAccount('Three'), makeProbe({})]);
    expect(compositeResponse.map((answer) => answer.httpStatusCode)).toEqual([201, 400]);
    expect(await count('Three')).toBe(1);
  });

  it('halts a subrequest whose reference has no value', async () => {
    const { compositeResponse } = await composite([makeProbe({ Needed__c: 'x' })]);
    expect(compositeResponse[0]).toMatchObject({
      httpStatusCode: 400,
      body: [{ errorCode: 'PROCESSING_HALTED' }],
    });
  });

  it('refuses more than 25 subrequests', async () => {
    const many = Array.from({ length: 26 }, (_none, i) => ({ ...makeAccount('Many'), referenceId: `r${i}` }));
    await expect(composite(many)).rejects.toMatchObject({ errorCode: 'LIMIT_EXCEEDED' });
    expect(await count('Many')).toBe(0);
  });

  it('refuses more than five queries, and counts those of a call by their objects', async () => {
    const query = (object: string, i: number) => ({
      method: 'GET',
      url: `${base}/query?q=${encodeURIComponent(`SELECT Id FROM ${object}`)}`,
      referenceId: `r${i}`,
    });
    const five = ['Account', 'Account', 'Probe__c', 'Account', 'Account'].map(query);
    await org.control('DELETE', '/calls');
    const { compositeResponse } = await composite(five);
    expect(compositeResponse.map((answer) => answer.httpStatusCode)).toEqual([200, 200, 200, 200, 200]);
    expect(await (await org.control('GET', '/calls')).json()).toMatchObject({
      total: 1,
      queriesTogether: { 'Account+Probe__c': 1 },
    });
    await expect(composite([...five, query('Account', 5)])).rejects.toMatchObject({
      errorCode: 'LIMIT_EXCEEDED',
    });
  });
});
