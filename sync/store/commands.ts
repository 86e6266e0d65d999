import { same } from '../domain/merge.ts';
import { RetryableFailure } from '../failure.ts';
import type { Database } from './database.ts';
import type { Command, CommandKind } from './entities.ts';
import type { ClaimOptions } from './syncRecords.ts';

export interface NewCommand {
  orgId: string;
  kind: CommandKind;
  entity: Command['entity'];
  crmId: string;
  /** For a list: all of its records. */
  ids?: string[];
  params?: Record<string, unknown>;
  idempotencyKey: string;
  actingUser: string | null;
}

/**
 * Accepts a command once: the same key gives the command that is already there. The caller compares kind and
 * record, because the same key for something else is a mistake of the client. Where the same is waiting already, nobody
 * having begun with it, this press is answered by that one, which is then due at once.
 */
export async function acceptCommand(database: Database, command: NewCommand): Promise<Command> {
  const { orgId, kind, entity, crmId, ids = null, params = {}, idempotencyKey, actingUser } = command;
  const given = [orgId, kind, entity, crmId, ids, idempotencyKey, actingUser, JSON.stringify(params)];
  const accepted = await database.dataSource.transaction(async (transaction) => {
    // One press at a time of the same: of two at once the later one finds the earlier one's command.
    await transaction.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      [orgId, kind, entity, crmId].join(' '),
    ]);
    for (const statement of [JOIN_WAITING, INSERT]) {
      const [command] = await transaction.query<Command[]>(statement, given);
      if (command) return command;
    }
    return undefined;
  });
  if (accepted) return accepted;
  const { rows: known } = await database.pool.query<Command>(
    `SELECT * FROM command WHERE org_id = $1 AND idempotency_key = $2
     UNION ALL
     SELECT command.* FROM command_press press JOIN command ON command.id = press.command_id
     WHERE press.org_id = $1 AND press.idempotency_key = $2`,
    [orgId, idempotencyKey],
  );
  return known[0]!;
}

const IS_KNOWN = `
  EXISTS (SELECT FROM command WHERE org_id = $1 AND idempotency_key = $6)
  OR EXISTS (SELECT FROM command_press WHERE org_id = $1 AND idempotency_key = $6)`;

// What is asked with parameters, such as an amount, is meant each time. As a new one: whoever presses a button that is being tried again wants to hear now what comes of it.
const JOIN_WAITING = `
  WITH waiting AS (
    SELECT id FROM command
    WHERE org_id = $1 AND kind = $2 AND entity = $3 AND crm_id = $4 AND ids IS NOT DISTINCT FROM $5::text[]
      AND params = '{}' AND $8::jsonb = '{}'
      AND status = 'running' AND (lease_until IS NULL OR lease_until < now()) AND NOT (${IS_KNOWN})
    ORDER BY created_at LIMIT 1 FOR UPDATE
  ), pressed AS (
    INSERT INTO command_press (org_id, idempotency_key, command_id, acting_user)
    SELECT $1, $6, id, $7 FROM waiting
    ON CONFLICT DO NOTHING RETURNING command_id
  ), due AS (
    UPDATE command SET attempts = 0, next_attempt_at = now() FROM pressed WHERE id = command_id RETURNING command.*
  ), woken AS (
    SELECT pg_notify('command_due', id::text) FROM due
  )
  SELECT due.* FROM due, woken`;

const INSERT = `
  WITH accepted AS (
    INSERT INTO command (org_id, kind, entity, crm_id, ids, idempotency_key, acting_user, params)
    SELECT $1, $2, $3, $4, $5::text[], $6, $7, $8::jsonb WHERE NOT (${IS_KNOWN})
    ON CONFLICT (org_id, idempotency_key) DO NOTHING RETURNING *
  ), woken AS (
    SELECT pg_notify('command_due', id::text) FROM accepted
  )
  SELECT accepted.* FROM accepted, woken`;

/**
 * Claims the due command that has waited longest; `onlyNew`: that has not been tried yet. Of a record that another
 * command is at work on none is claimed: it would only wait there, in the way of other people's commands.
 */
export async function claimDueCommand(
  database: Database,
  { owner, leaseSeconds, onlyNew = false }: ClaimOptions & { onlyNew?: boolean },
): Promise<Command | undefined> {
  const { rows } = await database.pool.query<Command>(
    `UPDATE command SET lease_owner = $1, lease_until = now() + make_interval(secs => $2)
     WHERE id = (
       SELECT id FROM command
       WHERE status = 'running' AND next_attempt_at <= now() AND (lease_until IS NULL OR lease_until < now())
         AND (attempts = 0 OR NOT $3)
         AND NOT EXISTS (
           SELECT FROM command other
           WHERE other.crm_id = command.crm_id AND other.entity = command.entity AND other.status = 'running' AND other.lease_until > now())
       ORDER BY params ? 'reminder', created_at LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     RETURNING *`,
    [owner, leaseSeconds, onlyNew],
  );
  return rows[0];
}

/**
 * Notes how far a command has come and what it found out; a retry starts from here. A worker that stood still for longer
 * than its lease, so that another one has taken the command, throws instead: what it would do now, the other one does.
 */
export async function advanceCommand(
  database: Database,
  command: Command,
  { stage = command.stage, state = {} }: { stage?: string; state?: Record<string, unknown> },
): Promise<void> {
  const next = { stage, state: { ...command.state, ...state } };
  const { rowCount } = await database.pool.query(
    'UPDATE command SET stage = $3, state = $4 WHERE id = $1 AND lease_owner = $2',
    [command.id, command.lease_owner, next.stage, JSON.stringify(next.state)],
  );
  if (rowCount === 0)
    throw new RetryableFailure({
      code: 'lease_lost',
      stage: 'store',
      message: 'Another worker goes on with what was asked for.',
    });
  Object.assign(command, next);
}

export type CommandOutcome =
  | { status: 'done'; result: unknown }
  | { status: 'failed'; error: unknown }
  | { status: 'running'; error: unknown; delayMs: number };

/** Ends a command, or puts it back for a later try, and wakes whoever waits for it. */
export async function settleCommand(
  database: Database,
  command: Command,
  outcome: CommandOutcome,
): Promise<void> {
  await database.pool.query(
    `WITH settled AS (
       UPDATE command SET
         status = $3, result = $4, error = $5,
         attempts = attempts + 1,
         next_attempt_at = now() + make_interval(secs => $6::float8 / 1000),
         finished_at = CASE WHEN $3 = 'running' THEN NULL ELSE now() END,
         lease_owner = NULL, lease_until = NULL
       WHERE id = $1 AND lease_owner = $2 RETURNING id
     )
     SELECT pg_notify('command_settled', id::text) FROM settled`,
    [
      command.id,
      command.lease_owner,
      outcome.status,
      outcome.status === 'done' ? JSON.stringify(outcome.result) : null,
      outcome.status === 'done' ? null : JSON.stringify(outcome.error),
      outcome.status === 'running' ? outcome.delayMs : 0,
    ],
  );
}

/** Whether an accepted command is what was asked for, or another one that took the same key. */
export const isSameRequest = (accepted: Command, asked: NewCommand): boolean =>
  accepted.kind === asked.kind &&
  accepted.entity === asked.entity &&
  accepted.crm_id === asked.crmId &&
  same(accepted.ids, asked.ids ?? null) &&
  same(accepted.params, asked.params ?? {});

export async function findCommand(database: Database, id: string): Promise<Command | undefined> {
  const { rows } = await database.pool.query<Command>('SELECT * FROM command WHERE id = $1', [id]);
  return rows[0];
}
