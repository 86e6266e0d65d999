import type { SyncEntity } from '../domain/entity.ts';
import type { ToldValue } from '../domain/overwritten.ts';
import { retryingCollisions } from './collisions.ts';
import type { Database } from './database.ts';

export interface ReceivedChange {
  /** Names the reader of this stream; its place moves behind the event. */
  cursor: string;
  eventId: string;
  type: string;
  replayId: Buffer;
  occurredAt: Date;
  payload: unknown;
  subjects: readonly ChangedRecord[];
}

export interface ChangedRecord {
  entity: SyncEntity;
  crmId: string;
  /** Whether it becomes a pair when it is in none yet. */
  takesInNew: boolean;
  /** Whether the event says anything of it that is not known; our own write that comes back does not. */
  isNews: boolean;
  /** Values of the event that may turn out to have been overwritten: see `sync/domain/overwritten.ts`. */
  told?: Record<string, Omit<ToldValue, 'seq'>>;
}

/**
 * Stores an event of the change stream once, marks every record dirty of which it says something new, and moves the reader's
 * place behind it: one statement, so one commit. Returns false for an event that had been stored before.
 */
export async function receiveChange(database: Database, change: ReceivedChange): Promise<boolean> {
  const [subject, ...others] = change.subjects;
  const news = change.subjects.filter(({ isNews }) => isNews);
  const { rows } = await retryingCollisions(() =>
    database.pool.query<{ stored: boolean }>(
      `WITH stored AS (
       INSERT INTO inbox_event (source, event_id, type, entity, object_id, occurred_at, replay_id, payload, other_object_ids)
       VALUES ('salesforce', $1, $2, $3, $4, $5, $6, $7, $12)
       ON CONFLICT (source, event_id) DO NOTHING
       RETURNING id
     ), moved AS (
       INSERT INTO cursor (name, replay_id) VALUES ($8, $6)
       ON CONFLICT (name) DO UPDATE SET replay_id = excluded.replay_id, moved_at = now()
     ), marked AS (
       SELECT mark_all_dirty(array_agg(subject.entity), array_agg(NULL::text), array_agg(subject.crm_id), array_agg('salesforce'::text))
       FROM stored, unnest($9::text[], $10::text[], $11::boolean[]) AS subject (entity, crm_id, takes_in_new)
       WHERE subject.takes_in_new OR EXISTS (
         SELECT FROM sync_record known WHERE known.entity = subject.entity AND known.crm_id = subject.crm_id
       )
     ), told AS (
       -- Behind the mark, whose number it carries.
       SELECT note_crm_told(array_agg(subject.entity), array_agg(subject.crm_id), array_agg(subject.told))
       FROM (SELECT count(*) FROM marked) done, stored,
         unnest($9::text[], $10::text[], $13::jsonb[]) AS subject (entity, crm_id, told)
       WHERE subject.told IS NOT NULL
     )
     SELECT EXISTS (SELECT FROM stored) AS stored, (SELECT count(*) FROM told) AS told`,
      [
        change.eventId,
        change.type,
        subject?.entity ?? null,
        subject?.crmId ?? null,
        change.occurredAt,
        change.replayId,
        JSON.stringify(change.payload),
        change.cursor,
        news.map(({ entity }) => entity),
        news.map(({ crmId }) => crmId),
        news.map(({ takesInNew }) => takesInNew),
        others.length > 0 ? others.map(({ crmId }) => crmId) : null,
        news.map(({ told }) => (told ? JSON.stringify(told) : null)),
      ],
    ),
  );
  return rows[0]!.stored;
}

export interface StreamPlace {
  replayId: Buffer | null;
  /** When the reader last heard of the stream there. */
  movedAt: Date;
}

/** Where reading goes on; undefined before the first run. */
export async function readStreamPlace(database: Database, cursor: string): Promise<StreamPlace | undefined> {
  const { rows } = await database.pool.query<{ replay_id: Buffer | null; moved_at: Date }>(
    'SELECT replay_id, moved_at FROM cursor WHERE name = $1',
    [cursor],
  );
  return rows.map(({ replay_id, moved_at }) => ({ replayId: replay_id, movedAt: moved_at }))[0];
}

/** Moves the place where there was no event: to a keepalive's, or (null) to wherever the stream is now. */
export async function moveStreamPlace(
  database: Database,
  cursor: string,
  replayId: Buffer | null,
): Promise<void> {
  await database.pool.query(
    `INSERT INTO cursor (name, replay_id) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET replay_id = excluded.replay_id, moved_at = now()`,
    [cursor, replayId],
  );
}
