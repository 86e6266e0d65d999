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

const IS_PARKED = `state = 'parked' AND error_code = 'unlinked_customer'`;
// In the hands of a worker that may have looked for the Account before it was there, and is about to park it.
const IS_LOOKED_AT = `state = 'dirty' AND crm_id IS NULL AND lease_until > now()`;

/** Of rows of `sync_record`, those that wait for a customer's Account, or may be about to. */
export const WAITS_FOR_ACCOUNT = `((${IS_PARKED}) OR (${IS_LOOKED_AT}))`;

/** Whether anything waits because its customer is nobody's. */
export async function somethingWaits(database: Database): Promise<boolean> {
  const { rows } = await database.pool.query<{ waits: boolean }>(
    `SELECT EXISTS (SELECT FROM sync_record WHERE ${IS_PARKED})
       OR EXISTS (SELECT FROM sync_record WHERE ${IS_LOOKED_AT} AND entity <> 'customer') AS waits`,
  );
  return rows[0]!.waits;
}

/** Has those tried again that are parked, or about to be, among these of Stripe's ids. Returns how many. */
export async function retryUnlinked(database: Database, stripeIds: string[]): Promise<number> {
  const { rowCount } = await database.pool.query(
    `SELECT mark_dirty(entity, stripe_id, crm_id, 'salesforce') FROM sync_record
     WHERE stripe_id = ANY($1) AND (state = 'parked' OR ${WAITS_FOR_ACCOUNT})`,
    [stripeIds],
  );
  return rowCount ?? 0;
}
