import type { Database } from './database.ts';

// One statement's worth: short enough not to hold up those who store events.
const MOST_AT_ONCE = 1_000;

/**
 * Deletes a batch of events that came longer ago than `days` and returns how many it were. What was written because of
 * them, and every conflict, stays. So does `invoice.sent`: it is what keeps an invoice from being mailed twice.
 */
export async function forgetEvents(database: Database, days: number): Promise<number> {
  const { rowCount } = await database.pool.query(
    `DELETE FROM inbox_event WHERE id IN (
       SELECT id FROM inbox_event WHERE received_at < now() - make_interval(days => $1) AND type <> 'invoice.sent'
       ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED
     )`,
    [days, MOST_AT_ONCE],
  );
  return rowCount ?? 0;
}
