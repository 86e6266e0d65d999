import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

/** A record that nothing will be done about until somebody changes something or has it tried again. */
export interface ParkedRecord {
  id: string;
  entity: SyncEntity;
  crmId: string | null;
  stripeId: string | null;
  code: string;
  stage: string;
  message: string;
  attempts: number;
  lastSyncedAt: Date | null;
}

export interface ParkedQuery {
  entity?: SyncEntity | undefined;
  limit: number;
  /** The `id` of the last record of the page before. */
  after?: string | undefined;
}

export async function listParked(
  database: Database,
  { entity, limit, after = '0' }: ParkedQuery,
): Promise<ParkedRecord[]> {
  const { rows } = await database.pool.query<ParkedRecord>(
    `SELECT id, entity, crm_id AS "crmId", stripe_id AS "stripeId", error_code AS code, error_stage AS stage,
            error_message AS message, attempts, last_synced_at AS "lastSyncedAt"
     FROM sync_record
     WHERE state = 'parked' AND id > $1 AND ($2::text IS NULL OR entity = $2) ORDER BY id LIMIT $3`,
    [after, entity ?? null, limit],
  );
  return rows;
}

/** Which parked records to try again; all of them where nothing is named. */
export interface RetrySelection {
  /** Ids of the org or of Stripe. */
  ids?: string[] | undefined;
  entity?: SyncEntity | undefined;
}

/** Marks parked records dirty, as news about them would, and returns how many there were. */
export async function retryParked(database: Database, { ids, entity }: RetrySelection): Promise<number> {
  const { rowCount } = await database.pool.query(
    `SELECT mark_dirty(entity, stripe_id, crm_id, 'salesforce') FROM sync_record
     WHERE state = 'parked' AND ($1::text[] IS NULL OR crm_id = ANY($1) OR stripe_id = ANY($1))
       AND ($2::text IS NULL OR entity = $2)`,
    [ids ?? null, entity ?? null],
  );
  return rowCount ?? 0;
}

/** Whether an Account is paired with another customer of Stripe than this one. */
export async function isPairedCustomer(
  database: Database,
  crmId: string,
  otherThan: string,
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `SELECT 1 FROM sync_record WHERE entity = 'customer' AND crm_id = $1 AND stripe_id <> $2`,
    [crmId, otherThan],
  );
  return (rowCount ?? 0) > 0;
}
