import type { Overwriting } from '../domain/overwritten.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';

/**
 * Notes what the org's records will say, before they are written: the change event of a write may be here before its
 * answer. Until the rows are settled it is unsure whether the write came to pass. Returns the ids of the rows that
 * are still ours; the org's records of others must not be written.
 */
export async function noteSnapshots(
  database: Database,
  noted: {
    record: Pick<ClaimedRecord, 'id' | 'leaseOwner'>;
    crmSnapshot: unknown;
    crmWrites: Overwriting[];
  }[],
): Promise<Set<string>> {
  if (noted.length === 0) return new Set();
  const { rows } = await database.pool.query<{ id: string }>(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($1) AS one (id bigint, lease_owner text, crm_snapshot jsonb, crm_writes jsonb)
     ), held AS (
       SELECT record.id FROM sync_record record JOIN given USING (id)
       WHERE record.lease_owner = given.lease_owner ORDER BY record.id FOR UPDATE OF record
     )
     UPDATE sync_record record SET
       crm_snapshot = given.crm_snapshot, crm_unsure = true, crm_writes = given.crm_writes
     FROM given JOIN held USING (id) WHERE record.id = given.id RETURNING record.id`,
    [
      JSON.stringify(
        noted.map(({ record, crmSnapshot, crmWrites }) => ({
          id: record.id,
          lease_owner: record.leaseOwner,
          crm_snapshot: crmSnapshot,
          ...(crmWrites.length > 0 && { crm_writes: crmWrites }),
        })),
      ),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Notes what parked records will say of themselves in the org, so that the event of that write tells nothing new. */
export async function noteShown(
  database: Database,
  shown: { record: ClaimedRecord; fields: Record<string, unknown> }[],
): Promise<void> {
  await database.pool.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($1) AS one (id bigint, fields jsonb)),
     held AS (SELECT record.id FROM sync_record record JOIN given USING (id) ORDER BY record.id FOR UPDATE OF record)
     UPDATE sync_record record SET crm_snapshot =
       coalesce(crm_snapshot, '{}') || jsonb_build_object('fields', coalesce(crm_snapshot -> 'fields', '{}') || given.fields)
     FROM given JOIN held USING (id) WHERE record.id = given.id AND record.state = 'parked'`,
    [JSON.stringify(shown.map(({ record, fields }) => ({ id: record.id, fields })))],
  );
}
