import type { Database } from './database.ts';
import { readCursor } from './cursors.ts';

const NAME = 'served-org';

/** The org whose records these are, as its first login said; null before that. */
export const servedOrg = (database: Database): Promise<string | null> => readCursor(database, NAME);

/** Notes the org of the first login, and returns the one that is noted: another one, if another was first. */
export async function noteServedOrg(database: Database, orgId: string): Promise<string> {
  await database.pool.query(
    'INSERT INTO cursor (name, position) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
    [NAME, orgId],
  );
  return (await servedOrg(database))!;
}

/**
 * From now on these are the records of another org. What was read of the old one's change stream means nothing in the
 * new one, and neither does what was last seen on its records: each is read anew when its turn comes.
 */
export async function adoptOrg(database: Database, orgId: string): Promise<void> {
  await database.dataSource.transaction(async (transaction) => {
    await transaction.query("DELETE FROM cursor WHERE name LIKE 'crm-%'");
    await transaction.query('UPDATE sync_record SET crm_snapshot = NULL WHERE crm_snapshot IS NOT NULL');
    await transaction.query(
      `INSERT INTO cursor (name, position) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = now()`,
      [NAME, orgId],
    );
  });
}

/** Some of the org's records that are in a pair, newest first: to see whether another org has them, too. */
export async function sampleOfRecords(
  database: Database,
  entity: 'invoice' | 'customer',
  limit: number,
): Promise<string[]> {
  const { rows } = await database.pool.query<{ crm_id: string }>(
    'SELECT crm_id FROM sync_record WHERE entity = $1 AND crm_id IS NOT NULL ORDER BY id DESC LIMIT $2',
    [entity, limit],
  );
  return rows.map(({ crm_id }) => crm_id);
}
