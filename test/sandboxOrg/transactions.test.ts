import type { Connection } from 'jsforce';
import { probeMetadata, refusal, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';

describe('transactions of the sandbox org that get in each other’s way', () => {
  let org: TestOrg;
  let connection: Connection;

  beforeAll(async () => {
    org = await testOrg({ metadataDir: probeMetadata, seed: false });
    connection = await org.connect();
  });
  afterEach(async () => {
    await org.control('DELETE', '/transactions');
    await org.control('DELETE', '/duplicateRules');
  });
  afterAll(() => org.stop());

  const account = async (fields: Record<string, unknown>) =>
    (await connection.sobject('Account').create(fields)).id!;
  const probe = (Account__c: string) => connection.sobject('Probe__c').create({ Needed__c: 'x', Account__c });

  /** Resolves when the org has the request in hand. */
  async function begun<T>(work: () => Promise<T>): Promise<{ done: Promise<T> }> {
    await org.control('DELETE', '/calls');
    const done = work();
    const calls = async () =>
      ((await (await org.control('GET', '/calls')).json()) as { total: number }).total;
    while ((await calls()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return { done };
  }

  it('commits behind the watermark: a record appears later than its SystemModstamp', async () => {
    await org.control('POST', '/transactions', { commitDelayMs: 4000, path: '/sobjects/Account', times: 1 });
    const { done: slow } = await begun(() => account({ Name: 'Slow' }));
    const quick = await connection.sobject('Probe__c').create({ Needed__c: 'x' });
    const count = async () =>
      (await connection.query("SELECT COUNT() FROM Account WHERE Name = 'Slow'")).totalSize;
    expect(await count()).toBe(0);
    const { SystemModstamp: late } = await connection.sobject('Account').retrieve(await slow);
    expect(await count()).toBe(1);
    const { SystemModstamp: early } = await connection.sobject('Probe__c').retrieve(quick.id!);
    expect(Date.parse(String(late))).toBeLessThanOrEqual(Date.parse(String(early)));
    expect(Date.now() - Date.parse(String(late))).toBeGreaterThan(1000);
  });

  it('refuses the second of two requests that write children of one parent at once', async () => {
    const [shared, other] = [await account({ Name: 'Shared' }), await account({ Name: 'Other' })];
    await org.control('POST', '/transactions', { lockHoldMs: 3000 });
    const { done: first } = await begun(() => probe(shared));
    const [refused] = await Promise.all([refusal(probe(shared)), probe(other)]);
    expect(refused.errorCode).toBe('UNABLE_TO_LOCK_ROW');
    expect(refused.message).toContain(shared);
    await first;
    await org.control('POST', '/transactions', { lockHoldMs: 100 });
    // One after the other they do not meet, and rows of one request never do.
    await probe(shared);
    const rows = await connection.sobject('Probe__c').create([
      { Needed__c: 'x', Account__c: shared },
      { Needed__c: 'y', Account__c: shared },
    ]);
    expect(rows.map(({ success }) => success)).toEqual([true, true]);
  });

  it('finds duplicates by a rule: an alert is saved on request, a block never', async () => {
    await account({ Name: 'Acme', Phone: '1' });
    const rule = (action: string) =>
      org.control('POST', '/duplicateRules', { object: 'Account', fields: ['Name'], action });
    await rule('Alert');
    expect(await refusal(account({ Name: 'ACME' }))).toMatchObject({ errorCode: 'DUPLICATES_DETECTED' });
    const allowSave = { headers: { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } };
    const saved = await connection.sobject('Account').create({ Name: 'Acme' }, allowSave);
    await connection.sobject('Account').update({ Id: saved.id!, Phone: '2' });
    await org.control('DELETE', '/duplicateRules');
    await rule('Block');
    const blocked = connection.sobject('Account').create({ Name: 'Acme' }, allowSave);
    expect((await refusal(blocked)).errorCode).toBe('DUPLICATES_DETECTED');
    await account({ Name: 'Another' });
  });
});
