import { loadConfig } from '../../server/config.ts';
import { openDatabase, type Database } from '../../sync/store/database.ts';
import { forgetEvents } from '../../sync/store/forgetEvents.ts';
import { noteStripeWrite } from '../../sync/store/stripeWrites.ts';
import { markDirty } from '../../sync/store/syncRecords.ts';
import { createDatabase, type TestDatabase } from '../setup/database.ts';
import { eventually, startWorld } from './world.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createDatabase();
  database = await openDatabase(testDatabase.url, 5);
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

const insertEvents = (at: Database, { name, type = 'invoice.updated', ageDays, count = 1 }: OldEvents) =>
  at.pool.query(
    `INSERT INTO inbox_event (source, event_id, type, occurred_at, received_at, payload)
     SELECT 'stripe', $1 || n, $2, now(), now() - make_interval(days => $3), '{}' FROM generate_series(1, $4) n`,
    [name, type, ageDays, count],
  );
interface OldEvents {
  name: string;
  type?: string;
  ageDays: number;
  count?: number;
}

const left = async (at: Database) =>
  (await at.pool.query<{ event_id: string }>('SELECT event_id FROM inbox_event ORDER BY event_id')).rows.map(
    ({ event_id }) => event_id,
  );

test('old events go in batches; newer ones, what was written, conflicts and the proof of a mail stay; so do notes of writes to Stripe whose event may still come', async () => {
  await insertEvents(database, { name: 'old', ageDays: 91, count: 2_500 });
  await insertEvents(database, { name: 'new', ageDays: 89 });
  await insertEvents(database, { name: 'sent', type: 'invoice.sent', ageDays: 400 });
  const id = await markDirty(database, 'invoice', { stripeId: 'in_1', side: 'stripe' });
  await database.pool.query(
    `INSERT INTO change (record_id, side, object, field, at) VALUES ($1, 'stripe', 'invoice', 'x', now() - interval '2 years')`,
    [id],
  );
  await database.pool.query(
    `INSERT INTO conflict (record_id, field, winner, at) VALUES ($1, 'x', 'stripe', now() - interval '2 years')`,
    [id],
  );
  for (const [key, days] of [
    ['update-old', 32],
    ['update-new', 30],
  ] as const) {
    await noteStripeWrite(database, { id, stripeId: 'in_1' }, { key, read: {}, written: { name: 'A' } });
    await database.pool.query(
      'UPDATE stripe_write SET noted_at = now() - make_interval(days => $2) WHERE idempotency_key = $1',
      [key, days],
    );
  }
  // Two workers at once take different ones.
  const together = await Promise.all([forgetEvents(database, 90), forgetEvents(database, 90)]);
  expect(together.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1_000);
  let forgotten = 1;
  while (forgotten > 0) forgotten = await forgetEvents(database, 90);
  expect(await left(database)).toEqual(['new1', 'sent1']);
  const { rows } = await database.pool.query('SELECT idempotency_key FROM stripe_write');
  expect(rows).toEqual([{ idempotency_key: 'update-new' }]);
  for (const table of ['change', 'conflict'])
    expect((await database.pool.query(`SELECT 1 FROM ${table}`)).rowCount).toBe(1);
});

test('a worker does it by itself, for as long as is set', async () => {
  const world = await startWorld({ environment: { EVENT_RETENTION_DAYS: '31' } });
  try {
    await world.stopWorker();
    await insertEvents(world.database, { name: 'old', ageDays: 32, count: 1_200 });
    await insertEvents(world.database, { name: 'new', ageDays: 30 });
    await world.startWorker();
    await eventually(async () => (await left(world.database)).join() === 'new1', 'only the new one is left');
    expect(() => loadConfig({ ...world.environment, EVENT_RETENTION_DAYS: '30' })).toThrow(/at least 31/);
  } finally {
    await world.stop();
  }
});
