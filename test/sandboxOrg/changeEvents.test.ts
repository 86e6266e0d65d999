import { status } from '@grpc/grpc-js';
import type { Connection } from 'jsforce';
import { probeMetadata, signIn, testOrg } from './org.ts';
import type { TestOrg } from './org.ts';
import { ask, headers, namedFields, pubSubClient, Subscriber } from './subscriber.ts';
import type { Fetch } from './subscriber.ts';

const probeTopic = '/data/Probe__ChangeEvent';

describe('change events of the sandbox org over the Pub/Sub API', () => {
  let org: TestOrg;
  let connection: Connection;
  let open: Subscriber[];

  beforeEach(async () => {
    open = [];
    org = await testOrg({ metadataDir: probeMetadata, seed: false, pubSubPort: 0 });
    connection = await org.connect();
  });
  afterEach(async () => {
    for (const subscriber of open) subscriber.close();
    await org.stop();
  });

  const subscribe = (first: Fetch = {}) => {
    const subscriber = new Subscriber(org, connection, { replayPreset: 'EARLIEST', ...first });
    open.push(subscriber);
    return subscriber;
  };
  const probe = (fields: Record<string, unknown> = {}) =>
    connection.sobject('Probe__c').create({ Needed__c: 'x', ...fields });
  const stream = async (knob: Record<string, unknown>) => {
    expect((await org.control('POST', '/stream', knob)).status).toBe(200);
  };

  it('tells of a new record with all it holds, in the types of its fields', async () => {
    const { id } = await probe({ Name: 'a', Amount__c: 2.5, Day__c: '2026-11-21', Count__c: 3 });
    const [event] = await subscribe({ topicName: probeTopic }).until(1);
    expect(event!.header).toMatchObject({
      entityName: 'Probe__c',
      recordIds: [id],
      changeType: 'CREATE',
      changeOrigin: 'com/salesforce/api/rest/67.0;client=Test',
      sequenceNumber: 1,
      changedFields: [],
      nulledFields: [],
    });
    expect(event!.fields).toMatchObject({
      Name: 'a',
      Amount__c: 2.5,
      Day__c: Date.UTC(2026, 10, 21),
      Count__c: 3,
      Flag__c: true,
      CreatedDate: expect.any(Number),
    });
    expect(event!.fields).not.toHaveProperty('Doubled__c');
    expect(event!.fields).not.toHaveProperty('SystemModstamp');
  });

  it('names changed and emptied fields by bitmaps, those of an address within it', async () => {
    const { id } = await connection
      .sobject('Account')
      .create({ Name: 'Alpha', Phone: '1', BillingCity: 'Bonn', BillingStreet: 'Weg 1' });
    const change = { Id: id!, Phone: null, AnnualRevenue: 7, BillingCity: 'Köln', BillingStreet: null };
    await connection.sobject('Account').update(change);
    const [, event] = await subscribe().until(2);
    expect(event!.header.changeType).toBe('UPDATE');
    expect(event!.fields).toEqual({
      AnnualRevenue: 7,
      BillingAddress: expect.objectContaining({ City: 'Köln', Street: null }),
      LastModifiedDate: expect.any(Number),
    });
    const [changed, address] = event!.header.changedFields;
    expect(await namedFields(org, connection, event!, changed!)).toEqual([
      'Phone',
      'AnnualRevenue',
      'LastModifiedDate',
    ]);
    expect(address).toMatch(/^\d+-0x3$/);
    const [nulled, street] = event!.header.nulledFields;
    expect(await namedFields(org, connection, event!, nulled!)).toEqual(['Phone']);
    expect(street).toMatch(/^\d+-0x1$/);
  });

  it('merges equal changes of one transaction, and tells nothing of what was rolled back', async () => {
    const made = await connection.sobject('Account').create([{ Name: 'A' }, { Name: 'B' }, { Name: 'C' }]);
    const [a, b, c] = made.map((row) => row.id!);
    const subscriber = subscribe({ replayPreset: 'LATEST' });
    await subscribed(1);
    await connection.sobject('Account').update([
      { Id: a!, AnnualRevenue: 1 },
      { Id: b!, AnnualRevenue: 1 },
      { Id: c!, AnnualRevenue: 2 },
    ]);
    await connection.sobject('Account').update(
      [
        { Id: a!, AnnualRevenue: 2 },
        { Id: b!, Name: null as unknown as string },
      ],
      { allOrNone: true },
    );
    await connection.sobject('Account').destroy([a!, b!]);
    const events = await subscriber.until(3);
    expect(events.map(({ header }) => [header.changeType, header.recordIds, header.sequenceNumber])).toEqual([
      ['UPDATE', [a, b], 1],
      ['UPDATE', [c], 2],
      ['DELETE', [a, b], 1],
    ]);
    expect(events[0]!.header.transactionKey).toBe(events[1]!.header.transactionKey);
    expect(events[2]!.header.transactionKey).not.toBe(events[1]!.header.transactionKey);
  });

  async function subscribed(count: number): Promise<void> {
    for (let i = 0; i < 6_000; i += 1) {
      const { subscribers } = (await (await org.control('GET', '/stream')).json()) as {
        subscribers: { topic: string }[];
      };
      if (subscribers.filter(({ topic }) => topic).length >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('Nobody subscribed.');
  }

  it('hides fields that the subscriber may not read', async () => {
    const ada = await signIn(org, 'Ada Admin');
    const made = await ada.call('POST', '/services/data/v67.0/sobjects/Account', { Name: 'Alpha' });
    const path = `/services/data/v67.0/sobjects/Account/${String(made.body['id'])}`;
    const subscriber = subscribe({ replayPreset: 'LATEST' });
    await subscribed(1);
    expect((await ada.call('PATCH', path, { Phone: '1', Industry: 'Media' })).status).toBe(204);
    const [event] = await subscriber.until(1);
    expect(event!.fields).toMatchObject({ Phone: '1' });
    expect(event!.fields).not.toHaveProperty('Industry');
    const changed = await namedFields(org, connection, event!, event!.header.changedFields[0]!);
    expect(changed).toEqual(['Phone', 'LastModifiedDate']);
    expect(event!.header).toMatchObject({
      commitUser: ada.userId,
      changeOrigin: 'com/salesforce/api/rest/67.0',
    });
  });

  it('carries on a channel what is selected for it', async () => {
    const parts = subscribe({ topicName: '/data/Parts__chn' });
    const standard = subscribe({ topicName: '/data/ChangeEvents' });
    const { id: probeId } = await probe();
    await connection.sobject('Probe_Part__c').create({ Probe__c: probeId! });
    await connection.sobject('Account').create({ Name: 'Alpha' });
    const entities = async (of: Subscriber, count: number) =>
      (await of.until(count)).map(({ header }) => header.entityName);
    expect(await entities(parts, 2)).toEqual(['Probe_Part__c', 'Account']);
    expect(await entities(standard, 2)).toEqual(['Probe__c', 'Account']);
    const lost = await subscribe({ topicName: '/data/Nothing__chn' }).untilEnd();
    expect(lost?.code).toBe(status.NOT_FOUND);
  });

  it('sends no more than was asked for', async () => {
    for (let i = 0; i < 5; i += 1) await probe({ Name: `n${i}` });
    const subscriber = subscribe({ numRequested: 2 });
    await subscriber.until(2);
    subscriber.fetch({ numRequested: 2 });
    await subscriber.until(4);
    expect(subscriber.events.map(({ fields }) => fields['Name'])).toEqual(['n0', 'n1', 'n2', 'n3']);
    expect(subscriber.responses.at(-1)!.pendingNumRequested).toBe(0);
    const greedy = await subscribe({ numRequested: 101 }).untilEnd();
    expect(greedy?.code).toBe(status.INVALID_ARGUMENT);
  });

  it('goes on behind a replay id, also after a restart, and refuses one it does not know', async () => {
    await probe({ Name: 'first' });
    await probe({ Name: 'second' });
    const [first] = await subscribe().until(2);
    open.splice(0).forEach((subscriber) => subscriber.close());
    org = await org.restart();
    connection = await org.connect();
    const custom = { replayPreset: 'CUSTOM' as const, replayId: first!.replayId };
    const [next] = await subscribe(custom).until(1);
    expect(next!.fields['Name']).toBe('second');
    await stream({ expire: true });
    const expired = await subscribe(custom).untilEnd();
    expect(expired?.code).toBe(status.INVALID_ARGUMENT);
    expect(expired?.metadata.get('error-code')).toEqual([
      'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.validation.failed',
    ]);
    const nonsense = await subscribe({ ...custom, replayId: Buffer.from('12') }).untilEnd();
    expect(nonsense?.metadata.get('error-code')).toEqual([
      'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted',
    ]);
  });

  it('forgets events after the retention time, but not where a quiet subscriber stands', async () => {
    let now = new Date('2026-11-21T10:00:00Z');
    await org.stop();
    org = await testOrg({ metadataDir: probeMetadata, seed: false, pubSubPort: 0, now: () => now });
    connection = await org.connect();
    await probe({ Name: 'old' });
    const [old] = await subscribe().until(1);
    await probe({ Name: 'missed' });
    const [, missed] = await subscribe().until(2);
    now = new Date('2026-11-24T10:00:01Z');
    const error = await subscribe({ replayPreset: 'CUSTOM', replayId: old!.replayId }).untilEnd();
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    const quiet = subscribe({ replayPreset: 'CUSTOM', replayId: missed!.replayId });
    await probe({ Name: 'new' });
    expect((await quiet.until(1))[0]!.fields['Name']).toBe('new');
  });

  it('publishes after its lag, and shows it is alive when there is nothing to send', async () => {
    org = await org.restart({ changeStream: { publishLagMs: 400, keepAliveSeconds: 0.05 } });
    connection = await org.connect();
    const subscriber = subscribe();
    await probe();
    const committed = Date.now();
    const [event] = await subscriber.until(1);
    expect(Date.now() - committed).toBeGreaterThan(200);
    const alive = subscriber.responses.filter(({ events }) => events.length === 0);
    expect(alive.length).toBeGreaterThan(0);
    expect(alive[0]!.latestReplayId).not.toEqual(event!.replayId);
  });

  it('refuses wrong headers and ended sessions', async () => {
    const client = pubSubClient(org);
    const token = connection.accessToken!;
    const topic = (changed: Record<string, string>, accessToken = token) =>
      ask(client.GetTopic.bind(client), { topicName: probeTopic }, headers(org, accessToken, changed));
    expect(await topic({})).toMatchObject({ topicName: probeTopic, canSubscribe: true, canPublish: false });
    const refused = { code: status.UNAUTHENTICATED };
    await expect(topic({ tenantid: '' })).rejects.toMatchObject(refused);
    await expect(topic({ tenantid: '00D000000000001' })).rejects.toMatchObject(refused);
    await expect(topic({ instanceurl: 'https://other.example' })).rejects.toMatchObject(refused);
    await expect(topic({}, 'nonsense')).rejects.toMatchObject(refused);
    client.close();
    const subscriber = subscribe();
    await probe();
    await subscriber.until(1);
    await org.control('DELETE', '/sessions');
    subscriber.fetch({ numRequested: 1 });
    expect((await subscriber.untilEnd())?.code).toBe(status.UNAUTHENTICATED);
  });

  it('speaks TLS with a certificate of its own', async () => {
    org = await org.restart({ pubSubTls: true });
    connection = await org.connect();
    expect(org.pubSubUrl).toMatch(/^https:\/\/localhost:/);
    await probe({ Name: 'secret' });
    expect((await subscribe().until(1))[0]!.fields['Name']).toBe('secret');
  });

  describe('disturbed', () => {
    it('makes gaps and overflows', async () => {
      await stream({ gap: 1 });
      const { id } = await probe();
      await stream({ gap: { entity: 'Account', recordIds: [id], changeType: 'GAP_DELETE' } });
      await stream({ overflow: 'Probe__c' });
      const events = await subscribe().until(3);
      expect(events.map(({ header }) => [header.entityName, header.changeType, header.recordIds])).toEqual([
        ['Probe__c', 'GAP_CREATE', [id]],
        ['Account', 'GAP_DELETE', [id]],
        ['Probe__c', 'GAP_OVERFLOW', ['000000000000000AAA']],
      ]);
      expect(events[0]!.fields).toEqual({});
    });

    it('loses and doubles events', async () => {
      await stream({ drop: 1, duplicate: 1 });
      await probe({ Name: 'lost' });
      await probe({ Name: 'twice' });
      await probe({ Name: 'once' });
      const events = await subscribe().until(3);
      expect(events.map(({ fields }) => fields['Name'])).toEqual(['twice', 'twice', 'once']);
      expect(events[0]!.replayId).toEqual(events[1]!.replayId);
    });

    it('closes streams, turns subscribers away and falls silent', async () => {
      const first = subscribe();
      await subscribed(1);
      await stream({ close: true, refuse: 1 });
      expect((await first.untilEnd())?.code).toBe(status.UNAVAILABLE);
      expect((await subscribe().untilEnd())?.code).toBe(status.UNAVAILABLE);
      const third = subscribe();
      await subscribed(1);
      await stream({ silent: true });
      await probe({ Name: 'late' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(third.responses).toEqual([]);
      await stream({ silent: false });
      expect((await third.until(1))[0]!.fields['Name']).toBe('late');
      await stream({ close: 'OK' });
      expect(await third.untilEnd()).toBeUndefined();
      expect((await org.control('POST', '/stream', { nonsense: 1 })).status).toBe(400);
    });
  });
});
