import pg from 'pg';
import { openDatabase } from '../sync/store/database.ts';
import { loadDatabaseUrl } from './config.ts';

// Any constant does: every deployment's release step asks for the same lock, so that two run in turn.
const MIGRATION_LOCK = 727_401_811;

/** Brings the database up to date and returns the names of the migrations that were applied. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: databaseUrl });
  // A server that stops meanwhile breaks the migration itself, which says so; this connection has nothing to add.
  lock.on('error', () => {});
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const database = await openDatabase(databaseUrl, 1);
    try {
      const applied = await database.dataSource.runMigrations();
      return applied.map((migration) => migration.name);
    } finally {
      await database.close();
    }
  } finally {
    await lock.end();
  }
}

/** The release step of a deployment; safe to run twice, and from two machines at once. */
async function main(): Promise<void> {
  const applied = await migrate(loadDatabaseUrl());
  console.log(applied.length ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
}

if (import.meta.main) void main();
