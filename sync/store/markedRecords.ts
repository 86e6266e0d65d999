import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

/** Records by their ids of one side. */
export type MarkedIds = { crmIds: string[] } | { stripeIds: string[] };

const byColumn = (ids: MarkedIds) =>
  'crmIds' in ids
    ? ({ column: 'crm_id', side: 'crm', values: ids.crmIds } as const)
    : ({ column: 'stripe_id', side: 'stripe', values: ids.stripeIds } as const);

/** Marks records dirty that a backfill converges itself; a worker takes them only when that has not come about. */
export async function markForBackfill(
  database: Database,
  { entity, ids, dueInSeconds }: { entity: SyncEntity; ids: MarkedIds; dueInSeconds: number },
): Promise<void> {
  const { column, side, values } = byColumn(ids);
  await database.pool.query(
    `INSERT INTO sync_record AS known (entity, ${column}, ${side}_dirty, next_attempt_at)
     SELECT $1, id, true, now() + make_interval(secs => $3) FROM unnest($2::text[]) AS id ORDER BY id
     ON CONFLICT (entity, ${column}) DO UPDATE SET state = 'dirty', ${side}_dirty = true, dirty_seq = known.dirty_seq + 1,
       next_attempt_at = CASE WHEN known.state = 'dirty' THEN known.next_attempt_at ELSE excluded.next_attempt_at END`,
    [entity, values, dueInSeconds],
  );
}

export interface MarkedState {
  crmId: string | null;
  stripeId: string | null;
  state: 'clean' | 'dirty' | 'parked';
  isHeld: boolean;
  message: string | null;
  base: unknown;
}

export async function statesOf(
  database: Database,
  entity: SyncEntity,
  ids: MarkedIds,
): Promise<MarkedState[]> {
  const { column, values } = byColumn(ids);
  const { rows } = await database.pool.query<MarkedState>(
    `SELECT crm_id AS "crmId", stripe_id AS "stripeId", state, coalesce(lease_until > now(), false) AS "isHeld",
            error_message AS message, base
     FROM sync_record WHERE entity = $1 AND ${column} = ANY($2)`,
    [entity, values],
  );
  return rows;
}
