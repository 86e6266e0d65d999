import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';
import type { ClaimedRecord } from './syncRecords.ts';

/** Notes that the org's record is gone. It is kept, so that no late event makes it again. */
export async function noteCrmGone(
  database: Database,
  record: ClaimedRecord,
  { mergedInto = null }: { mergedInto?: string | null } = {},
): Promise<void> {
  const { rows } = await database.pool.query<{ crm_gone_at: Date }>(
    `UPDATE sync_record SET crm_gone_at = coalesce(crm_gone_at, now()), merged_into = coalesce($2, merged_into)
     WHERE id = $1 RETURNING crm_gone_at`,
    [record.id, mergedInto],
  );
  record.crmGoneAt = rows[0]?.crm_gone_at ?? null;
  record.mergedInto = mergedInto ?? record.mergedInto;
}

/** Somebody took the org's record out of the Recycle Bin. */
export async function noteCrmBack(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query('UPDATE sync_record SET crm_gone_at = NULL, merged_into = NULL WHERE id = $1', [
    record.id,
  ]);
  record.crmGoneAt = null;
  record.mergedInto = null;
}

export async function noteStripeGone(database: Database, record: ClaimedRecord): Promise<void> {
  const { rows } = await database.pool.query<{ stripe_gone_at: Date }>(
    'UPDATE sync_record SET stripe_gone_at = coalesce(stripe_gone_at, now()) WHERE id = $1 RETURNING stripe_gone_at',
    [record.id],
  );
  record.stripeGoneAt = rows[0]?.stripe_gone_at ?? null;
}

/** It is there after all: another account's key was in use meanwhile. */
export async function noteStripeBack(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query('UPDATE sync_record SET stripe_gone_at = NULL WHERE id = $1', [record.id]);
  record.stripeGoneAt = null;
}

/** Lets go of a Stripe object that is gone, so that the org's record gets another one. */
export async function unlinkStripe(database: Database, record: ClaimedRecord): Promise<void> {
  const { rows } = await database.pool.query<{ version: string }>(
    `UPDATE sync_record SET stripe_id = NULL, base = NULL, intents = '{}', sent_at = NULL, stripe_gone_at = NULL,
       version = version + 1
     WHERE id = $1 RETURNING version`,
    [record.id],
  );
  record.stripeId = null;
  record.base = null;
  record.intents = {};
  record.sentAt = null;
  record.stripeGoneAt = null;
  record.version = rows[0]?.version ?? record.version;
}

/** Whether an event said that the object was deleted: nobody can see that from an object which is not there. */
export async function wasToldDeleted(
  database: Database,
  { source, types, id }: { source: 'stripe' | 'salesforce'; types: string[]; id: string },
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `SELECT 1 FROM inbox_event
     WHERE (object_id = $1 OR other_object_ids && ARRAY[$1]) AND type = ANY($2) AND source = $3 LIMIT 1`,
    [id, types, source],
  );
  return rowCount !== 0;
}

/** Of these Stripe objects, those whose record in the org is gone, each with the Account it was merged into. */
export async function goneInOrg(
  database: Database,
  entity: SyncEntity,
  stripeIds: string[],
): Promise<Map<string, { mergedInto: string | null }>> {
  if (stripeIds.length === 0) return new Map();
  const { rows } = await database.pool.query<{ stripe_id: string; merged_into: string | null }>(
    `SELECT stripe_id, merged_into FROM sync_record
     WHERE entity = $1 AND stripe_id = ANY($2) AND crm_gone_at IS NOT NULL`,
    [entity, stripeIds],
  );
  return new Map(rows.map((row) => [row.stripe_id, { mergedInto: row.merged_into }]));
}

/** Keeps conflicts before the losing side is deleted. A second try after a crash keeps them no second time. */
export async function keepLosingSide(
  database: Database,
  record: ClaimedRecord,
  conflicts: { field: string; stripe: unknown; crm: unknown; winner: 'stripe' | 'salesforce' }[],
): Promise<void> {
  for (const { field, stripe, crm, winner } of conflicts) {
    await database.pool.query(
      `INSERT INTO conflict (record_id, field, stripe_value, crm_value, winner)
       SELECT $1, $2, $3::jsonb, $4::jsonb, $5 WHERE NOT EXISTS (
         SELECT FROM conflict WHERE record_id = $1 AND field = $2 AND winner = $5
           AND stripe_value IS NOT DISTINCT FROM $3::jsonb AND crm_value IS NOT DISTINCT FROM $4::jsonb
       )`,
      [record.id, field, jsonOrNull(stripe), jsonOrNull(crm), winner],
    );
  }
}

const jsonOrNull = (value: unknown) => (value === null ? null : JSON.stringify(value));
