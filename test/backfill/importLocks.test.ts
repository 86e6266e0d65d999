import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Database } from '../../sync/store/database.ts';
import { joinPairs } from '../../sync/store/importedRecords.ts';
import { markDirty } from '../../sync/store/syncRecords.ts';
import { createDatabase, type TestDatabase } from '../setup/database.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createDatabase();
  database = await openDatabase(testDatabase.url, 4);
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

const PAIRS = [
  { stripeId: 'cus_1', crmId: '001000000000001AAA' },
  { stripeId: 'cus_2', crmId: '001000000000002AAA' },
];

// Whichever row the statement takes first, in one of both orders each side waits for the other.
test.each([
  ['cus_1', 'cus_2'],
  ['cus_2', 'cus_1'],
])('pairs are made although a worker holds %s and then takes %s', async (...order) => {
  await database.pool.query('TRUNCATE sync_record CASCADE');
  for (const { stripeId } of PAIRS) await markDirty(database, 'customer', { stripeId, side: 'stripe' });
  const worker = await database.pool.connect();
  const take = (stripeId: string) =>
    worker.query('SELECT FROM sync_record WHERE stripe_id = $1 FOR UPDATE', [stripeId]);
  await worker.query('BEGIN');
  await take(order[0]!);
  const joining = joinPairs(database, 'customer', PAIRS);
  await sleep(300);
  await take(order[1]!);
  await worker.query('COMMIT');
  worker.release();
  expect([...(await joining)].sort()).toEqual(PAIRS.map(({ crmId }) => crmId));
});
