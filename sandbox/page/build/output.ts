import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Makes `output/name` by letting `write` fill a folder aside and renaming it, so that a build that is broken off or that
 * runs twice at once never leaves half a folder under the name.
 */
export async function makeOnce(output: string, name: string, write: (folder: string) => Promise<void>) {
  const folder = join(output, name);
  if (existsSync(folder)) return folder;
  mkdirSync(output, { recursive: true });
  const aside = join(output, `.${name}.${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  try {
    await write(aside);
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    // ENOTEMPTY and EEXIST: another process has made the same folder meanwhile, which is as good.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Keeps the newest builds of a kind and removes the others; two remain for a page that is still open. */
export function removeOldBuilds(output: string, prefix: string, keep = 3): void {
  const builds = readdirSync(output)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name, made: statSync(join(output, name)).mtimeMs }))
    .sort((a, b) => b.made - a.made);
  for (const { name } of builds.slice(keep)) rmSync(join(output, name), { recursive: true, force: true });
}

/** Lets one process at a time build; the others wait for it and then find its work done. */
export async function onlyOneBuilds(output: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(output, { recursive: true });
  const lock = join(output, '.building');
  while (!takeLock(lock)) await wait(200);
  try {
    // What a killed build left aside.
    for (const name of readdirSync(output).filter((each) => /^\.(app|vendor)-/.test(each))) {
      rmSync(join(output, name), { recursive: true, force: true });
    }
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  // Written aside and linked, so that a lock is never seen without the process it belongs to.
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch {
    // The holder may have been killed: its lock is then worth nothing.
    if (!isRunning(Number(readIfThere(lock)))) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
