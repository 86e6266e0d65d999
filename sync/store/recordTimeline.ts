import { syncEntities, type SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

export interface KnownRecord {
  id: string;
  entity: SyncEntity;
  crmId: string | null;
  stripeId: string | null;
  state: string;
  lastSyncedAt: Date | null;
  error: { code: string; stage: string; message: string; attempts: number } | null;
}

/** One thing that happened to a record. `why` names the event or the command that it followed from. */
export interface TimelineEntry {
  at: Date;
  kind: 'event' | 'command' | 'change' | 'conflict';
  side: 'stripe' | 'salesforce';
  what: string;
  /** The user's id in the org or the request in Stripe, where it is known. */
  who: string | null;
  why: string | null;
  details: unknown;
}

/** The records an id stands for: the org's id, Stripe's, or the id of an event about the record. */
export async function findKnownRecords(database: Database, id: string): Promise<KnownRecord[]> {
  const { rows: events } = await database.pool.query<{ object_id: string }>(
    `SELECT unnest(object_id || other_object_ids) AS object_id FROM inbox_event
     WHERE source IN ('stripe', 'salesforce') AND event_id = $1 AND object_id IS NOT NULL`,
    [id],
  );
  // Naming the entities lets PostgreSQL use the indexes, which begin with them.
  const { rows } = await database.pool.query<KnownRecord>(
    `SELECT id, entity, crm_id AS "crmId", stripe_id AS "stripeId", state, last_synced_at AS "lastSyncedAt",
            CASE WHEN error_code IS NOT NULL THEN jsonb_build_object(
              'code', error_code, 'stage', error_stage, 'message', error_message, 'attempts', attempts) END AS error
     FROM sync_record
     WHERE (entity = ANY($1) AND crm_id = ANY($2)) OR (entity = ANY($1) AND stripe_id = ANY($2)) ORDER BY id`,
    [syncEntities, [id, ...events.map(({ object_id }) => object_id)]],
  );
  return rows;
}

/**
 * Who changed a record, when and from which event, oldest first. A write that no command asked for is put down to
 * the newest event about the record that had come in before it; a write with neither to an audit, a retry or a
 * neighbouring record.
 */
export async function readTimeline(
  database: Database,
  record: KnownRecord,
  limit = 500,
): Promise<TimelineEntry[]> {
  const { rows } = await database.pool.query<TimelineEntry>(TIMELINE, [
    record.id,
    record.entity,
    [record.crmId, record.stripeId].filter((id) => id !== null),
    limit,
  ]);
  return rows.reverse();
}

// Both of our ids are looked for, because an event names the object of its own side only.
const TIMELINE = `
  WITH event AS (
    SELECT received_at, source, event_id, type, occurred_at,
           coalesce(payload ->> 'commitUser', payload #>> '{request,id}') AS who,
           coalesce(payload -> 'changed', payload -> 'changedFields') AS changed
    FROM inbox_event WHERE entity = $2 AND (object_id = ANY($3) OR other_object_ids && $3)
  ), write AS (
    SELECT at, side, object, command_id,
           jsonb_agg(jsonb_build_object('objectId', object_id, 'field', field, 'from', from_value, 'to', to_value)
                     ORDER BY id) AS fields
    FROM change WHERE record_id = $1 GROUP BY at, side, object, command_id
  ), entry AS (
    SELECT received_at AS at, 'event' AS kind, source AS side, type AS what, who, event_id AS why,
           jsonb_build_object('occurredAt', occurred_at, 'changed', coalesce(changed, '[]')) AS details
    FROM event
    UNION ALL
    SELECT created_at, 'command', 'salesforce', kind || ' ' || status, acting_user, id::text,
           jsonb_build_object('stage', stage, 'attempts', attempts, 'finishedAt', finished_at, 'error', error)
    FROM command WHERE crm_id = ANY($3) OR ids && $3::text[]
    UNION ALL
    SELECT pressed_at, 'command', 'salesforce', kind || ' pressed again', press.acting_user, command_id::text, '{}'
    FROM command_press press JOIN command ON command.id = command_id
    WHERE crm_id = ANY($3) OR ids && $3::text[]
    UNION ALL
    SELECT write.at, 'change', write.side, write.object,
           coalesce(command.acting_user, cause.who), coalesce(command.kind || ' ' || command.id, cause.event_id),
           write.fields
    FROM write
    LEFT JOIN command ON command.id = write.command_id
    LEFT JOIN LATERAL (
      SELECT event_id, who FROM event
      WHERE write.command_id IS NULL AND received_at <= write.at AND source <> write.side
      ORDER BY received_at DESC LIMIT 1
    ) cause ON true
    UNION ALL
    SELECT at, 'conflict', winner, field, NULL, NULL,
           jsonb_build_object('stripe', stripe_value, 'salesforce', crm_value, 'winner', winner)
    FROM conflict WHERE record_id = $1
  )
  SELECT * FROM entry ORDER BY at DESC, kind DESC LIMIT $4`;
