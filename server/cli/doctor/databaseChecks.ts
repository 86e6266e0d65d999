import { openDatabase } from '../../../sync/store/database.ts';
import { servedOrg } from '../../../sync/store/servedOrg.ts';
import { checksOf, words, type Check } from './check.ts';

const { ok, failed, warning } = checksOf('database');

// Source of the lower bound: README, "Configuration".
const OLDEST_POSTGRES = 150_000;

export interface DatabaseFindings {
  checks: Check[];
  /** The orgs that have a bearer token; null when the database could not be asked. */
  tokenOrgs: string[] | null;
  /** The org whose records these are; null before the first login, undefined when it is not known. */
  servedOrg?: string | null;
}

/** Whether the store can be reached and is migrated. */
export async function checkDatabase(url: string): Promise<DatabaseFindings> {
  let database;
  try {
    database = await openDatabase(url, 1);
  } catch (error) {
    const mend = 'Check DATABASE_URL, and that PostgreSQL runs and lets this machine in.';
    return { checks: [failed('reachable', { detail: words(error), mend })], tokenOrgs: null };
  }
  try {
    const { rows } = await database.pool.query<{ number: number; name: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name`,
    );
    const { number, name } = rows[0]!;
    const reachable =
      number >= OLDEST_POSTGRES
        ? ok('reachable', `PostgreSQL ${name}`)
        : warning('reachable', { detail: `PostgreSQL ${name}`, mend: 'Use PostgreSQL 15 or newer.' });
    if (await database.dataSource.showMigrations()) {
      const behind = { detail: 'The database is not up to date.', mend: 'Run `invoicebridge migrate`.' };
      return { checks: [reachable, failed('migrated', behind)], tokenOrgs: null };
    }
    const tokens = await database.pool.query<{ org_id: string }>(
      'SELECT DISTINCT org_id FROM api_token WHERE expires_at IS NULL OR expires_at > now()',
    );
    return {
      checks: [reachable, ok('migrated', 'up to date')],
      tokenOrgs: tokens.rows.map(({ org_id }) => org_id),
      servedOrg: await servedOrg(database),
    };
  } catch (error) {
    const mend = 'Check that the user of DATABASE_URL owns the tables.';
    return { checks: [failed('usable', { detail: words(error), mend })], tokenOrgs: null };
  } finally {
    await database.close();
  }
}
