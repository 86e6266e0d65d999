import { migrations } from '../../sync/store/migrations/index.ts';
import { migrate } from '../../server/migrate.ts';
import { receiveEvent } from '../../sync/store/receiveEvent.ts';
import {
  claimDueRecords,
  claimRecord,
  findRecord,
  linkRecord,
  markDirty,
  noteIntent,
} from '../../sync/store/syncRecords.ts';
import { settleRecord } from '../../sync/store/settleRecords.ts';
import { emptyStore, event, lease } from './emptyStore.ts';

const store = emptyStore();

describe('migrations', () => {
  test('may run twice, and from two machines at once', async () => {
    await store.database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const applied = await Promise.all([migrate(store.url), migrate(store.url)]);
    expect(applied.flat()).toEqual(migrations.map(({ name }) => name));
    expect(await migrate(store.url)).toEqual([]);
  });
});

describe('receiving an event', () => {
  test('stores it once and marks its record once, however often it comes and how many at a time', async () => {
    const received = await Promise.all(
      Array.from({ length: 20 }, () => receiveEvent(store.database, event('evt_1', { stripeId: 'in_1' }))),
    );
    expect(received.filter(Boolean)).toHaveLength(1);
    expect(await store.rows()).toMatchObject([
      { stripe_id: 'in_1', crm_id: null, state: 'dirty', dirty_seq: '1' },
    ]);
  });

  test('events that come at once share a commit, and one that cannot be stored fails alone', async () => {
    // PostgreSQL's text has no NUL.
    const unstorable = { ...event('evt_bad', { stripeId: 'in_1' }), type: 'invoice\u0000' };
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        receiveEvent(
          store.database,
          index === 25 ? unstorable : event(`evt_${index}`, { stripeId: `in_${index % 7}` }),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
    expect(answers[25]!.status).toBe('rejected');
    expect(
      (await store.rows()).map(({ dirty_seq: seq }) => Number(seq)).reduce((sum, seq) => sum + seq, 0),
    ).toBe(49);
    expect((await store.database.pool.query('SELECT 1 FROM inbox_event')).rowCount).toBe(49);
  });

  test('ten events on one record are one piece of work', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        receiveEvent(store.database, event(`evt_${index}`, { stripeId: 'in_1' })),
      ),
    );
    expect(await claimDueRecords(store.database, 'invoice', lease)).toHaveLength(1);
    expect(await claimDueRecords(store.database, 'invoice', lease)).toHaveLength(0);
  });

  test('an event about nothing we keep is stored all the same', async () => {
    expect(await receiveEvent(store.database, { ...event('evt_1', {}), subject: undefined })).toBe(true);
    expect(await store.rows()).toEqual([]);
  });

  test('an object that carries an id of the org joins the record that waits for it', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    await receiveEvent(store.database, event('evt_1', { stripeId: 'in_1', crmId: 'a01' }));
    expect(await store.rows()).toMatchObject([{ stripe_id: 'in_1', crm_id: 'a01' }]);
  });

  test('a copy in Stripe that carries the id of another invoice does not take its place', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', stripeId: 'in_1', side: 'salesforce' });
    await receiveEvent(store.database, event('evt_1', { stripeId: 'in_copy', crmId: 'a01' }));
    expect(await store.rows()).toMatchObject([
      { stripe_id: 'in_1', crm_id: 'a01' },
      { stripe_id: 'in_copy', crm_id: null },
    ]);
  });
});

describe('claims', () => {
  test('two workers never hold the same record', async () => {
    for (let index = 0; index < 100; index++) {
      await markDirty(store.database, 'invoice', { stripeId: `in_${index}`, side: 'stripe' });
    }
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, worker) =>
        claimDueRecords(store.database, 'invoice', { owner: `w${worker}/1`, leaseSeconds: 30, limit: 15 }),
      ),
    );
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(100);
    expect(new Set(ids).size).toBe(100);
  });

  test('the lease of a dead worker runs out, and its late settlement changes nothing', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    const first = await claimRecord(store.database, 'invoice', {
      crmId: 'a01',
      owner: 'dead/1',
      leaseSeconds: 60,
    });
    expect(await claimRecord(store.database, 'invoice', { crmId: 'a01', ...lease })).toBeUndefined();
    await store.database.pool.query('UPDATE sync_record SET lease_until = now()');
    const second = await claimRecord(store.database, 'invoice', { crmId: 'a01', ...lease });
    expect(second).toBeDefined();
    expect(await settleRecord(store.database, first!, { kind: 'synced', base: { from: 'the dead' } })).toBe(
      false,
    );
    expect(
      await settleRecord(store.database, second!, { kind: 'synced', base: { from: 'the living' } }),
    ).toBe(true);
    expect((await findRecord(store.database, 'invoice', 'a01'))?.base).toEqual({ from: 'the living' });
  });

  test('a record marked while it was held stays dirty', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    const [record] = await claimDueRecords(store.database, 'invoice', lease);
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    await settleRecord(store.database, record!, { kind: 'synced', base: {} });
    expect(await findRecord(store.database, 'invoice', 'a01')).toMatchObject({
      state: 'dirty',
      crm_dirty: true,
    });
    const [again] = await claimDueRecords(store.database, 'invoice', lease);
    await settleRecord(store.database, again!, { kind: 'synced', base: {} });
    expect(await findRecord(store.database, 'invoice', 'a01')).toMatchObject({
      state: 'clean',
      crm_dirty: false,
    });
  });

  test('a failed record waits for its turn, a parked one for news', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    const [record] = await claimDueRecords(store.database, 'invoice', lease);
    const why = { code: 'x', message: 'Because.', stage: 'decide' };
    await settleRecord(store.database, record!, { kind: 'retry', delayMs: 60_000, ...why });
    expect(await claimDueRecords(store.database, 'invoice', lease)).toEqual([]);
    const held = await claimRecord(store.database, 'invoice', { crmId: 'a01', ...lease });
    await settleRecord(store.database, held!, { kind: 'parked', ...why });
    expect(await findRecord(store.database, 'invoice', 'a01')).toMatchObject({
      state: 'parked',
      error_message: 'Because.',
    });
    expect(await claimDueRecords(store.database, 'invoice', lease)).toEqual([]);
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'stripe' });
    expect(await claimDueRecords(store.database, 'invoice', lease)).toHaveLength(1);
  });

  test('a half row that an event made meanwhile is taken in, and keeps the record dirty', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    const [record] = await claimDueRecords(store.database, 'invoice', lease);
    await markDirty(store.database, 'invoice', { stripeId: 'in_1', side: 'stripe' });
    await linkRecord(store.database, record!, { stripeId: 'in_1' });
    await settleRecord(store.database, record!, { kind: 'synced', base: {} });
    expect(await store.rows()).toMatchObject([{ stripe_id: 'in_1', crm_id: 'a01', state: 'dirty' }]);
  });
});

describe('an intent', () => {
  test('is noted once: a worker that stood still for longer than its lease goes on with the one noted meanwhile', async () => {
    await markDirty(store.database, 'invoice', { crmId: 'a01', side: 'salesforce' });
    const stalled = (await claimRecord(store.database, 'invoice', {
      crmId: 'a01',
      owner: 'w1/1',
      leaseSeconds: 0,
    }))!;
    const next = (await claimRecord(store.database, 'invoice', { crmId: 'a01', ...lease, owner: 'w2/1' }))!;
    const intents = [
      await noteIntent(store.database, next, { name: 'send', intent: { key: 'of the next' } }),
      await noteIntent(store.database, stalled, { name: 'send', intent: { key: 'of the stalled' } }),
    ];
    expect(intents).toEqual([{ key: 'of the next' }, { key: 'of the next' }]);
  });
});
