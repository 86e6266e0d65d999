import { Client } from 'pg';
import { createDatabase } from '../setup/database.ts';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('every test file gets a migrated database of its own', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
  try {
    await query(one.url, 'CREATE TABLE only_here (id int)');
    const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    const here = (await query(one.url, tables)).map((row) => row['tablename']);
    const there = (await query(other.url, tables)).map((row) => row['tablename']);
    expect(here).toContain('only_here');
    expect(there).not.toContain('only_here');
    expect(there).toContain('sync_record');
  } finally {
    await Promise.all([one.drop(), other.drop()]);
  }
});

test('a dropped database is gone, also while a connection to it is open', async () => {
  const database = await createDatabase();
  const left = new Client({ connectionString: database.url });
  left.on('error', () => {}); // the server ends it
  await left.connect();
  await database.drop();
  await expect(query(database.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
});
