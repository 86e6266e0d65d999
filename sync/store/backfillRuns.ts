import type { PoolClient } from 'pg';
import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

/** What a backfill knows, in the order in which it brings them over. */
export const orderedEntities: readonly SyncEntity[] = [
  'customer',
  'product',
  'price',
  'tax_rate',
  'invoice',
  'payment',
  'refund',
  'credit_note',
];

export interface BackfillOptions {
  entities: SyncEntity[];
  /** What becomes of customers and products of Stripe that nothing in the org is like. */
  unmatched: 'queue' | 'create';
  /** From Salesforce: a SOQL condition that chooses the records. */
  where: string | null;
}

export interface EntityCounts {
  /** How many there are, where that side can say so. */
  total?: number;
  /** Read on the side that the backfill comes from. */
  read: number;
  created: number;
  updated: number;
  /** Known already, or not to be taken over. */
  skipped: number;
  /** Left to a person: in the match queue, or parked with a reason. */
  queued: number;
  failed: number;
}

export type Counts = Partial<Record<SyncEntity, EntityCounts>>;

export interface BackfillRun {
  id: string;
  direction: 'stripe' | 'salesforce';
  options: BackfillOptions;
  state: 'running' | 'done' | 'stopped';
  /** The kind of record it is at; null before the first. */
  phase: SyncEntity | null;
  /** How far it has come in it; null at its beginning. */
  position: Record<string, unknown> | null;
  counts: Counts;
  /** The org's bulk job that is under way. */
  job: string | null;
}

const COLUMNS = 'id, direction, options, state, phase, position, counts, job';

export async function startRun(
  database: Database,
  direction: BackfillRun['direction'],
  options: BackfillOptions,
): Promise<BackfillRun> {
  const { rows } = await database.pool.query<BackfillRun>(
    `INSERT INTO backfill_run (direction, options) VALUES ($1, $2) RETURNING ${COLUMNS}`,
    [direction, JSON.stringify(options)],
  );
  return rows[0]!;
}

/** A run to go on with; undefined when there is none of this id. */
export async function findRun(database: Database, id: string): Promise<BackfillRun | undefined> {
  const { rows } = await database.pool.query<BackfillRun>(
    `UPDATE backfill_run SET state = CASE state WHEN 'stopped' THEN 'running' ELSE state END, error = NULL
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [id],
  );
  return rows[0];
}

/** Notes how far the run has come, in the transaction that stores what it did there. */
export async function moveRun(client: Pick<PoolClient, 'query'>, run: BackfillRun): Promise<void> {
  await client.query(
    'UPDATE backfill_run SET phase = $2, position = $3, counts = $4, job = NULL, moved_at = now() WHERE id = $1',
    [run.id, run.phase, run.position && JSON.stringify(run.position), JSON.stringify(run.counts)],
  );
}

export async function noteJob(database: Database, runId: string, job: string | null): Promise<void> {
  await database.pool.query('UPDATE backfill_run SET job = $2 WHERE id = $1', [runId, job]);
}

export async function endRun(
  database: Database,
  runId: string,
  { state, error }: { state: 'done' | 'stopped'; error?: string },
): Promise<void> {
  await database.pool.query(
    'UPDATE backfill_run SET state = $2, error = $3, finished_at = now() WHERE id = $1',
    [runId, state, error ?? null],
  );
}
