import type { SyncEntity } from '../domain/entity.ts';
import type { OpenConflict } from '../domain/openConflict.ts';
import type { Overwriting, ToldValues } from '../domain/overwritten.ts';
import type { StripeWrite } from '../domain/overwrittenInStripe.ts';
import { retryingCollisions } from './collisions.ts';
import type { Database } from './database.ts';
import type { Intents, SyncRecord } from './entities.ts';
import { STRIPE_WRITES } from './stripeWrites.ts';

/** A row held under a lease: nobody else converges it until the lease is settled or has run out. */
export interface ClaimedRecord {
  id: string;
  entity: SyncEntity;
  stripeId: string | null;
  crmId: string | null;
  base: unknown;
  /** What the org's record says as far as we know; null when we do not. See `sync/domain/crmSnapshot.ts`. */
  crmSnapshot: unknown;
  /** Whether somebody may have changed the org's record since, or a write of ours did not come to its end. */
  crmUnsure: boolean;
  /** What we have lately written over in the org, and what its change stream has told: see `sync/domain/overwritten.ts`. */
  crmWrites: Overwriting[];
  crmTold: ToldValues;
  /** What we have lately written over in Stripe, and what its events have told: see `sync/domain/overwrittenInStripe.ts`. */
  stripeWrites: StripeWrite[];
  intents: Intents;
  openConflicts: OpenConflict[];
  /** When Stripe mailed the invoice, as far as the engine itself knows. */
  sentAt: Date | null;
  crmGoneAt: Date | null;
  stripeGoneAt: Date | null;
  mergedInto: string | null;
  attempts: number;
  /** Part of every Stripe idempotency key: a retry of the same work repeats it, later work does not. */
  version: string;
  dirtySeq: string;
  leaseOwner: string;
}

/** The org's id, or Stripe's. */
export type RecordId = { crmId: string } | { stripeId: string };

export interface ClaimOptions {
  owner: string;
  leaseSeconds: number;
}

/** Marks a pair dirty and returns the id of its row, which is made when it was not there. */
export async function markDirty(
  database: Database,
  entity: SyncEntity,
  {
    stripeId = null,
    crmId = null,
    side,
  }: { stripeId?: string | null; crmId?: string | null; side: 'stripe' | 'salesforce' },
): Promise<string> {
  const { rows } = await retryingCollisions(() =>
    database.pool.query<{ id: string }>('SELECT mark_dirty($1, $2, $3, $4) AS id', [
      entity,
      stripeId,
      crmId,
      side,
    ]),
  );
  return rows[0]!.id;
}

/** Marks many pairs of one entity dirty, in one statement: each by the id of the side that it is news of. */
export async function markAllDirty(
  database: Database,
  entity: SyncEntity,
  { crmIds = [], stripeIds = [] }: { crmIds?: string[]; stripeIds?: string[] },
): Promise<void> {
  if (crmIds.length + stripeIds.length === 0) return;
  const marked = [
    [...crmIds, ...stripeIds].map(() => entity),
    [...crmIds.map(() => null), ...stripeIds],
    [...crmIds, ...stripeIds.map(() => null)],
    [...crmIds.map(() => 'salesforce'), ...stripeIds.map(() => 'stripe')],
  ];
  await retryingCollisions(() => database.pool.query('SELECT mark_all_dirty($1, $2, $3, $4)', marked));
}

/** Claims up to `limit` due rows of one entity, longest waiting first. */
export async function claimDueRecords(
  database: Database,
  entity: SyncEntity,
  { owner, leaseSeconds, limit = 200 }: ClaimOptions & { limit?: number },
): Promise<ClaimedRecord[]> {
  const { rows } = await database.pool.query<ClaimedRow>(
    `UPDATE sync_record SET lease_owner = $2, lease_until = now() + make_interval(secs => $3)
     WHERE id IN (
       SELECT id FROM sync_record
       WHERE entity = $1 AND state = 'dirty' AND next_attempt_at <= now()
         AND (lease_until IS NULL OR lease_until < now())
       ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED
     )
     RETURNING *, ${STRIPE_WRITES}`,
    [entity, owner, leaseSeconds, limit],
  );
  return rows.map(claimed);
}

/** Claims one row by an id of it, due or not, and makes it when there is none; undefined while somebody holds it. */
export async function claimRecord(
  database: Database,
  entity: SyncEntity,
  { owner, leaseSeconds, ...id }: ClaimOptions & RecordId,
): Promise<ClaimedRecord | undefined> {
  const [column, value] = 'crmId' in id ? ['crm_id', id.crmId] : ['stripe_id', id.stripeId];
  await database.pool.query(
    `INSERT INTO sync_record (entity, ${column}, state) VALUES ($1, $2, 'clean') ON CONFLICT DO NOTHING`,
    [entity, value],
  );
  const { rows } = await database.pool.query<ClaimedRow>(
    `UPDATE sync_record SET lease_owner = $3, lease_until = now() + make_interval(secs => $4)
     WHERE entity = $1 AND ${column} = $2 AND (lease_until IS NULL OR lease_until < now())
     RETURNING *, ${STRIPE_WRITES}`,
    [entity, value, owner, leaseSeconds],
  );
  return rows.map(claimed)[0];
}

/** Prolongs these leases; a worker calls it for those of all work that is under way (`leases.ts`). */
export async function renewLeases(
  database: Database,
  { owners, leaseSeconds }: { owners: string[]; leaseSeconds: number },
): Promise<void> {
  for (const table of ['sync_record', 'command']) {
    await database.pool.query(
      // In the order of their ids, as everywhere: an import holds thousands, and gives them back in one statement.
      `WITH held AS (SELECT id FROM ${table} WHERE lease_owner = ANY($1) ORDER BY id FOR UPDATE)
       UPDATE ${table} leased SET lease_until = now() + make_interval(secs => $2)
       FROM held WHERE leased.id = held.id AND leased.lease_owner = ANY($1)`,
      [owners, leaseSeconds],
    );
  }
}

/**
 * Joins the row to its other side, as soon as that is known, so that a crash after it repeats nothing. A half
 * row that an event made meanwhile for the same object is taken in: the row then stays dirty, because that
 * event may be newer than what the caller has read.
 */
export async function linkRecord(
  database: Database,
  record: ClaimedRecord,
  ids: {
    stripeId?: string;
    crmId?: string;
    /** What both sides say as they become a pair, where that is known. */
    first?: unknown;
  },
): Promise<void> {
  const stripeId = ids.stripeId ?? record.stripeId;
  const crmId = ids.crmId ?? record.crmId;
  await retryingCollisions(() =>
    database.dataSource.transaction(async (transaction) => {
      const halves = `entity = $2 AND id <> $1
        AND ((stripe_id = $3 AND crm_id IS NULL) OR (crm_id = $4 AND stripe_id IS NULL))`;
      const known = [record.id, record.entity, stripeId, crmId];
      await transaction.query(
        `SELECT FROM sync_record WHERE id = $1 OR (${halves}) ORDER BY id FOR UPDATE`,
        known,
      );
      const [taken] = await transaction.query<[{ stripe_dirty: boolean; crm_dirty: boolean }[], number]>(
        `DELETE FROM sync_record WHERE ${halves} RETURNING stripe_dirty, crm_dirty`,
        known,
      );
      // A Stripe object whose record in the org was deleted may be given to another record.
      await transaction.query(
        `UPDATE sync_record SET stripe_id = NULL
         WHERE entity = $2 AND id <> $1 AND stripe_id = $3 AND crm_id IS NOT NULL AND crm_gone_at IS NOT NULL`,
        [record.id, record.entity, stripeId],
      );
      await transaction.query(
        `UPDATE sync_record SET stripe_id = $2, crm_id = $3, dirty_seq = dirty_seq + $4,
           intents = intents - 'create' || $7::jsonb, stripe_dirty = stripe_dirty OR $5, crm_dirty = crm_dirty OR $6
         WHERE id = $1`,
        [
          record.id,
          stripeId,
          crmId,
          taken.length,
          taken.some((half) => half.stripe_dirty),
          taken.some((half) => half.crm_dirty),
          JSON.stringify({ first: ids.first }),
        ],
      );
    }),
  );
  delete record.intents.create;
  if (ids.first !== undefined) record.intents.first = ids.first;
  record.stripeId = stripeId;
  record.crmId = crmId;
}

/**
 * Notes what is about to be written, or what was noted before: then that is what has to be written. What counts is the row
 * and not what the worker read of it: one that stood still for longer than its lease goes on with what was noted meanwhile.
 */
export async function noteIntent<K extends keyof Intents>(
  database: Database,
  record: ClaimedRecord,
  { name, intent }: { name: K; intent: NonNullable<Intents[K]> },
): Promise<NonNullable<Intents[K]>> {
  const known = record.intents[name];
  if (known) return known;
  const { rows } = await database.pool.query<{ intents: Intents }>(
    'UPDATE sync_record SET intents = $2::jsonb || intents WHERE id = $1 RETURNING intents',
    [record.id, JSON.stringify({ [name]: intent })],
  );
  const noted = rows[0]?.intents[name] ?? intent;
  record.intents[name] = noted;
  return noted;
}

/** Forgets an intent that Stripe has refused for good, so that the next try is a new request. */
export async function dropIntent(
  database: Database,
  record: ClaimedRecord,
  name: keyof Intents,
): Promise<void> {
  await database.pool.query('UPDATE sync_record SET intents = intents - $2 WHERE id = $1', [record.id, name]);
  delete record.intents[name];
}

export async function noteSent(database: Database, record: ClaimedRecord, sentAt: Date): Promise<void> {
  await database.pool.query('UPDATE sync_record SET sent_at = coalesce(sent_at, $2) WHERE id = $1', [
    record.id,
    sentAt,
  ]);
  record.sentAt ??= sentAt;
}

/**
 * Starts a new version of the row's work: Stripe has answered a write for good (a refusal is replayed to the
 * same idempotency key for a day), so the next try must not repeat that key.
 */
export async function startNewVersion(database: Database, record: ClaimedRecord): Promise<void> {
  const { rows } = await database.pool.query<{ version: string }>(
    'UPDATE sync_record SET version = version + 1 WHERE id = $1 RETURNING version',
    [record.id],
  );
  record.version = rows[0]?.version ?? record.version;
}

export async function findRecord(
  database: Database,
  entity: SyncEntity,
  crmId: string,
): Promise<SyncRecord | undefined> {
  const { rows } = await database.pool.query<SyncRecord>(
    'SELECT * FROM sync_record WHERE entity = $1 AND crm_id = $2',
    [entity, crmId],
  );
  return rows[0];
}

type ClaimedRow = SyncRecord & { stripe_writes: StripeWrite[] | null };

function claimed(row: ClaimedRow): ClaimedRecord {
  return {
    id: row.id,
    entity: row.entity,
    stripeId: row.stripe_id,
    crmId: row.crm_id,
    base: row.base,
    crmSnapshot: row.crm_snapshot,
    crmUnsure: row.crm_dirty || row.crm_unsure,
    crmWrites: row.crm_writes ?? [],
    crmTold: row.crm_told ?? {},
    stripeWrites: row.stripe_writes ?? [],
    intents: row.intents,
    openConflicts: row.open_conflicts ?? [],
    sentAt: row.sent_at,
    crmGoneAt: row.crm_gone_at,
    stripeGoneAt: row.stripe_gone_at,
    mergedInto: row.merged_into,
    attempts: row.attempts,
    version: row.version,
    dirtySeq: row.dirty_seq,
    leaseOwner: row.lease_owner!,
  };
}

/** Takes back a row that was made for an id which turned out to be nobody's: nothing was ever synced with it. */
export async function forgetRecord(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query(
    'DELETE FROM sync_record WHERE id = $1 AND lease_owner = $2 AND base IS NULL AND (stripe_id IS NULL OR crm_id IS NULL)',
    [record.id, record.leaseOwner],
  );
}
