import type { Database } from './database.ts';
import { missingDocuments, type MissingDocument } from './documents.ts';
import { readWorkers, type SeenWorker } from './workerStates.ts';

/** How much of one entity waits, is held by a worker, or is parked. */
export interface QueueStatus {
  entity: string;
  known: number;
  dirty: number;
  /** Dirty, and their time has come. */
  due: number;
  held: number;
  parked: number;
  /** How long the due record that has waited longest has been due; null when none is. */
  oldestWaitSeconds: number | null;
}

export interface CommandStatus {
  running: number;
  oldestSeconds: number | null;
  failedInLastDay: number;
}

export interface CursorStatus {
  name: string;
  position: string | null;
  ageSeconds: number;
}

export interface LastEvent {
  source: string;
  eventId: string;
  type: string;
  occurredAt: Date;
  receivedAt: Date;
}

export interface EngineStatus {
  queues: QueueStatus[];
  commands: CommandStatus;
  cursors: CursorStatus[];
  lastEvents: LastEvent[];
  /** Of Stripe's documents that the org shall hold, those that could not be stored; 20 at most. */
  documents: MissingDocument[];
  /** Those of the last day; one that has not been seen for long is gone. */
  workers: SeenWorker[];
}

/** What waits, what runs, and how far each side has been read: a look from outside, which holds nothing up. */
export async function readStatus(database: Database): Promise<EngineStatus> {
  const { pool } = database;
  const [queues, commands, cursors, lastEvents, documents, workers] = await Promise.all([
    pool.query<QueueStatus>(
      `SELECT entity, count(*)::int AS known,
              count(*) FILTER (WHERE state = 'dirty')::int AS dirty,
              count(*) FILTER (WHERE state = 'dirty' AND next_attempt_at <= now())::int AS due,
              count(*) FILTER (WHERE lease_until > now())::int AS held,
              count(*) FILTER (WHERE state = 'parked')::int AS parked,
              extract(epoch FROM now() - min(next_attempt_at)
                FILTER (WHERE state = 'dirty' AND next_attempt_at <= now()))::float8 AS "oldestWaitSeconds"
       FROM sync_record GROUP BY entity ORDER BY entity`,
    ),
    pool.query<CommandStatus>(
      `SELECT count(*) FILTER (WHERE status = 'running')::int AS running,
              extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'running'))::float8 AS "oldestSeconds",
              count(*) FILTER (WHERE status = 'failed' AND finished_at > now() - interval '1 day')::int AS "failedInLastDay"
       FROM command`,
    ),
    pool.query<CursorStatus>(
      `SELECT name, coalesce(position, encode(replay_id, 'hex')) AS position,
              extract(epoch FROM now() - moved_at)::float8 AS "ageSeconds"
       FROM cursor ORDER BY name`,
    ),
    pool.query<LastEvent>(
      `SELECT last.* FROM (VALUES ('salesforce'), ('stripe')) side (source), LATERAL (
         SELECT source, event_id AS "eventId", type, occurred_at AS "occurredAt", received_at AS "receivedAt"
         FROM inbox_event WHERE inbox_event.source = side.source ORDER BY id DESC LIMIT 1
       ) last`,
    ),
    missingDocuments(database),
    readWorkers(database),
  ]);
  return {
    queues: queues.rows,
    commands: commands.rows[0]!,
    cursors: cursors.rows,
    lastEvents: lastEvents.rows,
    documents,
    workers,
  };
}
