import type { SyncEntity } from '../domain/entity.ts';
import type { Overwriting, ToldValues } from '../domain/overwritten.ts';
import type { CrmSnapshot } from '../domain/tellsNews.ts';
import type { Database } from './database.ts';

/** A known pair with what the org's record says as far as we know. */
export interface KnownRecord {
  crmId: string | null;
  stripeId: string | null;
  isParked: boolean;
  /** When it was settled last. */
  settledAt: Date | null;
  /** Whether somebody holds it at this moment. */
  isHeld: boolean;
  snapshot: CrmSnapshot | null;
  /** See `sync/domain/overwritten.ts`. */
  writes: Overwriting[];
  told: ToldValues;
}

/** Pairs by the org's id, or by Stripe's where the org has just made its record. */
export async function readKnownRecords(
  database: Database,
  entity: SyncEntity,
  { crmIds, stripeIds }: { crmIds: string[]; stripeIds: string[] },
): Promise<KnownRecord[]> {
  const { rows } = await database.pool.query<KnownRecord>(
    `SELECT crm_id AS "crmId", stripe_id AS "stripeId", state = 'parked' AS "isParked", crm_snapshot AS snapshot,
            coalesce(crm_writes, '[]') AS writes, coalesce(crm_told, '{}') AS told,
            last_synced_at AS "settledAt", coalesce(lease_until > now(), false) AS "isHeld"
     FROM sync_record WHERE entity = $1 AND (crm_id = ANY($2) OR stripe_id = ANY($3))`,
    [entity, crmIds, stripeIds],
  );
  return rows;
}

export interface LineOfInvoice {
  lineId: string;
  crmId: string;
  /** Whether we have deleted it. */
  isDeleted: boolean;
}

/** The org's invoices of its lines, as far as they are known. */
export async function invoicesOfLines(database: Database, lineIds: string[]): Promise<LineOfInvoice[]> {
  const { rows } = await database.pool.query<LineOfInvoice>(
    `SELECT line ->> 'id' AS "lineId", crm_id AS "crmId", line ? 'deletedAt' AS "isDeleted" FROM sync_record,
       LATERAL jsonb_path_query(crm_snapshot, '$.lines[*]') AS line
     WHERE entity = 'invoice' AND crm_id IS NOT NULL AND line ->> 'id' = ANY($1)
       AND jsonb_path_query_array(crm_snapshot, '$.lines[*].id') ?| $1`,
    [lineIds],
  );
  return rows;
}

/** The database's own time, to compare with what it has noted. */
export async function databaseTime(database: Database): Promise<Date> {
  const { rows } = await database.pool.query<{ now: Date }>('SELECT now() AS now');
  return rows[0]!.now;
}
