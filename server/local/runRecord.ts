import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, waitUntil } from './processes.ts';

/** What runs, written down so that the next start can end what a killed one left. */
export interface RunRecord {
  /** The supervisor. */
  pid: number;
  address: string;
  children: { pid: number; script: string }[];
}

export function readRecord(root: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(file(root), 'utf8')) as RunRecord;
  } catch {
    return undefined; // none yet, or half written by one that was killed
  }
}

export function writeRecord(root: string, record: RunRecord): void {
  writeFileSync(file(root), JSON.stringify(record));
}

export function removeRecord(root: string): void {
  rmSync(file(root), { force: true });
}

/** Ends the children of a supervisor that was killed; the script in the command line tells them from a reused process id. */
export async function endOrphans(root: string): Promise<string[]> {
  const children = readRecord(root)?.children ?? [];
  const living = () => children.filter(({ pid, script }) => commandOf(pid)?.includes(script));
  const orphans = living();
  for (const { pid } of orphans) signal(pid, 'SIGTERM');
  await waitUntil(() => living().length === 0, 5_000);
  for (const { pid } of living()) signal(pid, 'SIGKILL');
  await waitUntil(() => living().length === 0, 2_000);
  removeRecord(root);
  return orphans.map(({ script }) => script);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself just now
  }
}

function file(root: string): string {
  return join(root, 'running.json');
}
