import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, waitUntil } from './processes.ts';

/** What a server says of itself in postmaster.pid (src/include/utils/pidfile.h of PostgreSQL). */
export interface Postmaster {
  pid: number;
  dataDir: string;
  /** Empty until the server listens. */
  socketDir: string;
}

/** A number no process has: Linux allows at most 4,194,304. */
const NO_PROCESS = 99_999_999;

export function readPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, dataDir: lines[1] ?? '', socketDir: (lines[4] ?? '').trim() } : undefined;
}

/** False for a dead server, a zombie, and for another program that got the same process id. */
export function isRunning({ pid, dataDir }: Postmaster): boolean {
  return commandOf(pid)?.includes(dataDir) ?? false;
}

/**
 * PostgreSQL takes any living process with the recorded id for the old server and refuses to start. Writing an id that
 * cannot live, instead of removing the file, keeps its second check: shared memory still used by the old server's children.
 */
export function forgetDeadPostmaster(dataDir: string, { pid, socketDir }: Postmaster): void {
  if (pid === NO_PROCESS) return;
  const file = join(dataDir, 'postmaster.pid');
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [NO_PROCESS, ...rest].join('\n'));
  if (socketDir)
    for (const name of ['', '.lock']) rmSync(join(socketDir, `.s.PGSQL.5432${name}`), { force: true });
}

/** Ends open sessions, writes everything down and stops; harder if that takes longer than ten seconds. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  const gone = () => !isRunning(postmaster);
  if (gone()) return;
  process.kill(postmaster.pid, 'SIGINT'); // "fast shutdown"
  if (await waitUntil(gone, 10_000)) return;
  process.kill(postmaster.pid, 'SIGQUIT'); // "immediate shutdown": the next start recovers from the log
  if (await waitUntil(gone, 5_000)) return;
  throw new Error(
    `PostgreSQL (process ${postmaster.pid}) does not stop. End it with: kill -9 ${postmaster.pid}`,
  );
}
