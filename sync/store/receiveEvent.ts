import type { SyncEntity } from '../domain/entity.ts';
import { retryingCollisions } from './collisions.ts';
import type { Database } from './database.ts';

export interface ReceivedEvent {
  source: 'stripe' | 'salesforce';
  eventId: string;
  type: string;
  /** The record that the event is about; none when it is about nothing we keep. */
  subject?: { entity: SyncEntity; stripeId?: string | null; crmId?: string | null };
  occurredAt: Date;
  payload: unknown;
  /** Where it carries an idempotency key: what it says stood there before. */
  told?: { key: string; before: object };
}

interface Waiting {
  event: ReceivedEvent;
  resolve: (isNew: boolean) => void;
  reject: (error: unknown) => void;
}

// A statement of this many events of 4 KB is still far from any limit, and one bad event costs at most this many repeats.
const MOST_AT_ONCE = 100;

// While one is being committed the next is being made and sent; more would only wait for each other's commit.
const STATEMENTS_AT_ONCE = 2;

interface Queue {
  waiting: Waiting[];
  storing: number;
}

/** What waits to be stored, for each connection pool. */
const queues = new WeakMap<Database, Queue>();

/**
 * Stores an event once and marks its record dirty, in one statement and so in one commit. Returns false for
 * an event that had been stored before: its record was marked then.
 *
 * Events that come while a commit is under way share the next one. A transaction with NOTIFY holds a lock of the whole
 * database while it commits, so commits of single events would queue for the disk one after another.
 */
export function receiveEvent(database: Database, event: ReceivedEvent): Promise<boolean> {
  const queue = queues.get(database) ?? { waiting: [], storing: 0 };
  queues.set(database, queue);
  return new Promise((resolve, reject) => {
    queue.waiting.push({ event, resolve, reject });
    if (queue.storing < STATEMENTS_AT_ONCE) void storeWaiting(database, queue);
  });
}

async function storeWaiting(database: Database, queue: Queue): Promise<void> {
  queue.storing += 1;
  while (queue.waiting.length > 0) {
    const batch = queue.waiting.splice(0, MOST_AT_ONCE);
    try {
      const stored = await store(
        database,
        batch.map(({ event }) => event),
      );
      for (const { event, resolve } of batch) resolve(stored.delete(keyOf(event)));
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else await storeOneByOne(database, batch);
    }
  }
  queue.storing -= 1;
}

/** One event that cannot be stored, or a collision, must not fail its neighbours. */
async function storeOneByOne(database: Database, batch: Waiting[]): Promise<void> {
  for (const { event, resolve, reject } of batch) {
    await retryingCollisions(() => store(database, [event])).then(
      (stored) => resolve(stored.size === 1),
      reject,
    );
  }
}

/** The keys of those events that were new. */
async function store(database: Database, events: ReceivedEvent[]): Promise<Set<string>> {
  // One order for all processes, so that two batches do not wait for each other's rows.
  const sorted = events.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const column = <T>(of: (event: ReceivedEvent) => T) => sorted.map(of);
  const { rows } = await database.pool.query<{ stored: string[] }>({
    name: 'receive-events',
    text: RECEIVE,
    values: [
      column(({ source }) => source),
      column(({ eventId }) => eventId),
      column(({ type }) => type),
      column(({ subject }) => subject?.entity ?? null),
      column(({ subject }) => subject?.stripeId ?? null),
      column(({ subject }) => subject?.crmId ?? null),
      column(({ occurredAt }) => occurredAt),
      column(({ payload }) => JSON.stringify(payload)),
      column(({ told }) => told?.key ?? null),
      column(({ told }) => (told ? JSON.stringify(told.before) : null)),
    ],
  });
  return new Set(rows[0]!.stored);
}

const RECEIVE = `
  WITH received AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::jsonb[],
      $9::text[], $10::jsonb[])
      WITH ORDINALITY AS one (source, event_id, type, entity, stripe_id, crm_id, occurred_at, payload, key, told, place)
  ), stored AS (
    INSERT INTO inbox_event (source, event_id, type, entity, object_id, occurred_at, payload)
    SELECT source, event_id, type, entity, coalesce(stripe_id, crm_id), occurred_at, payload FROM received ORDER BY place
    ON CONFLICT (source, event_id) DO NOTHING
    RETURNING source, event_id
  ), fresh AS (
    SELECT DISTINCT ON (source, event_id) received.* FROM received JOIN stored USING (source, event_id)
  ), telling AS (
    -- Its thin twin, which does not say what stood there, may have been here before it.
    SELECT received.* FROM received
    WHERE key IS NOT NULL AND NOT EXISTS (SELECT FROM stored WHERE stored.event_id = received.event_id)
      AND EXISTS (SELECT FROM stripe_write noted WHERE idempotency_key = key AND noted.stripe_id = received.stripe_id
                  AND noted.told IS DISTINCT FROM coalesce(noted.told, '{}') || received.told)
  ), marked AS (
    SELECT mark_all_dirty(array_agg(entity), array_agg(stripe_id), array_agg(crm_id), array_agg(source))
    FROM (TABLE fresh UNION ALL TABLE telling) one
  ), told AS (
    -- Behind the mark: in the order of locks in which a sync is settled.
    SELECT note_stripe_told(array_agg(key), array_agg(stripe_id), array_agg(told))
    FROM (SELECT count(*) FROM marked) done, received WHERE key IS NOT NULL HAVING count(*) > 0
  )
  SELECT coalesce(array_agg(source || '/' || event_id), '{}') AS stored,
         (SELECT count(*) FROM marked) AS marked, (SELECT count(*) FROM told) AS told
  FROM fresh`;

const keyOf = ({ source, eventId }: ReceivedEvent) => `${source}/${eventId}`;

const orderOf = ({ subject }: ReceivedEvent) =>
  `${subject?.entity ?? ''}/${subject?.stripeId ?? ''}/${subject?.crmId ?? ''}`;
