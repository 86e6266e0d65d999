import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';
import { WAITS_FOR_ACCOUNT } from './unpaired.ts';

export interface Owner {
  id: string;
  crmId: string | null;
  crmGone: boolean;
}

/** The row that holds a Stripe object. */
export async function ownerOf(
  database: Database,
  entity: SyncEntity,
  stripeId: string,
): Promise<Owner | undefined> {
  const { rows } = await database.pool.query<Owner>(
    `SELECT id, crm_id AS "crmId", crm_gone_at IS NOT NULL AS "crmGone" FROM sync_record
     WHERE entity = $1 AND stripe_id = $2`,
    [entity, stripeId],
  );
  return rows[0];
}

/**
 * The Account that stayed takes over the customer of the one that was merged into it: the row becomes its row. Both
 * rows are held by the caller. What had been merged into the lost Account before now leads to the one that stayed.
 */
export async function takeOver(
  database: Database,
  { lost, winner, winnerId }: { lost: ClaimedRecord; winner: ClaimedRecord; winnerId: string },
): Promise<void> {
  await database.dataSource.transaction(async (transaction) => {
    for (const table of ['change', 'conflict'])
      await transaction.query(`UPDATE ${table} SET record_id = $1 WHERE record_id = $2`, [
        lost.id,
        winner.id,
      ]);
    await transaction.query('DELETE FROM sync_record WHERE id = $1', [winner.id]);
    await transaction.query(LEAD_ON, [lost.crmId, winnerId]);
    await transaction.query(
      `UPDATE sync_record SET crm_id = $2, crm_gone_at = NULL, merged_into = NULL, dirty_seq = dirty_seq + 1,
         crm_dirty = true
       WHERE id = $1`,
      [lost.id, winnerId],
    );
    await transaction.query(RETRY_UNLINKED);
  });
}

/** The Account that stayed has a customer of its own; the other one goes on as a second name of it. */
export async function noteAlias(
  database: Database,
  { lost, winnerId }: { lost: ClaimedRecord; winnerId: string },
): Promise<void> {
  await database.dataSource.transaction(async (transaction) => {
    await transaction.query(LEAD_ON, [lost.crmId, winnerId]);
    await transaction.query(
      'UPDATE sync_record SET crm_gone_at = coalesce(crm_gone_at, now()), merged_into = $2 WHERE id = $1',
      [lost.id, winnerId],
    );
    await transaction.query(RETRY_UNLINKED);
  });
}

/** Gives back a row that was held only so that nobody else works on it meanwhile. */
export async function release(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query(
    'UPDATE sync_record SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2',
    [record.id, record.leaseOwner],
  );
}

/** The customers known of Accounts that were merged away, by the Account's id; those already followed are left out. */
export async function unfollowedCustomers(database: Database, crmIds: string[]): Promise<Set<string>> {
  const { rows } = await database.pool.query<{ crm_id: string }>(
    `SELECT crm_id FROM sync_record
     WHERE entity = 'customer' AND crm_id = ANY($1) AND merged_into IS NULL AND stripe_gone_at IS NULL
       AND (stripe_id IS NOT NULL OR intents ? 'create')`,
    [crmIds],
  );
  return new Set(rows.map(({ crm_id }) => crm_id));
}

const LEAD_ON = `
  UPDATE sync_record SET merged_into = $2, dirty_seq = dirty_seq + 1, state = 'dirty', next_attempt_at = now()
  WHERE entity = 'customer' AND merged_into = $1`;

// Which of them wait for this very customer only Stripe knows; there are never many.
const RETRY_UNLINKED = `
  SELECT mark_dirty(entity, stripe_id, crm_id, 'salesforce') FROM sync_record
  WHERE entity = 'invoice' AND ${WAITS_FOR_ACCOUNT}`;
