import type { FieldConflict } from '../domain/change.ts';
import type { SyncEntity } from '../domain/entity.ts';
import { unkeptConflicts, withConflicts, type OpenConflict } from '../domain/openConflict.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';

/**
 * Keeps conflicts before the writes that follow from them: once the winner's value has been written to the other
 * side, both say the same, and a retry after a crash could not find out any more that something was lost.
 */
export async function keepConflicts(
  database: Database,
  record: ClaimedRecord,
  found: FieldConflict[],
): Promise<void> {
  const unkept = unkeptConflicts(record.openConflicts, found);
  if (unkept.length === 0) return;
  const open = withConflicts(record.openConflicts, unkept);
  await database.pool.query(
    `WITH kept AS (
       UPDATE sync_record SET open_conflicts = $3 WHERE id = $1 AND lease_owner = $2 RETURNING id
     )
     INSERT INTO conflict (record_id, field, stripe_value, crm_value, winner)
     SELECT kept.id, field, stripe, crm, winner
     FROM kept, jsonb_to_recordset($4) AS found (field text, stripe jsonb, crm jsonb, winner text)`,
    [record.id, record.leaseOwner, JSON.stringify(open), JSON.stringify(unkept)],
  );
  record.openConflicts = open;
}

/** A record whose conflicts nobody has looked at yet. */
export interface ConflictingRecord {
  id: string;
  entity: SyncEntity;
  crmId: string | null;
  stripeId: string | null;
  lastSyncedAt: Date | null;
  conflicts: OpenConflict[];
  /** What the org's record says as far as we know; null for records other than invoices. */
  snapshot: unknown;
  /** By field: the conflict's own id, by which a person settles it. */
  ids: Record<string, string>;
}

/** Records that show a conflict, in the order of our own row ids; `after` is the last one of the page before. */
export async function listConflicts(
  database: Database,
  {
    entity,
    crmId,
    limit,
    after = '0',
  }: {
    entity?: SyncEntity | undefined;
    /** Those of one record of the org. */
    crmId?: string | undefined;
    limit: number;
    after?: string | undefined;
  },
): Promise<ConflictingRecord[]> {
  const { rows } = await database.pool.query<ConflictingRecord>(
    `SELECT id, entity, crm_id AS "crmId", stripe_id AS "stripeId", last_synced_at AS "lastSyncedAt",
            open_conflicts AS conflicts, CASE WHEN entity = 'invoice' THEN crm_snapshot END AS snapshot,
            (SELECT jsonb_object_agg(field, newest.id::text) FROM (
               SELECT DISTINCT ON (field) field, id FROM conflict WHERE record_id = sync_record.id ORDER BY field, id DESC
             ) newest) AS ids
     FROM sync_record
     WHERE open_conflicts IS NOT NULL AND id > $1 AND ($2::text IS NULL OR entity = $2)
       AND ($4::text IS NULL OR crm_id = $4) ORDER BY id LIMIT $3`,
    [after, entity ?? null, limit, crmId ?? null],
  );
  return rows;
}

export interface KeptConflict extends FieldConflict {
  id: string;
  entity: SyncEntity;
  crmId: string | null;
  /** What a person has decided; null while nobody has. */
  settledHow: 'use-other' | 'dismiss' | null;
}

export async function findConflict(database: Database, id: string): Promise<KeptConflict | undefined> {
  const { rows } = await database.pool.query<KeptConflict>(
    `SELECT conflict.id, entity, crm_id AS "crmId", field, stripe_value AS stripe, crm_value AS crm, winner, settled_how AS "settledHow"
     FROM conflict JOIN sync_record ON sync_record.id = record_id WHERE conflict.id = $1`,
    [id],
  );
  return rows[0];
}

/** Notes who has settled a conflict and how; once. */
export async function noteSettled(
  database: Database,
  id: string,
  { how, by }: { how: 'use-other' | 'dismiss'; by: string | null },
): Promise<void> {
  await database.pool.query(
    'UPDATE conflict SET settled_at = now(), settled_by = $2, settled_how = $3 WHERE id = $1 AND settled_at IS NULL',
    [id, by, how],
  );
}
