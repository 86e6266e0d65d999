import type { Database } from './database.ts';
import { CursorSchema } from './entities.ts';

/** Of Stripe's log of events: in seconds since 1970. */
export const STRIPE_EVENTS = 'stripe-events';

/** How far a reader has come, or null before its first run. */
export async function readCursor(database: Database, name: string): Promise<string | null> {
  const cursor = await database.dataSource.getRepository(CursorSchema).findOneBy({ name });
  return cursor?.position ?? null;
}

export async function moveCursor(database: Database, name: string, position: string): Promise<void> {
  await database.dataSource
    .getRepository(CursorSchema)
    .upsert({ name, position, replay_id: null, moved_at: new Date() }, ['name']);
}
