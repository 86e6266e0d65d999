import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

/** Marks records of the org dirty that a backfill converges itself; a worker takes them only when that has not come about. */
export async function markForBackfill(
  database: Database,
  { entity, crmIds, dueInSeconds }: { entity: SyncEntity; crmIds: string[]; dueInSeconds: number },
): Promise<void> {
  await database.pool.query(
    `INSERT INTO sync_record AS known (entity, crm_id, crm_dirty, next_attempt_at)
     SELECT $1, id, true, now() + make_interval(secs => $3) FROM unnest($2::text[]) AS id ORDER BY id
     ON CONFLICT (entity, crm_id) DO UPDATE SET state = 'dirty', crm_dirty = true, dirty_seq = known.dirty_seq + 1,
       next_attempt_at = CASE WHEN known.state = 'dirty' THEN known.next_attempt_at ELSE excluded.next_attempt_at END`,
    [entity, crmIds, dueInSeconds],
  );
}

export interface MarkedState {
  crmId: string;
  stripeId: string | null;
  state: 'clean' | 'dirty' | 'parked';
  isHeld: boolean;
  message: string | null;
}

export async function statesOf(
  database: Database,
  entity: SyncEntity,
  crmIds: string[],
): Promise<MarkedState[]> {
  const { rows } = await database.pool.query<MarkedState>(
    `SELECT crm_id AS "crmId", stripe_id AS "stripeId", state, coalesce(lease_until > now(), false) AS "isHeld",
            error_message AS message
     FROM sync_record WHERE entity = $1 AND crm_id = ANY($2)`,
    [entity, crmIds],
  );
  return rows;
}
