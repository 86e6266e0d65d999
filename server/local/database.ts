import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../embeddedPostgres.ts';
import { migrate } from '../migrate.ts';
import { readPostmaster, stopPostmaster } from './postmaster.ts';
import type { Closers } from './stopping.ts';

export interface DatabaseOptions {
  /** For the embedded server. */
  dataDir: string;
  closers: Closers;
  say: (line: string) => void;
}

/** The database named by DATABASE_URL or else an embedded one, brought up to date. Returns its connection string. */
export async function startDatabase(options: DatabaseOptions): Promise<string> {
  const named = process.env['DATABASE_URL'];
  return named ? migrateNamed(named) : startEmbedded(options);
}

async function migrateNamed(url: string): Promise<string> {
  try {
    await migrate(url);
    return url;
  } catch (cause) {
    // A refused connection has no message of its own, only a code.
    const reason =
      cause instanceof Error ? cause.message || String((cause as { code?: string }).code) : String(cause);
    throw new Error(
      `The database that DATABASE_URL names cannot be used: ${reason}. ` +
        'Correct DATABASE_URL, or unset it to use the embedded PostgreSQL.',
      { cause },
    );
  }
}

async function startEmbedded({ dataDir, closers, say }: DatabaseOptions): Promise<string> {
  const starting = startEmbeddedPostgres({ dataDir });
  const migrated = starting.then(({ url }) => migrate(url));
  const settled = migrated.catch(() => {}); // said where it is awaited below
  // Added before it runs, so that a Ctrl-C in this moment neither leaves a server behind nor cuts a migration short.
  closers.add(async () => {
    await Promise.race([settled, pause(3_000, undefined, { ref: false })]);
    await stopPostgres(dataDir);
  });
  const server = await starting;
  if (server.adopted) say('Goes on with the PostgreSQL that a killed start left running.');
  watch(server, () => startEmbeddedPostgres({ dataDir }), { closers, say });
  await migrated;
  return server.url;
}

/** Starts a server that died again; it listens at the same address, so web and worker just connect anew. */
function watch(
  server: { isRunning(): boolean },
  startAgain: () => Promise<unknown>,
  { closers, say }: Pick<DatabaseOptions, 'closers' | 'say'>,
): void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy || closers.stopping || server.isRunning()) return;
    busy = true;
    say('PostgreSQL ended and is started again.');
    startAgain()
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
      .finally(() => (busy = false));
  }, 1_000);
  closers.add(() => clearInterval(timer));
}

/** Ends an embedded server so that its data can be removed. A database of the user's own is left alone. */
export async function resetDatabase(dataDir: string): Promise<void> {
  if (process.env['DATABASE_URL']) {
    // Its records would go on naming invoices that no longer exist.
    throw new Error(
      '--reset does not empty the database that DATABASE_URL names. Empty it, or unset DATABASE_URL.',
    );
  }
  await stopPostgres(dataDir);
}

async function stopPostgres(dataDir: string): Promise<void> {
  const postmaster = readPostmaster(dataDir);
  if (postmaster) await stopPostmaster(postmaster);
}
