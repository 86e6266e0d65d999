import type { GateState } from '../limits/gate.ts';
import type { Database } from './database.ts';

/** A worker says how it is every two seconds: after so long without a word it has been killed, or its machine is gone. */
export const GONE_AFTER_SECONDS = 20;

/** The org's change stream as one process sees it. */
export interface StreamState {
  topic: string;
  /** `subscribed`: this process reads it; `waiting`: another one does; `unavailable`: the org gives none out. */
  role: 'subscribed' | 'waiting' | 'unavailable';
  /** The last event or keepalive, in milliseconds since 1970; null before the first. */
  answeredAt: number | null;
}

/** What a worker says of itself. */
export interface WorkerState {
  stripe: GateState;
  salesforce: GateState;
  stream: StreamState | null;
  /** Why it claims nothing, in words; null while it is at work. */
  standstill: string | null;
}

export interface SeenWorker extends WorkerState {
  workerId: string;
  startedAt: Date;
  seenSecondsAgo: number;
}

/** Says how the worker is, and forgets workers that have been gone for a day. */
export async function reportWorker(
  database: Database,
  { workerId, startedAt, state }: { workerId: string; startedAt: Date; state: WorkerState },
): Promise<void> {
  await database.pool.query(
    `WITH forgotten AS (DELETE FROM worker_state WHERE seen_at < now() - interval '1 day')
     INSERT INTO worker_state (worker_id, started_at, state) VALUES ($1, $2, $3)
     ON CONFLICT (worker_id) DO UPDATE SET seen_at = now(), state = excluded.state`,
    [workerId, startedAt, JSON.stringify(state)],
  );
}

/** Another process than a worker makes calls, too: a backfill, an audit. */
export async function reportCommand(
  database: Database,
  { workerId, command }: { workerId: string; command: string },
): Promise<void> {
  await database.pool.query(
    `INSERT INTO worker_state (worker_id, started_at, state) VALUES ($1, now(), $2)
     ON CONFLICT (worker_id) DO UPDATE SET seen_at = now()`,
    [workerId, JSON.stringify({ command })],
  );
}

// Five reports missed: whoever was killed leaves its part of the rate to the others.
const COUNTED_SECONDS = 10;

/** How many processes make calls of the two sides at this time. */
export async function countProcesses(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM worker_state WHERE seen_at > now() - make_interval(secs => $1)',
    [COUNTED_SECONDS],
  );
  return rows[0]!.count;
}

/** A process that ends in order says goodbye. */
export async function forgetWorker(database: Database, workerId: string): Promise<void> {
  await database.pool.query('DELETE FROM worker_state WHERE worker_id = $1', [workerId]);
}

/** All workers of the last day, the one that was seen last first. */
export async function readWorkers(database: Database): Promise<SeenWorker[]> {
  const { rows } = await database.pool.query<{
    worker_id: string;
    started_at: Date;
    seconds: number;
    state: WorkerState;
  }>(
    `SELECT worker_id, started_at, extract(epoch FROM now() - seen_at)::float8 AS seconds, state
     FROM worker_state WHERE NOT state ? 'command' ORDER BY seen_at DESC, worker_id`,
  );
  return rows.map(({ worker_id, started_at, seconds, state }) => ({
    workerId: worker_id,
    startedAt: started_at,
    seenSecondsAgo: seconds,
    ...state,
  }));
}

/** Why workers that live claim nothing, in words; none while they are at work. */
export async function standstills(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ words: string }>(
    `SELECT DISTINCT state->>'standstill' AS words FROM worker_state
     WHERE seen_at > now() - make_interval(secs => $1) AND state->>'standstill' IS NOT NULL`,
    [GONE_AFTER_SECONDS],
  );
  return rows.map(({ words }) => words);
}
