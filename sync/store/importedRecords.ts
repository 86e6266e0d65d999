import type { PoolClient } from 'pg';
import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';
import type { SyncFailure } from '../failure.ts';
import { RetryableFailure } from '../failure.ts';
import { retryingCollisions } from './collisions.ts';

/** A row of `sync_record` that an import holds under a lease while it makes the record in the org. */
export interface HeldRecord {
  id: string;
  stripeId: string;
  /** As it was when it was taken, or before. */
  dirtySeq: string;
  /** Whether the row was there before: what was read of Stripe may be older than what it knows. */
  wasKnown: boolean;
  wasDirty: boolean;
}

export interface Lease {
  owner: string;
  seconds: number;
}

/**
 * Takes rows for objects of Stripe that the org does not have, and makes them where there are none. What is paired
 * already, or held by somebody else, is left out: that is the engine's. Until they are settled the rows are dirty, so
 * that a worker takes over what a killed import leaves behind, as soon as its leases have run out.
 */
export async function holdForImport(
  database: Database,
  { entity, stripeIds }: { entity: SyncEntity; stripeIds: string[] },
  { owner, seconds }: Lease,
): Promise<Map<string, HeldRecord>> {
  const { rows } = await retryingCollisions(() =>
    database.pool.query<HeldRecord>(
      `WITH given AS (
       SELECT DISTINCT unnest($2::text[]) AS id
     ), before AS (
       SELECT stripe_id, dirty_seq, state FROM sync_record WHERE entity = $1 AND stripe_id = ANY($2)
     ), held AS (
       INSERT INTO sync_record AS known (entity, stripe_id, stripe_dirty, lease_owner, lease_until)
       SELECT $1, id, true, $3, now() + make_interval(secs => $4) FROM given ORDER BY id
       ON CONFLICT (entity, stripe_id) DO UPDATE SET state = 'dirty', lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
         WHERE known.crm_id IS NULL AND known.crm_gone_at IS NULL AND (known.lease_until IS NULL OR known.lease_until < now())
       RETURNING id, stripe_id, dirty_seq
     )
     SELECT id, stripe_id AS "stripeId", coalesce(before.dirty_seq, held.dirty_seq) AS "dirtySeq",
            before.stripe_id IS NOT NULL AS "wasKnown", coalesce(before.state = 'dirty', false) AS "wasDirty"
     FROM held LEFT JOIN before USING (stripe_id)`,
      [entity, stripeIds, owner, seconds],
    ),
  );
  return new Map(rows.map((row) => [row.stripeId, row]));
}

/** What became of a held record. */
export type Imported = { record: HeldRecord } & (
  { crmId: string; base: unknown; crmSnapshot: unknown; object: string } | { failure: SyncFailure }
);

const RETRY_SECONDS = 30;

/**
 * Gives held rows back, all in few statements: clean pairs, unless something marked them meanwhile; parked with the
 * reason; or dirty, where another try may help. A row that a worker has joined with its record by itself is not touched.
 */
export async function settleImported(
  client: PoolClient,
  { entity, owner, origin }: { entity: SyncEntity; owner: string; origin: string },
  imported: Imported[],
): Promise<void> {
  await client.query('SELECT FROM sync_record WHERE id = ANY($1) ORDER BY id FOR UPDATE', [
    imported.map(({ record }) => record.id),
  ]);
  const made = imported.flatMap((one) => ('crmId' in one ? [one] : []));
  if (made.length > 0) await settleMade(client, { entity, owner, origin }, made);
  const failed = imported.flatMap((one) => ('failure' in one ? [one] : []));
  if (failed.length > 0) {
    await client.query(
      `UPDATE sync_record SET
         crm_snapshot = CASE WHEN crm_unsure THEN NULL ELSE crm_snapshot END,
         state = CASE WHEN retry OR was_dirty OR seq <> dirty_seq THEN 'dirty' ELSE 'parked' END,
         attempts = attempts + 1, error_code = code, error_message = message, error_stage = stage,
         next_attempt_at = now() + CASE WHEN retry THEN make_interval(secs => $3) ELSE interval '0' END,
         lease_owner = NULL, lease_until = NULL
       FROM jsonb_to_recordset($1) AS one (id bigint, seq bigint, was_dirty boolean, retry boolean, code text, message text, stage text)
       WHERE sync_record.id = one.id AND lease_owner = $2`,
      [
        JSON.stringify(
          failed.map(({ record, failure: { code, message, stage }, failure }) => ({
            id: record.id,
            seq: record.dirtySeq,
            was_dirty: record.wasDirty,
            retry: failure instanceof RetryableFailure,
            code,
            message,
            stage,
          })),
        ),
        owner,
        RETRY_SECONDS,
      ],
    );
  }
  await client.query(`SELECT pg_notify('sync_dirty', $1)`, [entity]);
}

async function settleMade(
  client: PoolClient,
  { entity, owner, origin }: { entity: SyncEntity; owner: string; origin: string },
  made: Exclude<Imported, { failure: SyncFailure }>[],
): Promise<void> {
  const rows = JSON.stringify(
    made.map(({ record, crmId, base, crmSnapshot, object }) => ({
      id: record.id,
      // Looked at once more by the engine, which reads both sides.
      seq: record.wasKnown ? null : record.dirtySeq,
      crm_id: crmId,
      base,
      crm_snapshot: crmSnapshot,
      object,
    })),
  );
  // A half row is what news of the new record has made meanwhile. It is taken in, and the pair looked at.
  const { rows: halves } = await client.query<{ crm_id: string }>(
    `WITH one AS (
       SELECT * FROM jsonb_to_recordset($1) AS one (id bigint, seq bigint, crm_id text, base jsonb, crm_snapshot jsonb, object text)
     ), half AS (
       DELETE FROM sync_record half USING one WHERE half.entity = $2 AND half.crm_id = one.crm_id AND half.id <> one.id
         AND half.stripe_id IS NULL RETURNING half.crm_id
     )
     SELECT crm_id FROM half`,
    [rows, entity],
  );
  await client.query(
    `WITH one AS (
       SELECT * FROM jsonb_to_recordset($1) AS one (id bigint, seq bigint, crm_id text, base jsonb, crm_snapshot jsonb, object text)
     ), pair AS (
       UPDATE sync_record SET
         crm_id = one.crm_id, base = one.base, crm_snapshot = one.crm_snapshot, crm_unsure = false, crm_dirty = one.crm_id = ANY($5), version = version + 1, attempts = 0, last_synced_at = now(),
         error_code = NULL, error_message = NULL, error_stage = NULL,
         state = CASE WHEN dirty_seq = one.seq AND one.crm_id <> ALL($5) THEN 'clean' ELSE 'dirty' END,
         stripe_dirty = dirty_seq IS DISTINCT FROM one.seq, next_attempt_at = now(), lease_owner = NULL, lease_until = NULL
       FROM one WHERE sync_record.id = one.id AND lease_owner = $2 AND sync_record.crm_id IS NULL
         AND NOT EXISTS (SELECT FROM sync_record other WHERE other.entity = $3 AND other.crm_id = one.crm_id)
       RETURNING sync_record.id, sync_record.stripe_id, one.crm_id, one.object
     )
     INSERT INTO change (record_id, side, object, object_id, field, from_value, to_value)
     SELECT id, 'salesforce', object, crm_id, $4, NULL, to_jsonb(stripe_id) FROM pair`,
    [rows, owner, entity, origin, halves.map(({ crm_id }) => crm_id)],
  );
}

export interface KnownPair {
  stripeId: string;
  crmId: string;
}

/**
 * Makes dirty pairs of records that name each other, taking in half rows. What is paired with something else stays as
 * it is. Returns the org's ids of the pairs that were not known before.
 */
export function joinPairs(database: Database, entity: SyncEntity, pairs: KnownPair[]): Promise<Set<string>> {
  return retryingCollisions(() => joinOnce(database, entity, pairs));
}

async function joinOnce(database: Database, entity: SyncEntity, pairs: KnownPair[]): Promise<Set<string>> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const parameters = [entity, pairs.map(({ stripeId }) => stripeId), pairs.map(({ crmId }) => crmId)];
    const joined = new Set<string>();
    for (const statement of JOIN) {
      const { rows } = await client.query<{ crm_id: string }>(`${NEW_PAIRS} ${statement}`, parameters);
      for (const row of rows) joined.add(row.crm_id);
    }
    if (joined.size > 0) await client.query(`SELECT pg_notify('sync_dirty', $1)`, [entity]);
    await client.query('COMMIT');
    return joined;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

// Each record once, and none that is in a pair already.
const NEW_PAIRS = `
  WITH pair AS (
    SELECT DISTINCT ON (crm_id) stripe_id, crm_id
    FROM (SELECT DISTINCT ON (stripe_id) * FROM unnest($2::text[], $3::text[]) AS given (stripe_id, crm_id)) given
    WHERE NOT EXISTS (SELECT FROM sync_record r WHERE r.entity = $1 AND r.stripe_id = given.stripe_id AND r.crm_id IS NOT NULL)
      AND NOT EXISTS (SELECT FROM sync_record r WHERE r.entity = $1 AND r.crm_id = given.crm_id AND r.stripe_id IS NOT NULL)
    ORDER BY crm_id
  )`;

const DIRTY = `dirty_seq = dirty_seq + 1, stripe_dirty = true, crm_dirty = true, attempts = 0, state = 'dirty', next_attempt_at = now()`;

const JOIN = [
  // Where each side has a half row, Stripe's is the one that stays.
  `DELETE FROM sync_record r USING pair WHERE r.entity = $1 AND r.crm_id = pair.crm_id
     AND EXISTS (SELECT FROM sync_record half WHERE half.entity = $1 AND half.stripe_id = pair.stripe_id) RETURNING r.crm_id`,
  `UPDATE sync_record r SET crm_id = pair.crm_id, ${DIRTY} FROM pair WHERE r.entity = $1 AND r.stripe_id = pair.stripe_id RETURNING r.crm_id`,
  `UPDATE sync_record r SET stripe_id = pair.stripe_id, ${DIRTY} FROM pair WHERE r.entity = $1 AND r.crm_id = pair.crm_id RETURNING r.crm_id`,
  `INSERT INTO sync_record (entity, stripe_id, crm_id, stripe_dirty, crm_dirty)
   SELECT $1, stripe_id, crm_id, true, true FROM pair ON CONFLICT DO NOTHING RETURNING crm_id`,
];

/**
 * Takes back what a killed import held; its leases begin with `prefix`. Rows that it had only just made, and of which
 * nothing has been heard since, are forgotten: whoever goes on begins with them anew.
 */
export async function endImport(database: Database, prefix: string): Promise<void> {
  await database.pool.query(
    `DELETE FROM sync_record WHERE starts_with(lease_owner, $1) AND crm_id IS NULL AND dirty_seq = 1 AND attempts = 0`,
    [prefix],
  );
  await database.pool.query(
    `UPDATE sync_record SET lease_owner = NULL, lease_until = NULL WHERE starts_with(lease_owner, $1)`,
    [prefix],
  );
}
