import type { FieldChange } from '../domain/change.ts';
import type { OpenConflict } from '../domain/openConflict.ts';
import type { ToldValues } from '../domain/overwritten.ts';
import { retryingCollisions } from './collisions.ts';
import type { Database } from './database.ts';
import type { FollowUpKind } from './followUps.ts';
import { toldKeys } from './stripeWrites.ts';
import type { ClaimedRecord } from './syncRecords.ts';

export type Settlement =
  | {
      kind: 'synced';
      base: unknown;
      /** What the org's record says now; left out where nobody asks. */
      crmSnapshot?: unknown;
      /** What the org has told and is still open; left out where nothing is. */
      crmTold?: ToldValues;
      /** What this convergence wrote on either side. */
      changes?: FieldChange[];
      /** What the org's record shows from now on; they have been kept before anything was written. */
      openConflicts?: OpenConflict[];
      /** What follows from it for others, in the same commit. */
      followUp?: FollowUpKind | undefined;
    }
  /** `counts: false`: it was no try of this record, because a whole side was down. */
  | {
      kind: 'retry';
      followUp?: undefined;
      delayMs: number;
      counts?: boolean;
      code: string;
      message: string;
      stage: string;
    }
  | { kind: 'parked'; followUp?: FollowUpKind | undefined; code: string; message: string; stage: string };

export interface SettledRecord {
  record: ClaimedRecord;
  settlement: Settlement;
}

/**
 * Gives claimed rows back, with their history, in one statement however many there are. A row stays dirty when
 * something marked it after the claim. A lease that was lost meanwhile changes nothing in its row: whoever holds it
 * now reads both sides anew. Returns the ids of the rows that were still ours.
 */
export async function settleRecords(
  database: Database,
  settled: SettledRecord[],
  { commandId }: { commandId?: string } = {},
): Promise<Set<string>> {
  if (settled.length === 0) return new Set();
  try {
    const { rows } = await retryingCollisions(() =>
      database.pool.query<{ id: string }>(SETTLE, [
        JSON.stringify(settled.map(settlementRow)),
        JSON.stringify(settled.flatMap(changeRows)),
        commandId ?? null,
      ]),
    );
    return new Set(rows.map(({ id }) => id));
  } catch (error) {
    if (settled.length === 1) throw error;
    return settleOneByOne(database, settled, commandId);
  }
}

/** One record that the database refuses, such as a text with a NUL in its history, must not hold up the others. */
async function settleOneByOne(
  database: Database,
  settled: SettledRecord[],
  commandId: string | undefined,
): Promise<Set<string>> {
  const ours = new Set<string>();
  const refusals: unknown[] = [];
  for (const one of settled) {
    await settleRecords(database, [one], commandId ? { commandId } : {}).then(
      (ids) => ids.forEach((id) => ours.add(id)),
      (error: unknown) => refusals.push(error),
    );
  }
  if (refusals.length > 0) throw refusals[0];
  return ours;
}

/** Gives one row back; returns whether it was still ours. */
export async function settleRecord(
  database: Database,
  record: ClaimedRecord,
  settlement: Settlement,
): Promise<boolean> {
  return (await settleRecords(database, [{ record, settlement }])).size === 1;
}

// Rows are locked in the order of their ids, as everywhere else where one statement changes several.
const SETTLE = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1) AS one (
      id bigint, lease_owner text, dirty_seq bigint, kind text, base jsonb, crm_snapshot jsonb, crm_told jsonb, open_conflicts jsonb,
      follow_up text, looked_at text[], delay_ms float8, tries int, code text, message text, stage text)
  ), held AS (
    SELECT record.id FROM sync_record record JOIN given USING (id)
    WHERE record.lease_owner = given.lease_owner ORDER BY record.id FOR UPDATE OF record
  ), synced AS (
    UPDATE sync_record record SET
      base = given.base, crm_snapshot = given.crm_snapshot, crm_unsure = false, open_conflicts = given.open_conflicts,
      intents = record.intents - 'first' - 'writing',
      -- What was told after the claim has not been looked at.
      crm_told = CASE WHEN record.crm_told IS NOT NULL THEN nullif(coalesce(given.crm_told, '{}') || coalesce((
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(record.crm_told)
        WHERE (value ->> 'seq')::bigint > given.dirty_seq), '{}'), '{}') END,
      version = version + 1, attempts = 0, last_synced_at = now(),
      error_code = NULL, error_message = NULL, error_stage = NULL,
      state = CASE WHEN record.dirty_seq = given.dirty_seq THEN 'clean' ELSE 'dirty' END,
      stripe_dirty = stripe_dirty AND record.dirty_seq <> given.dirty_seq,
      crm_dirty = crm_dirty AND record.dirty_seq <> given.dirty_seq,
      -- What a first pairing owes to others is more than what any later change does.
      follow_up = CASE WHEN given.follow_up = 'changed' AND record.follow_up = 'first' THEN 'first'
        ELSE coalesce(given.follow_up, record.follow_up) END,
      follow_up_at = CASE WHEN given.follow_up IS NULL THEN record.follow_up_at ELSE now() END,
      next_attempt_at = now(), lease_owner = NULL, lease_until = NULL
    FROM given JOIN held USING (id) WHERE record.id = given.id AND given.kind = 'synced'
    RETURNING record.id, record.entity, record.state
  ), failed AS (
    UPDATE sync_record record SET
      -- Whether our write had come to pass is not known: what we noted before it is forgotten. A record that was made
      -- by it has no other past.
      crm_snapshot = CASE WHEN record.crm_unsure AND record.base IS NOT NULL THEN NULL ELSE record.crm_snapshot END,
      attempts = attempts + given.tries, error_code = given.code, error_message = given.message, error_stage = given.stage,
      state = CASE WHEN given.kind = 'parked' AND record.dirty_seq = given.dirty_seq THEN 'parked' ELSE 'dirty' END,
      next_attempt_at = now() + make_interval(secs => coalesce(given.delay_ms, 0) / 1000),
      follow_up = coalesce(given.follow_up, record.follow_up),
      follow_up_at = CASE WHEN given.follow_up IS NULL THEN record.follow_up_at ELSE now() END,
      lease_owner = NULL, lease_until = NULL
    FROM given JOIN held USING (id) WHERE record.id = given.id AND given.kind <> 'synced'
    RETURNING record.id
  ), looked_at AS (
    SELECT stripe_write.id, EXISTS (
      SELECT FROM stripe_write earlier
      WHERE earlier.record_id = synced.id AND earlier.id < stripe_write.id
        AND earlier.idempotency_key <> ALL (given.looked_at)
    ) AS is_waited_for
    FROM synced JOIN given USING (id), unnest(given.looked_at) AS key JOIN stripe_write ON idempotency_key = key
  ), kept AS (
    -- Whether what an earlier one has replaced was replaced once more, only the later ones know.
    UPDATE stripe_write SET is_looked_at = true FROM looked_at WHERE stripe_write.id = looked_at.id AND is_waited_for
  ), forgotten AS (
    DELETE FROM stripe_write USING looked_at WHERE stripe_write.id = looked_at.id AND NOT is_waited_for
  ), changed AS (
    INSERT INTO change (record_id, side, object, object_id, field, from_value, to_value, command_id)
    SELECT record_id, side, object, object_id, field, from_value, to_value, $3::uuid
    FROM jsonb_to_recordset($2) AS one (
      record_id bigint, side text, object text, object_id text, field text, from_value jsonb, to_value jsonb)
  )
  -- What was marked while it was held could not be claimed: whoever looked for it then has gone to sleep.
  SELECT id, CASE WHEN state = 'dirty' THEN pg_notify('sync_dirty', entity) END FROM synced
  UNION ALL SELECT id, NULL FROM failed
`;

function settlementRow({ record, settlement }: SettledRecord) {
  const row = {
    id: record.id,
    lease_owner: record.leaseOwner,
    dirty_seq: record.dirtySeq,
    kind: settlement.kind,
    follow_up: settlement.followUp,
  };
  if (settlement.kind === 'synced') {
    const { base, crmSnapshot, crmTold, openConflicts } = settlement;
    const lookedAt = toldKeys(record.stripeWrites);
    return {
      ...row,
      looked_at: lookedAt.length > 0 ? lookedAt : undefined,
      base,
      crm_snapshot: crmSnapshot,
      crm_told: crmTold,
      open_conflicts: openConflicts?.length ? openConflicts : undefined,
    };
  }
  const { code, message, stage } = settlement;
  return {
    ...row,
    code,
    message,
    stage,
    delay_ms: settlement.kind === 'retry' ? settlement.delayMs : undefined,
    tries: settlement.kind === 'retry' && settlement.counts === false ? 0 : 1,
  };
}

function changeRows({ record, settlement }: SettledRecord) {
  if (settlement.kind !== 'synced') return [];
  return (settlement.changes ?? []).map(({ side, object, objectId, field, from, to }) => ({
    record_id: record.id,
    side,
    object,
    object_id: objectId,
    field,
    from_value: from,
    to_value: to,
  }));
}
