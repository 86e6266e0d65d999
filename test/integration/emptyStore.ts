import type { QueryResult } from 'pg';
import { openDatabase, type Database } from '../../sync/store/database.ts';
import { createDatabase, type TestDatabase } from '../setup/database.ts';

export const lease = { owner: 'w1/1', leaseSeconds: 30 };

export const event = (eventId: string, subject: { stripeId?: string; crmId?: string }) => ({
  source: 'stripe' as const,
  eventId,
  type: 'invoice.updated',
  subject: { entity: 'invoice' as const, ...subject },
  occurredAt: new Date(),
  payload: {},
});

export interface EmptyStore {
  url: string;
  database: Database;
  /** All rows of `sync_record`, the oldest first. */
  rows(): Promise<QueryResult['rows']>;
}

/** A database of the test file's own, in which every test finds neither records nor events. */
export function emptyStore(): EmptyStore {
  const store = {
    rows: async () => (await store.database.pool.query('SELECT * FROM sync_record ORDER BY id')).rows,
  } as EmptyStore;
  let testDatabase: TestDatabase;
  beforeAll(async () => {
    testDatabase = await createDatabase();
    store.url = testDatabase.url;
    store.database = await openDatabase(testDatabase.url, 20);
  });
  afterAll(async () => {
    await store.database?.close();
    await testDatabase?.drop();
  });
  afterEach(() => store.database.pool.query('TRUNCATE sync_record, inbox_event CASCADE'));
  return store;
}
