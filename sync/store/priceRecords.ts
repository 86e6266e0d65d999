import type { PriceBase } from '../domain/price.ts';
import { retryingCollisions } from './collisions.ts';
import type { Database } from './database.ts';
import { markAllDirty, type ClaimedRecord } from './syncRecords.ts';
import { leaseLost } from './writings.ts';

/**
 * Gives a row another Stripe price and notes that the old one has to be archived, in one commit: wherever the worker is
 * killed, the next one neither makes a second price nor forgets the old one. A half row that an event made meanwhile
 * for the new price is taken in. `base`: what both sides say with it; left out where that stays as it is.
 */
export async function replacePriceId(
  database: Database,
  record: ClaimedRecord,
  { priceId, retire, base }: { priceId: string; retire: string | null; base?: PriceBase },
): Promise<void> {
  const version = await retryingCollisions(() =>
    database.dataSource.transaction(async (transaction) => {
      const half = `entity = 'price' AND id <> $1 AND stripe_id = $2 AND crm_id IS NULL`;
      const known = [record.id, priceId];
      await transaction.query(
        `SELECT FROM sync_record WHERE id = $1 OR (${half}) ORDER BY id FOR UPDATE`,
        known,
      );
      const [, halves] = await transaction.query<[unknown, number]>(
        `DELETE FROM sync_record WHERE ${half}`,
        known,
      );
      const [rows] = await transaction.query<[{ version: string }[], number]>(
        // The next write is other work than this one, so it needs keys of its own.
        `UPDATE sync_record SET stripe_id = $2, version = version + 1, dirty_seq = dirty_seq + $4,
           stripe_dirty = stripe_dirty OR $4 > 0, intents = (intents - 'create' - 'writing') || $3::jsonb,
           base = coalesce($6, base)
         WHERE id = $1 AND lease_owner = $5 RETURNING version`,
        [
          record.id,
          priceId,
          JSON.stringify(retire ? { retire: { priceId: retire } } : {}),
          halves,
          record.leaseOwner,
          base ? JSON.stringify(base) : null,
        ],
      );
      if (!rows[0]) throw leaseLost();
      return rows[0].version;
    }),
  );
  delete record.intents.create;
  delete record.intents.writing;
  if (base) record.base = base;
  if (retire) record.intents.retire = { priceId: retire };
  record.stripeId = priceId;
  record.version = version;
}

/** Takes back a row that stands for nothing, unless it was marked again meanwhile. */
export async function forgetPrice(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query('DELETE FROM sync_record WHERE id = $1 AND lease_owner = $2 AND dirty_seq = $3', [
    record.id,
    record.leaseOwner,
    record.dirtySeq,
  ]);
}

/** Of these Stripe prices those that have a row, by their ids, each with its entry, if it has one. */
export async function knownPrices(
  database: Database,
  priceIds: string[],
): Promise<Map<string, { crmId: string | null; gone: boolean }>> {
  const { rows } = await database.pool.query<{ stripe_id: string; crm_id: string | null; gone: boolean }>(
    `SELECT stripe_id, crm_id, coalesce((base -> 'gone')::boolean, false) AS gone FROM sync_record
     WHERE entity = 'price' AND stripe_id = ANY($1)`,
    [priceIds],
  );
  return new Map(rows.map(({ stripe_id, crm_id, gone }) => [stripe_id, { crmId: crm_id, gone }]));
}

/** The Stripe price of each of these entries; absent for those in no pair. */
export async function pairsOfEntries(database: Database, crmIds: string[]): Promise<Map<string, string>> {
  const { rows } = await database.pool.query<{ crm_id: string; stripe_id: string }>(
    `SELECT crm_id, stripe_id FROM sync_record WHERE entity = 'price' AND crm_id = ANY($1) AND stripe_id IS NOT NULL`,
    [crmIds],
  );
  return new Map(rows.map(({ crm_id, stripe_id }) => [crm_id, stripe_id]));
}

/** The pairs of these entries that are at rest, with what both sides agreed on. */
export async function settledPrices(
  database: Database,
  crmIds: string[],
): Promise<Map<string, { priceId: string; base: PriceBase | null }>> {
  const { rows } = await database.pool.query<{ crm_id: string; stripe_id: string; base: PriceBase | null }>(
    `SELECT crm_id, stripe_id, base FROM sync_record
     WHERE entity = 'price' AND state = 'clean' AND crm_id = ANY($1) AND stripe_id IS NOT NULL`,
    [crmIds],
  );
  return new Map(rows.map(({ crm_id, stripe_id, base }) => [crm_id, { priceId: stripe_id, base }]));
}

/** Has the prices of these Stripe products that stand for no entry looked at again. */
export async function markIgnoredPrices(database: Database, productIds: string[]): Promise<void> {
  const { rows } = await database.pool.query<{ stripe_id: string }>(
    `SELECT stripe_id FROM sync_record WHERE entity = 'price' AND crm_id IS NULL AND base ->> 'productId' = ANY($1)`,
    [productIds],
  );
  await markAllDirty(database, 'price', { stripeIds: rows.map(({ stripe_id }) => stripe_id) });
}

/** Takes the entry from a row that is about a Stripe price alone, and has it looked at again as such. */
export async function separatePrice(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query(
    'UPDATE sync_record SET crm_id = NULL, dirty_seq = dirty_seq + 1, stripe_dirty = true WHERE id = $1 AND lease_owner = $2',
    [record.id, record.leaseOwner],
  );
}
