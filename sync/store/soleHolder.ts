import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface Hold {
  /** Fires when the connection, and with it the lock, is gone. */
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface HoldOptions {
  /** What only one process at a time may do. */
  name: string;
  signal: AbortSignal;
  /** Gives up at once when another process holds it. */
  once?: boolean;
}

// A waiting process takes over within this time after the holder's connection has ended.
const TRY_EVERY_MS = 1_000;
const HEARTBEAT_MS = 5_000;

/**
 * Waits until no other process holds `name`, and then holds it: an advisory lock, which PostgreSQL gives back
 * when the connection ends, however the process ended. Tries again and again rather than waiting in one
 * statement, because a statement that waits keeps vacuum from its work. Needs a connection of its own: a pooler
 * in transaction mode would drop the lock. Undefined when `signal` fired first, or with `once` when it is held.
 */
export async function holdAlone(
  databaseUrl: string,
  { name, signal, once = false }: HoldOptions,
): Promise<Hold | undefined> {
  const lost = new AbortController();
  const client = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    query_timeout: HEARTBEAT_MS,
  });
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  try {
    await client.connect();
    // So that the server notices a holder whose machine is gone, too.
    await client.query(
      'SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3',
    );
    while (!signal.aborted) {
      const { rows } = await client.query<{ held: boolean }>(
        'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
        [name],
      );
      if (rows[0]!.held) return { lost: lost.signal, release: holding(client, lost) };
      if (once) break;
      await pause(TRY_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

/** Looks after the connection of a held lock; returns how to give it back. */
function holding(client: pg.Client, lost: AbortController): () => Promise<void> {
  const heartbeat = setInterval(() => void client.query('SELECT 1').catch(() => lost.abort()), HEARTBEAT_MS);
  lost.signal.addEventListener('abort', () => clearInterval(heartbeat), { once: true });
  return async () => {
    clearInterval(heartbeat);
    await client.end().catch(() => undefined);
  };
}
