import { retryingCollisions } from './collisions.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';

/**
 * Joins a claimed row that knows only its Stripe object to the row of the org's record which that object says it was
 * made for: an event may tell of an object before the one who makes it has noted its id. The claimed row is taken
 * away and the other marked. Returns false, with nothing done, when that record has another object already: Stripe
 * copies metadata when somebody duplicates an invoice.
 */
export async function joinHalf(database: Database, record: ClaimedRecord, crmId: string): Promise<boolean> {
  return retryingCollisions(() =>
    database.dataSource.transaction(async (transaction) => {
      const pairs = await transaction.query<{ stripe_id: string | null }[]>(
        'SELECT stripe_id FROM sync_record WHERE entity = $1 AND crm_id = $2 FOR UPDATE',
        [record.entity, crmId],
      );
      if (pairs.some(({ stripe_id }) => stripe_id !== null && stripe_id !== record.stripeId)) return false;
      const [, taken] = await transaction.query<[unknown, number]>(
        'DELETE FROM sync_record WHERE id = $1 AND lease_owner = $2 AND crm_id IS NULL',
        [record.id, record.leaseOwner],
      );
      if (taken > 0)
        await transaction.query(`SELECT mark_dirty($1, $2, $3, 'stripe')`, [
          record.entity,
          record.stripeId,
          crmId,
        ]);
      return true;
    }),
  );
}
