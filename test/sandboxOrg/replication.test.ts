import type { Connection } from 'jsforce';
import { probeMetadata, refusal, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';
import { Subscriber } from './subscriber.ts';

const minute = 60_000;

describe('what the sandbox org keeps of the past', () => {
  let org: TestOrg;
  let connection: Connection;
  let now: Date;

  beforeEach(async () => {
    now = new Date('2026-11-21T10:00:30Z');
    org = await testOrg({ metadataDir: probeMetadata, seed: false, pubSubPort: 0, now: () => now });
    connection = await org.connect();
  });
  afterEach(() => org.stop());

  const account = async (Name: string) => (await connection.sobject('Account').create({ Name })).id!;
  const probe = async (fields: Record<string, unknown> = {}) =>
    (await connection.sobject('Probe__c').create({ Needed__c: 'x', ...fields })).id!;
  const part = async (Probe__c: string) =>
    (await connection.sobject('Probe_Part__c').create({ Probe__c })).id!;
  const at = (text: string) => `2026-11-21T${text}Z`;
  const rows = async (soql: string) =>
    (await connection.query<Record<string, unknown>>(soql, { scanAll: true })).records;

  it('lists what changed in a span of whole minutes', async () => {
    const [a, b] = [await account('A'), await account('B')];
    now = new Date(now.getTime() + minute);
    await connection.sobject('Account').update({ Id: b, Phone: '1' });
    const updated = (start: string, end: string) => connection.sobject('Account').updated(at(start), at(end));
    expect(await updated('10:00:00', '10:01:59')).toEqual({
      ids: [a],
      latestDateCovered: '2026-11-21T10:01:00.000+0000',
    });
    expect((await updated('10:01:30', '10:05:00')).ids).toEqual([b]);
    expect((await refusal(updated('10:01:00', '10:01:59'))).errorCode).toBe('INVALID_REPLICATION_DATE');
  });

  it('lists what was deleted, shows it to queryAll for 15 days, and then forgets it', async () => {
    const id = await account('Doomed');
    await connection.sobject('Account').destroy(id);
    const deleted = () => connection.sobject('Account').deleted(at('09:00:00'), at('11:00:00'));
    expect(await deleted()).toMatchObject({
      deletedRecords: [{ id, deletedDate: '2026-11-21T10:00:30.000+0000' }],
      earliestDateAvailable: '2026-11-06T10:00:30.000+0000',
    });
    const soql = 'SELECT Id, IsDeleted FROM Account WHERE IsDeleted = TRUE';
    expect(await rows(soql)).toMatchObject([{ Id: id, IsDeleted: true }]);
    expect((await connection.query(soql)).records).toEqual([]);
    now = new Date(now.getTime() + 15 * 24 * 60 * minute + 1000);
    connection = await org.connect();
    expect(await rows(soql)).toEqual([]);
    expect((await deleted()).deletedRecords).toEqual([]);
  });

  it('restores a record with the details that went with it', async () => {
    const id = await probe({ Unique__c: 'K1' });
    const [kept, gone] = [await part(id), await part(id)];
    await connection.sobject('Probe_Part__c').destroy(gone);
    await connection.sobject('Probe__c').destroy(id);
    expect((await org.control('POST', '/undelete', { ids: [id] })).status).toBe(204);
    expect(await connection.sobject('Probe__c').retrieve(id)).toMatchObject({ IsDeleted: false });
    const parts = await connection.query<{ Id: string }>('SELECT Id FROM Probe_Part__c');
    expect(parts.records.map(({ Id }) => Id)).toEqual([kept]);
    const subscriber = new Subscriber(org, connection, { replayPreset: 'EARLIEST' });
    const types = (await subscriber.until(3)).map(({ header }) => header.changeType);
    subscriber.close();
    expect(types).toEqual(['CREATE', 'DELETE', 'UNDELETE']);
    const refused = await org.control('POST', '/undelete', { ids: [id] });
    expect(await refused.json()).toMatchObject([{ errorCode: 'UNDELETE_FAILED' }]);
  });

  it('does not restore what has become a duplicate', async () => {
    const id = await probe({ Unique__c: 'K1' });
    await connection.sobject('Probe__c').destroy(id);
    await probe({ Unique__c: 'K1' });
    const refused = await org.control('POST', '/undelete', { ids: [id] });
    expect(await refused.json()).toMatchObject([{ errorCode: 'DUPLICATE_VALUE' }]);
  });

  it('merges accounts: children move, the loser is deleted and names its master', async () => {
    const [master, loser] = [await account('Master'), await account('Loser')];
    const child = await probe({ Account__c: loser });
    const subscriber = new Subscriber(org, connection, { replayPreset: 'EARLIEST' });
    await subscriber.until(3);
    expect((await org.control('POST', '/merge', { masterId: master, mergedIds: [loser] })).status).toBe(204);
    expect(await connection.sobject('Probe__c').retrieve(child)).toMatchObject({ Account__c: master });
    expect(await rows('SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = TRUE')).toMatchObject([
      { Id: loser, MasterRecordId: master },
    ]);
    const events = (await subscriber.until(6)).slice(3);
    subscriber.close();
    expect(events.map(({ header }) => [header.changeType, header.recordIds[0]])).toEqual([
      ['UPDATE', child],
      ['DELETE', loser],
      ['UPDATE', master],
    ]);
    expect(new Set(events.map(({ header }) => header.transactionKey)).size).toBe(1);
    expect((await org.control('POST', '/merge', { masterId: master, mergedIds: [loser] })).status).toBe(400);
  });
});
