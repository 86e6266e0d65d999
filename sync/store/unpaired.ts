import type { Database } from './database.ts';

/** Takes back a pairing that has never come about. */
export async function unpair(database: Database, stripeId: string): Promise<void> {
  await database.pool.query(
    `UPDATE sync_record SET crm_id = NULL WHERE entity = 'customer' AND stripe_id = $1 AND base IS NULL`,
    [stripeId],
  );
}

/** A customer that has no place in the org is nothing to be mended. */
export async function settleIgnored(database: Database, stripeId: string): Promise<void> {
  await database.pool.query(
    `UPDATE sync_record SET state = 'clean', error_code = NULL, error_message = NULL, error_stage = NULL
     WHERE entity = 'customer' AND stripe_id = $1 AND crm_id IS NULL AND state = 'parked'`,
    [stripeId],
  );
}

/** Whether anything is parked because its customer is nobody's. */
export async function somethingWaits(database: Database): Promise<boolean> {
  const { rows } = await database.pool.query<{ waits: boolean }>(
    `SELECT EXISTS (SELECT FROM sync_record WHERE state = 'parked' AND error_code = 'unlinked_customer') AS waits`,
  );
  return rows[0]!.waits;
}
