import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { waitUntil } from './processes.ts';
import { readRecord } from './runRecord.ts';

/** Where everything of one local installation lies; `.data` unless INVOICEBRIDGE_DATA_DIR names another place. */
export interface DataDirectory {
  root: string;
  postgres: string;
  logs: string;
  /** The sandbox's own stores and, in sandbox.json, the secrets both sides know. */
  sandbox: string;
  secrets: string;
}

export function dataDirectory(
  root = process.env['INVOICEBRIDGE_DATA_DIR'] || join(projectDir, '.data'),
): DataDirectory {
  const path = resolve(root);
  return {
    root: path,
    postgres: join(path, 'postgres'),
    logs: join(path, 'logs'),
    sandbox: join(path, 'sandbox'),
    secrets: join(path, 'sandbox.json'),
  };
}

export const projectDir = resolve(import.meta.dirname, '../..');

export function makeDirectories({ root, logs, sandbox }: DataDirectory): void {
  if (!existsSync(root)) mkdirSync(root, { recursive: true, mode: 0o700 });
  for (const directory of [logs, sandbox]) mkdirSync(directory, { recursive: true });
}

/**
 * Lets only one `npm start` use the directory. SQLite's lock belongs to the process, so the kernel frees it also after
 * kill -9; a file with a process id would have to be judged. One that is just stopping is given a moment.
 */
export async function lock({ root }: DataDirectory): Promise<() => void> {
  const database = new DatabaseSync(join(root, 'lock.sqlite'), { timeout: 0 });
  const taken = await waitUntil(() => {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return true;
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
      return false;
    }
  }, 2_000);
  if (taken) return () => database.close();
  database.close();
  const other = readRecord(root);
  throw new Error(
    `Invoicebridge already runs on ${root}` +
      (other ? ` (process ${other.pid}): open ${other.address}, or stop it with: kill ${other.pid}` : '.'),
  );
}

const SQLITE_BUSY = 5;

/** Removes what the sandbox and the embedded database hold, and the secrets; not the lock, which is ours. */
export function wipe({ postgres, logs, sandbox, secrets }: DataDirectory): void {
  for (const path of [postgres, logs, sandbox, secrets]) rmSync(path, { recursive: true, force: true });
}
