import type { Database } from './database.ts';

/**
 * When Stripe mailed each invoice for the first time, by its Stripe id. The invoice object itself does not
 * say it; the `invoice.sent` event does.
 */
export async function firstSentAt(database: Database, stripeIds: string[]): Promise<Map<string, Date>> {
  const { rows } = await database.pool.query<{ object_id: string; sent_at: Date }>(
    `SELECT object_id, min(occurred_at) AS sent_at FROM inbox_event
     WHERE source = 'stripe' AND type = 'invoice.sent' AND object_id = ANY($1) GROUP BY object_id`,
    [stripeIds],
  );
  return new Map(rows.map((row) => [row.object_id, row.sent_at]));
}
