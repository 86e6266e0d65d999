import type { SyncEntity } from '../domain/entity.ts';
import type { Database } from './database.ts';

export interface ReceivedEvent {
  source: 'stripe' | 'salesforce';
  eventId: string;
  type: string;
  /** The record that the event is about; none when it is about nothing we keep. */
  subject?: { entity: SyncEntity; stripeId?: string | null; crmId?: string | null };
  occurredAt: Date;
  payload: unknown;
}

/**
 * Stores an event once and marks its record dirty, in one statement and so in one commit. Returns false for
 * an event that had been stored before: its record was marked then.
 */
export async function receiveEvent(database: Database, event: ReceivedEvent): Promise<boolean> {
  const { subject } = event;
  const { rowCount } = await database.pool.query(
    `WITH stored AS (
       INSERT INTO inbox_event (source, event_id, type, entity, object_id, occurred_at, payload)
       VALUES ($1, $2, $3, $4, coalesce($5, $6), $7, $8)
       ON CONFLICT (source, event_id) DO NOTHING
       RETURNING entity
     )
     SELECT CASE WHEN entity IS NULL THEN NULL ELSE mark_dirty(entity, $5, $6, $1) END FROM stored`,
    [
      event.source,
      event.eventId,
      event.type,
      subject?.entity ?? null,
      subject?.stripeId ?? null,
      subject?.crmId ?? null,
      event.occurredAt,
      JSON.stringify(event.payload),
    ],
  );
  return rowCount === 1;
}
