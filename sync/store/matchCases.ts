import type { MatchCandidate } from '../domain/matchScore.ts';
import type { Database } from './database.ts';

/** A customer of Stripe that could be several Accounts, or none: a person says which. */
export interface MatchCase {
  id: string;
  stripeId: string;
  customer: { name: string; email: string | null };
  reason: string;
  candidates: MatchCandidate[];
  /** `resolving`: decided, and a worker is pairing them. */
  state: 'open' | 'resolving' | 'resolved' | 'ignored';
  /** The chosen Account; null while there is none, also while one is being made. */
  accountId: string | null;
  resolvedBy: string | null;
  createdAt: Date;
  resolvedAt: Date | null;
}

export type NewCase = Pick<MatchCase, 'stripeId' | 'customer' | 'reason' | 'candidates'>;

const COLUMNS = `id, stripe_id AS "stripeId", customer, reason, candidates, state, account_id AS "accountId",
  resolved_by AS "resolvedBy", created_at AS "createdAt", resolved_at AS "resolvedAt"`;

/** Puts customers into the queue, or brings their candidates up to date. What was decided stays decided. */
export async function queueCases(database: Database, cases: NewCase[]): Promise<void> {
  if (cases.length === 0) return;
  await database.pool.query(
    `INSERT INTO match_case AS known (stripe_id, customer, reason, candidates)
     SELECT "stripeId", customer, reason, candidates
     FROM jsonb_to_recordset($1) AS one ("stripeId" text, customer jsonb, reason text, candidates jsonb)
     ON CONFLICT (stripe_id) DO UPDATE SET customer = excluded.customer, reason = excluded.reason, candidates = excluded.candidates
       WHERE known.state = 'open'`,
    [JSON.stringify(cases)],
  );
}

export async function listCases(
  database: Database,
  { state, limit, after = '0' }: { state: MatchCase['state']; limit: number; after?: string | undefined },
): Promise<MatchCase[]> {
  const { rows } = await database.pool.query<MatchCase>(
    `SELECT ${COLUMNS} FROM match_case WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [state, after, limit],
  );
  return rows;
}

/** By its own id or by the customer's in Stripe. */
export async function findCase(database: Database, id: string): Promise<MatchCase | undefined> {
  const { rows } = await database.pool.query<MatchCase>(
    `SELECT ${COLUMNS} FROM match_case WHERE id::text = $1 OR stripe_id = $1`,
    [id],
  );
  return rows[0];
}

export async function casesOfCustomers(database: Database, stripeIds: string[]): Promise<MatchCase[]> {
  if (stripeIds.length === 0) return [];
  const { rows } = await database.pool.query<MatchCase>(
    `SELECT ${COLUMNS} FROM match_case WHERE stripe_id = ANY($1)`,
    [stripeIds],
  );
  return rows;
}

export interface CaseChange {
  state: MatchCase['state'];
  accountId?: string | null;
  /** Who decided. */
  by?: string | null;
  reason?: string;
}

/** Moves a case on, unless somebody else has meanwhile. Returns whether it was in one of the states `from`. */
export async function moveCase(
  database: Database,
  { id, from }: { id: string; from: MatchCase['state'][] },
  { state, accountId, by, reason }: CaseChange,
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `UPDATE match_case SET state = $3, account_id = CASE WHEN $4 THEN $5 ELSE account_id END,
       resolved_by = coalesce($6, resolved_by), reason = coalesce($7, reason),
       resolved_at = CASE WHEN $3 IN ('resolved', 'ignored') THEN now() END
     WHERE id = $1 AND state = ANY($2)`,
    [id, from, state, accountId !== undefined, accountId ?? null, by ?? null, reason ?? null],
  );
  return rowCount === 1;
}
