import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';
import type { Intents, SyncRecord } from './entities.ts';

/** A row held under a lease: nobody else converges it until the lease is settled or has run out. */
export interface ClaimedRecord {
  id: string;
  entity: SyncEntity;
  stripeId: string | null;
  crmId: string | null;
  base: unknown;
  intents: Intents;
  /** When Stripe mailed the invoice, as far as the engine itself knows. */
  sentAt: Date | null;
  attempts: number;
  /** Part of every Stripe idempotency key: a retry of the same work repeats it, later work does not. */
  version: string;
  dirtySeq: string;
  leaseOwner: string;
}

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
  const { rows } = await database.pool.query<{ id: string }>('SELECT mark_dirty($1, $2, $3, $4) AS id', [
    entity,
    stripeId,
    crmId,
    side,
  ]);
  return rows[0]!.id;
}

/** Claims up to `limit` due rows of one entity, longest waiting first. */
export async function claimDueRecords(
  database: Database,
  entity: SyncEntity,
  { owner, leaseSeconds, limit = 200 }: ClaimOptions & { limit?: number },
): Promise<ClaimedRecord[]> {
  const { rows } = await database.pool.query<SyncRecord>(
    `UPDATE sync_record SET lease_owner = $2, lease_until = now() + make_interval(secs => $3)
     WHERE id IN (
       SELECT id FROM sync_record
       WHERE entity = $1 AND state = 'dirty' AND next_attempt_at <= now()
         AND (lease_until IS NULL OR lease_until < now())
       ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED
     )
     RETURNING *`,
    [entity, owner, leaseSeconds, limit],
  );
  return rows.map(claimed);
}

/** Claims one row by its CRM id, due or not, and makes it when there is none; undefined while somebody holds it. */
export async function claimRecord(
  database: Database,
  entity: SyncEntity,
  { crmId, owner, leaseSeconds }: ClaimOptions & { crmId: string },
): Promise<ClaimedRecord | undefined> {
  await database.pool.query(
    `INSERT INTO sync_record (entity, crm_id, state) VALUES ($1, $2, 'clean') ON CONFLICT DO NOTHING`,
    [entity, crmId],
  );
  const { rows } = await database.pool.query<SyncRecord>(
    `UPDATE sync_record SET lease_owner = $3, lease_until = now() + make_interval(secs => $4)
     WHERE entity = $1 AND crm_id = $2 AND (lease_until IS NULL OR lease_until < now())
     RETURNING *`,
    [entity, crmId, owner, leaseSeconds],
  );
  return rows.map(claimed)[0];
}

/** Prolongs every lease of one worker; it calls this while it is at work. */
export async function renewLeases(
  database: Database,
  { workerId, leaseSeconds }: { workerId: string; leaseSeconds: number },
): Promise<void> {
  for (const table of ['sync_record', 'command']) {
    await database.pool.query(
      `UPDATE ${table} SET lease_until = now() + make_interval(secs => $2) WHERE starts_with(lease_owner, $1)`,
      [`${workerId}/`, leaseSeconds],
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
  ids: { stripeId?: string; crmId?: string },
): Promise<void> {
  const stripeId = ids.stripeId ?? record.stripeId;
  const crmId = ids.crmId ?? record.crmId;
  await database.dataSource.transaction(async (transaction) => {
    const [, halves] = await transaction.query<[unknown, number]>(
      `DELETE FROM sync_record
       WHERE entity = $2 AND id <> $1
         AND ((stripe_id = $3 AND crm_id IS NULL) OR (crm_id = $4 AND stripe_id IS NULL))`,
      [record.id, record.entity, stripeId, crmId],
    );
    await transaction.query(
      `UPDATE sync_record SET stripe_id = $2, crm_id = $3, dirty_seq = dirty_seq + $4, intents = intents - 'create'
       WHERE id = $1`,
      [record.id, stripeId, crmId, halves],
    );
  });
  delete record.intents.create;
  record.stripeId = stripeId;
  record.crmId = crmId;
}

export type Settlement =
  | { kind: 'synced'; base: unknown }
  | { kind: 'retry'; delayMs: number; code: string; message: string; stage: string }
  | { kind: 'parked'; code: string; message: string; stage: string };

/**
 * Gives the row back. It stays dirty when something marked it after the claim. A lease that was lost
 * meanwhile changes nothing: whoever holds the row now reads both sides anew. Returns whether it was ours.
 */
export async function settleRecord(
  database: Database,
  record: ClaimedRecord,
  settlement: Settlement,
): Promise<boolean> {
  const { rowCount } =
    settlement.kind === 'synced'
      ? await database.pool.query(
          `UPDATE sync_record SET
             base = $3, version = version + 1, attempts = 0, last_synced_at = now(),
             error_code = NULL, error_message = NULL, error_stage = NULL,
             state = CASE WHEN dirty_seq = $4 THEN 'clean' ELSE 'dirty' END,
             stripe_dirty = stripe_dirty AND dirty_seq <> $4, crm_dirty = crm_dirty AND dirty_seq <> $4,
             next_attempt_at = now(), lease_owner = NULL, lease_until = NULL
           WHERE id = $1 AND lease_owner = $2`,
          [record.id, record.leaseOwner, JSON.stringify(settlement.base), record.dirtySeq],
        )
      : await database.pool.query(
          `UPDATE sync_record SET
             attempts = attempts + 1, error_code = $4, error_message = $5, error_stage = $6,
             state = CASE WHEN $3::float8 IS NULL AND dirty_seq = $7 THEN 'parked' ELSE 'dirty' END,
             next_attempt_at = now() + make_interval(secs => coalesce($3::float8, 0) / 1000),
             lease_owner = NULL, lease_until = NULL
           WHERE id = $1 AND lease_owner = $2`,
          [
            record.id,
            record.leaseOwner,
            settlement.kind === 'retry' ? settlement.delayMs : null,
            settlement.code,
            settlement.message,
            settlement.stage,
            record.dirtySeq,
          ],
        );
  return rowCount === 1;
}

/** Notes what is about to be written, or what was noted before: then that is what has to be written. */
export async function noteIntent<K extends keyof Intents>(
  database: Database,
  record: ClaimedRecord,
  { name, intent }: { name: K; intent: NonNullable<Intents[K]> },
): Promise<NonNullable<Intents[K]>> {
  const known = record.intents[name];
  if (known) return known;
  await database.pool.query('UPDATE sync_record SET intents = intents || $2 WHERE id = $1', [
    record.id,
    JSON.stringify({ [name]: intent }),
  ]);
  record.intents[name] = intent;
  return intent;
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

/** Notes what both sides agree on before the first sync is settled, so that an edit made meanwhile shows as one. */
export async function noteFirstBase(database: Database, record: ClaimedRecord, base: unknown): Promise<void> {
  await database.pool.query('UPDATE sync_record SET base = $2 WHERE id = $1 AND base IS NULL', [
    record.id,
    JSON.stringify(base),
  ]);
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

function claimed(row: SyncRecord): ClaimedRecord {
  return {
    id: row.id,
    entity: row.entity,
    stripeId: row.stripe_id,
    crmId: row.crm_id,
    base: row.base,
    intents: row.intents,
    sentAt: row.sent_at,
    attempts: row.attempts,
    version: row.version,
    dirtySeq: row.dirty_seq,
    leaseOwner: row.lease_owner!,
  };
}

/** What both sides agreed on at the last sync, by the org's id; absent for what was never synced. */
export async function basesOf(
  database: Database,
  entity: SyncEntity,
  crmIds: string[],
): Promise<Map<string, unknown>> {
  const { rows } = await database.pool.query<{ crm_id: string; base: unknown }>(
    'SELECT crm_id, base FROM sync_record WHERE entity = $1 AND crm_id = ANY($2) AND base IS NOT NULL',
    [entity, crmIds],
  );
  return new Map(rows.map(({ crm_id, base }) => [crm_id, base]));
}

export async function isKnownRecord(database: Database, entity: SyncEntity, crmId: string): Promise<boolean> {
  return (await findRecord(database, entity, crmId)) !== undefined;
}

/** Takes back a row that was made for an id which turned out to be nobody's. */
export async function forgetRecord(database: Database, record: ClaimedRecord): Promise<void> {
  await database.pool.query(
    'DELETE FROM sync_record WHERE id = $1 AND lease_owner = $2 AND stripe_id IS NULL',
    [record.id, record.leaseOwner],
  );
}
