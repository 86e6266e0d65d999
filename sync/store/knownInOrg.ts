import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

export interface KnownInOrg {
  entity: SyncEntity;
  crmId: string;
}

/** Of these records of the org, those that are known and not noted as deleted. */
export async function knownAlive(
  database: Database,
  entities: readonly SyncEntity[],
  crmIds: string[],
): Promise<KnownInOrg[]> {
  const { rows } = await database.pool.query<KnownInOrg>(
    `SELECT entity, crm_id AS "crmId" FROM sync_record
     WHERE crm_id = ANY($2) AND entity = ANY($1) AND crm_gone_at IS NULL`,
    [entities, crmIds],
  );
  return rows;
}

/** The records of the org that these Stripe objects are in a pair with, by their Stripe ids. */
export async function crmIdsOf(
  database: Database,
  entity: SyncEntity,
  stripeIds: string[],
): Promise<Map<string, string>> {
  const { rows } = await database.pool.query<{ stripe_id: string; crm_id: string }>(
    `SELECT stripe_id, crm_id FROM sync_record WHERE entity = $1 AND stripe_id = ANY($2) AND crm_id IS NOT NULL`,
    [entity, [...new Set(stripeIds)]],
  );
  return new Map(rows.map(({ stripe_id, crm_id }) => [stripe_id, crm_id]));
}

/** The invoices that had these lines at their last sync; what was deleted since by ourselves is in none. */
export async function invoicesWithLines(
  database: Database,
  lineIds: string[],
  /** Where they are known: to look nowhere else. */
  invoiceIds?: string[],
): Promise<{ lineId: string; crmId: string }[]> {
  const { rows } = await database.pool.query<{ lineId: string; crmId: string }>(
    `SELECT line.id AS "lineId", crm_id AS "crmId"
     FROM sync_record, unnest($1::text[]) AS line (id)
     WHERE entity = 'invoice' AND crm_gone_at IS NULL AND ($2::text[] IS NULL OR crm_id = ANY($2))
       AND jsonb_exists(base -> 'lines', line.id)`,
    [lineIds, invoiceIds ?? null],
  );
  return rows;
}

/** All known records of some kinds in pages, by id: those that are noted as deleted since a time, or those that are not. */
export async function* pagesOfKnown(
  database: Database,
  entities: readonly SyncEntity[],
  { goneSince, size }: { goneSince?: Date; size: number },
): AsyncGenerator<KnownInOrg[]> {
  let after = '0';
  for (;;) {
    const { rows } = await database.pool.query<KnownInOrg & { id: string }>(
      `SELECT id, entity, crm_id AS "crmId" FROM sync_record
       WHERE entity = ANY($1) AND id > $2 AND crm_id IS NOT NULL
         AND CASE WHEN $3::timestamptz IS NULL THEN crm_gone_at IS NULL ELSE crm_gone_at >= $3 END
       ORDER BY id LIMIT $4`,
      [entities, after, goneSince ?? null, size],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    after = rows.at(-1)!.id;
  }
}
