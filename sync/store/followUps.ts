import type { Database } from './database.ts';

/**
 * Why others have to be looked at once a customer has been settled: it is paired for the first time, something of it has
 * changed, no Account is linked with it, or the chosen Account is not in the org.
 */
export type FollowUpKind = 'first' | 'changed' | 'unpaired' | 'gone';

export interface FollowUp {
  id: string;
  kind: FollowUpKind;
  stripeId: string | null;
  crmId: string | null;
  /** Why it is parked. */
  message: string | null;
  /** Which note it is: while one is at it, the record may be settled anew. */
  due: string;
}

/** Takes what is due in hand; a worker that dies over it leaves it to the next one once the time has passed. */
export async function claimFollowUps(
  database: Database,
  { leaseSeconds, limit }: { leaseSeconds: number; limit: number },
): Promise<FollowUp[]> {
  const { rows } = await database.pool.query<FollowUp>(
    `UPDATE sync_record SET follow_up_at = now() + make_interval(secs => $1)
     WHERE id IN (
       SELECT id FROM sync_record WHERE follow_up IS NOT NULL AND follow_up_at <= now()
       ORDER BY follow_up_at LIMIT $2 FOR UPDATE SKIP LOCKED
     )
     RETURNING id, follow_up AS kind, stripe_id AS "stripeId", crm_id AS "crmId", error_message AS message,
       follow_up_at::text AS due`,
    [leaseSeconds, limit],
  );
  return rows;
}

/** It is done. What was noted anew meanwhile stays due. */
export async function settleFollowUps(database: Database, done: FollowUp[]): Promise<void> {
  if (done.length === 0) return;
  await database.pool.query(
    `UPDATE sync_record SET follow_up = NULL, follow_up_at = NULL
     FROM unnest($1::bigint[], $2::timestamptz[]) AS one (id, due)
     WHERE sync_record.id = one.id AND follow_up_at = one.due`,
    [done.map(({ id }) => id), done.map(({ due }) => due)],
  );
}
