import type { Database } from './database.ts';

/** Marks payments that were never looked at, by Stripe's ids. */
export async function markUnknownPayments(database: Database, stripeIds: string[]): Promise<void> {
  if (stripeIds.length === 0) return;
  await database.pool.query(
    `SELECT mark_dirty('payment', asked.id, NULL, 'stripe') FROM unnest($1::text[]) AS asked (id)
     WHERE NOT EXISTS (SELECT FROM sync_record WHERE entity = 'payment' AND stripe_id = asked.id)`,
    [stripeIds],
  );
}
