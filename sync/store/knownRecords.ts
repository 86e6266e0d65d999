import { syncEntities, type SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

/** What ids of the org or of Stripe stand for; absent for those that were never heard of. */
export async function entitiesOfIds(database: Database, ids: string[]): Promise<Map<string, SyncEntity>> {
  const { rows } = await database.pool.query<{ entity: SyncEntity; crm_id: string; stripe_id: string }>(
    `SELECT entity, crm_id, stripe_id FROM sync_record
     WHERE (entity = ANY($1) AND crm_id = ANY($2)) OR (entity = ANY($1) AND stripe_id = ANY($2))`,
    [syncEntities, ids],
  );
  const wanted = new Set(ids);
  return new Map(
    rows.flatMap(({ entity, crm_id, stripe_id }) =>
      [crm_id, stripe_id].filter((id) => wanted.has(id)).map((id) => [id, entity] as const),
    ),
  );
}

/** What both sides agreed on at the last sync, by the org's id; absent for what was never synced or is gone in Stripe. */
export async function basesOf(
  database: Database,
  entity: SyncEntity,
  crmIds: string[],
): Promise<Map<string, unknown>> {
  const { rows } = await database.pool.query<{ crm_id: string; base: unknown }>(
    `SELECT crm_id, base FROM sync_record
     WHERE entity = $1 AND crm_id = ANY($2) AND base IS NOT NULL AND stripe_gone_at IS NULL`,
    [entity, crmIds],
  );
  return new Map(rows.map(({ crm_id, base }) => [crm_id, base]));
}

/** The org's record of each of Stripe's objects that is in a pair; absent where either side is gone. */
export async function livingPairs(
  database: Database,
  entity: SyncEntity,
  stripeIds: string[],
): Promise<Map<string, string>> {
  if (stripeIds.length === 0) return new Map();
  const { rows } = await database.pool.query<{ stripe_id: string; crm_id: string }>(
    `SELECT stripe_id, crm_id FROM sync_record
     WHERE stripe_id = ANY($2) AND entity = $1 AND base IS NOT NULL AND crm_id IS NOT NULL
       AND crm_gone_at IS NULL AND stripe_gone_at IS NULL`,
    [entity, stripeIds],
  );
  return new Map(rows.map(({ stripe_id, crm_id }) => [stripe_id, crm_id]));
}

/** Stripe's id of a record of the org. */
export async function stripeIdOf(
  database: Database,
  entity: SyncEntity,
  crmId: string,
): Promise<string | null> {
  const { rows } = await database.pool.query<{ stripe_id: string | null }>(
    'SELECT stripe_id FROM sync_record WHERE entity = $1 AND crm_id = $2',
    [entity, crmId],
  );
  return rows[0]?.stripe_id ?? null;
}
