import { Notifications } from '../../sync/store/notifications.ts';
import { openDatabase } from '../../sync/store/database.ts';
import { receiveEvent } from '../../sync/store/receiveEvent.ts';
import { settleRecord } from '../../sync/store/settleRecords.ts';
import { claimDueRecords, linkRecord, markDirty } from '../../sync/store/syncRecords.ts';
import { emptyStore, event, lease } from './emptyStore.ts';
import { eventually } from './world.ts';

const store = emptyStore();

describe('marking many at once', () => {
  const mark = (ids: { stripeId?: string; crmId?: string; side?: string }[]) =>
    store.database.pool.query('SELECT mark_all_dirty($1, $2, $3, $4)', [
      ids.map(() => 'invoice'),
      ids.map(({ stripeId }) => stripeId ?? null),
      ids.map(({ crmId }) => crmId ?? null),
      ids.map(({ side }) => side ?? 'stripe'),
    ]);

  test('makes, finds and joins rows as marking one by one does', async () => {
    await mark([{ stripeId: 'in_1' }, { crmId: 'a02', side: 'salesforce' }]);
    await mark([
      { stripeId: 'in_1', crmId: 'a01' },
      { stripeId: 'in_1' },
      { stripeId: 'in_2', crmId: 'a02' },
      { stripeId: 'in_copy', crmId: 'a02' },
      { crmId: 'a02', side: 'salesforce' },
      { stripeId: 'in_3', crmId: 'a03' },
    ]);
    expect(await store.rows()).toMatchObject([
      { stripe_id: 'in_1', crm_id: null, dirty_seq: '3', stripe_dirty: true, crm_dirty: false },
      { stripe_id: 'in_2', crm_id: 'a02', dirty_seq: '3', stripe_dirty: true, crm_dirty: true },
      { stripe_id: 'in_3', crm_id: 'a03', dirty_seq: '1' },
      { stripe_id: 'in_copy', crm_id: null, dirty_seq: '1' },
    ]);
  });

  test('a record that waits for a later try keeps its turn, a parked one is due at once', async () => {
    await mark([{ stripeId: 'in_waits' }, { stripeId: 'in_parked' }]);
    await store.database.pool.query(
      `UPDATE sync_record SET attempts = 3, next_attempt_at = '2040-01-01', state = CASE stripe_id WHEN 'in_parked' THEN 'parked' ELSE state END`,
    );
    await mark([{ stripeId: 'in_waits' }, { stripeId: 'in_parked' }]);
    const [parked, waits] = await store.rows();
    expect(waits).toMatchObject({ state: 'dirty', attempts: 3, next_attempt_at: new Date('2040-01-01') });
    expect(parked).toMatchObject({ state: 'dirty', attempts: 0 });
    expect(parked.next_attempt_at.getTime()).toBeLessThan(Date.now() + 60_000);
  });

  test('events of both sides at several processes, while records are being joined: none is lost, none doubled', async () => {
    const others = await Promise.all([1, 2, 3].map(() => openDatabase(store.url, 4)));
    const count = 40;
    try {
      for (let index = 0; index < count; index++)
        await markDirty(store.database, 'invoice', { crmId: `a${index}`, side: 'salesforce' });
      const claimed = await claimDueRecords(store.database, 'invoice', lease);
      const events = Array.from({ length: 600 }, (_, index) => {
        const of = (index * 7) % count;
        // By Stripe's id alone, by both ids, by the org's id alone.
        const ids = [
          { stripeId: `in_${of}` },
          { stripeId: `in_${of}`, crmId: `a${of}` },
          { crmId: `a${of}` },
        ][index % 3]!;
        return { ...event(`evt_${index}`, ids), ...(index % 3 === 2 && { source: 'salesforce' as const }) };
      });
      const received = await Promise.all([
        ...events.map((one, index) => receiveEvent(others[index % others.length]!, one)),
        ...claimed.map(async (record) => {
          await linkRecord(store.database, record, { stripeId: record.crmId!.replace('a', 'in_') });
          await settleRecord(store.database, record, { kind: 'synced', base: {} });
          return true;
        }),
      ]);
      expect(received.every(Boolean)).toBe(true);
      const left = await store.rows();
      expect(left.map(({ crm_id }) => crm_id).sort()).toEqual(claimed.map(({ crmId }) => crmId).sort());
      for (const row of left) {
        expect(row).toMatchObject({ state: 'dirty', stripe_id: row.crm_id.replace('a', 'in_') });
        expect(row).toMatchObject({ stripe_dirty: true, crm_dirty: true });
      }
    } finally {
      await Promise.all(others.map((one) => one.close()));
    }
  });

  test.each(['mark_all_dirty', 'mark_dirty'])(
    '%s reads by index, also when the plan was made for an empty table',
    async (name) => {
      const connection = await store.database.pool.connect();
      try {
        const call = async (of: string) => {
          if (name === 'mark_dirty')
            await connection.query(`SELECT mark_dirty('invoice', $1, $2, 'stripe')`, [of, `a_${of}`]);
          else
            await connection.query(
              `SELECT mark_all_dirty(ARRAY['invoice'], ARRAY[$1], ARRAY[$2], ARRAY['stripe'])`,
              [of, `a_${of}`],
            );
        };
        for (let time = 0; time < 10; time++) await call(`in_first_${time}`);
        await connection.query(
          `INSERT INTO sync_record (entity, stripe_id, crm_id) SELECT 'invoice', 'in_' || n, 'a_in_' || n FROM generate_series(1, 5000) n`,
        );
        await connection.query('BEGIN');
        for (let time = 0; time < 10; time++)
          await call(time % 2 === 0 ? `in_${time * 100}` : `in_new_${time}`);
        const {
          rows: [read],
        } = await connection.query(
          `SELECT (seq_tup_read + idx_tup_fetch)::int AS tuples FROM pg_stat_xact_user_tables WHERE relname = 'sync_record'`,
        );
        await connection.query('COMMIT');
        // Reading the table would be 50,000.
        expect(read.tuples).toBeLessThan(2_000);
      } finally {
        connection.release();
      }
    },
  );
});

test('a record marked while it was held wakes the workers when it is given back, others do not', async () => {
  await markDirty(store.database, 'invoice', { stripeId: 'in_1', side: 'stripe' });
  await markDirty(store.database, 'product', { stripeId: 'prod_1', side: 'stripe' });
  const [invoice] = await claimDueRecords(store.database, 'invoice', lease);
  const [product] = await claimDueRecords(store.database, 'product', lease);
  await markDirty(store.database, 'invoice', { stripeId: 'in_1', side: 'stripe' });
  const notifications = new Notifications(store.url, ['sync_dirty']);
  const heard: string[] = [];
  notifications.on((_, entity) => heard.push(entity));
  await notifications.open();
  try {
    await settleRecord(store.database, product!, { kind: 'synced', base: {} });
    await settleRecord(store.database, invoice!, { kind: 'synced', base: {} });
    await eventually(() => Promise.resolve(heard.length > 0), 'the workers are woken');
    expect(heard).toEqual(['invoice']);
  } finally {
    await notifications.close();
  }
});
