import type { Database } from './database.ts';

/** Why an audit was begun without anybody asking: its time had come, or events may have been lost for good. */
export type AuditReason = 'schedule' | 'gap';

export interface AuditRun {
  id: string;
  reason: AuditReason;
  heal: boolean;
  startedAt: Date;
  /** Null while it runs, or until another worker takes it over. */
  finishedAt: Date | null;
  /** How many records differ; null where it failed. */
  differing: number | null;
  error: string | null;
}

export interface WholeAuditRun extends AuditRun {
  report: unknown;
  /** The first of them; there may be more than anybody reads. */
  differences: unknown;
}

const COLUMNS = 'id, reason, heal, started_at AS "startedAt", finished_at AS "finishedAt", differing, error';

export async function listAuditRuns(database: Database, limit = 50): Promise<AuditRun[]> {
  const { rows } = await database.pool.query<AuditRun>(
    `SELECT ${COLUMNS} FROM audit_run ORDER BY id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

export async function findAuditRun(database: Database, id: string): Promise<WholeAuditRun | undefined> {
  const { rows } = await database.pool.query<WholeAuditRun>(
    `SELECT ${COLUMNS}, report, differences FROM audit_run WHERE id = $1`,
    [id],
  );
  return rows[0];
}

// Stripe lists its events for 30 days, the org's Recycle Bin keeps what was deleted for 15: a day less of each.
const STRIPE_DAYS = 29;
const CRM_DAYS = 14;

/**
 * Asks for an audit where either side was last read longer ago than it keeps what happened; to be called before reading
 * begins again. Returns whether it was so.
 */
export async function requestAuditAfterGap(database: Database): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `INSERT INTO audit_run (reason, heal)
     SELECT 'gap', true
     WHERE EXISTS (SELECT FROM cursor WHERE (name = 'stripe-events' AND moved_at < now() - make_interval(days => $1))
                                         OR (name LIKE 'crm-sweep-%' AND moved_at < now() - make_interval(days => $2)))
       AND NOT EXISTS (SELECT FROM audit_run WHERE reason = 'gap' AND finished_at IS NULL)`,
    [STRIPE_DAYS, CRM_DAYS],
  );
  return (rowCount ?? 0) > 0;
}

/**
 * The audit that is due: one that was asked for, or that a killed worker left; one that failed an hour ago; or, where
 * `everyHours` is not zero, the next of the schedule. To be called by one worker at a time.
 */
export async function dueAuditRun(database: Database, everyHours: number): Promise<AuditRun | undefined> {
  const { rows: unfinished } = await database.pool.query<AuditRun>(
    `SELECT ${COLUMNS} FROM audit_run WHERE finished_at IS NULL ORDER BY id LIMIT 1`,
  );
  if (unfinished[0]) return unfinished[0];
  const { rows } = await database.pool.query<AuditRun>(
    `WITH last AS (SELECT * FROM audit_run ORDER BY id DESC LIMIT 1)
     INSERT INTO audit_run (reason, heal)
     SELECT coalesce((SELECT reason FROM last WHERE error IS NOT NULL), 'schedule'), true
     WHERE EXISTS (SELECT FROM last WHERE error IS NOT NULL AND started_at < now() - interval '1 hour')
        OR ($1 > 0 AND NOT EXISTS (SELECT FROM last WHERE started_at > now() - make_interval(secs => $1 * 3600)))
     RETURNING ${COLUMNS}`,
    [everyHours],
  );
  return rows[0];
}

export async function finishAuditRun(
  database: Database,
  id: string,
  ended: { differing: number; report: unknown; differences: unknown[] } | { error: string },
): Promise<void> {
  const {
    differing = null,
    report = null,
    differences = null,
    error = null,
  } = ended as {
    differing?: number;
    report?: unknown;
    differences?: unknown[];
    error?: string;
  };
  await database.pool.query(
    `UPDATE audit_run SET finished_at = now(), differing = $2, report = $3, differences = $4, error = $5 WHERE id = $1`,
    [id, differing, report && JSON.stringify(report), differences && JSON.stringify(differences), error],
  );
}
