import type { Database } from './database.ts';

// One statement's worth: short enough not to hold up those who store events.
const MOST_AT_ONCE = 1_000;

// Stripe tells of its events for 30 days: of older writes none is to come any more.
const WRITES_DAYS = 31;

/**
 * Deletes a batch of events that came longer ago than `days`, and of notes of writes whose event never came, and returns
 * how many it were. What was written because of them, and every conflict, stays. So does `invoice.sent`: it is what keeps
 * an invoice from being mailed twice.
 */
export async function forgetEvents(database: Database, days: number): Promise<number> {
  const events = await database.pool.query(
    `DELETE FROM inbox_event WHERE id IN (
       SELECT id FROM inbox_event WHERE received_at < now() - make_interval(days => $1) AND type <> 'invoice.sent'
       ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED
     )`,
    [days, MOST_AT_ONCE],
  );
  const writes = await database.pool.query(
    `DELETE FROM stripe_write WHERE id IN (
       SELECT id FROM stripe_write WHERE noted_at < now() - make_interval(days => $1)
       ORDER BY noted_at LIMIT $2 FOR UPDATE SKIP LOCKED
     )`,
    [WRITES_DAYS, MOST_AT_ONCE],
  );
  return (events.rowCount ?? 0) + (writes.rowCount ?? 0);
}
