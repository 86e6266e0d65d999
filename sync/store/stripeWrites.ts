import type { StripeWrite } from '../domain/overwrittenInStripe.ts';
import type { Database } from './database.ts';

// Of each row the last ones are enough, in case their events come late.
const KEPT = 40;

/** Of the row that is claimed: its last writes to Stripe, in the order of their making; null where there are none. */
export const STRIPE_WRITES = `(
  SELECT jsonb_agg(jsonb_build_object('key', idempotency_key, 'read', read, 'written', written, 'told', told,
    'isLookedAt', is_looked_at) ORDER BY last.id)
  FROM (SELECT * FROM stripe_write WHERE record_id = sync_record.id ORDER BY id DESC LIMIT ${KEPT}) last
) AS stripe_writes`;

/**
 * Notes what is about to be written over in Stripe, and what was read there, until the event of the write tells what it has
 * replaced. A try under the same key adds what it has read.
 */
export async function noteStripeWrite(
  database: Database,
  record: { id: string; stripeId: string | null },
  { key, read, written }: { key: string; read: object; written: object },
): Promise<void> {
  await database.pool.query(
    `INSERT INTO stripe_write (idempotency_key, record_id, stripe_id, read, written) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (idempotency_key) DO UPDATE SET read = stripe_write.read || excluded.read`,
    [key, record.id, record.stripeId, JSON.stringify([only(read, written)]), JSON.stringify(written)],
  );
}

export async function forgetStripeWrite(database: Database, key: string): Promise<void> {
  await database.pool.query('DELETE FROM stripe_write WHERE idempotency_key = $1', [key]);
}

const only = (read: object, written: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(written).map((field) => [field, (read as Record<string, unknown>)[field]]));

/** The keys of what has been told of a row's writes when it was claimed. */
export const toldKeys = (writes: StripeWrite[]): string[] =>
  writes.flatMap(({ key, told }) => (told === null ? [] : [key]));
