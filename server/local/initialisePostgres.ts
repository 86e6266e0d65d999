import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './postgresBinaries.ts';
import { giveTo, type PostgresIdentity, postgresEnvironment, USER } from './postgresIdentity.ts';
import { commandOf } from './processes.ts';

/** Makes the data beside its place and renames it, so that a killed initdb never looks like a data directory. */
export async function initialisePostgres(
  dataDir: string,
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
): Promise<boolean> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return false;
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new Error(
      `${dataDir} is not empty and holds no PostgreSQL data. ` +
        'Move it away, or choose another directory with INVOICEBRIDGE_DATA_DIR.',
    );
  }
  removeAbandoned(dataDir);
  const unfinished = `${dataDir}.initialising-${process.pid}`;
  mkdirSync(unfinished, { mode: 0o700 });
  giveTo(identity, unfinished);
  try {
    await run(identity, binaries.initdb, [
      `--pgdata=${unfinished}`,
      `--username=${USER}`,
      '--auth-local=trust',
      '--auth-host=reject',
      // Without these initdb asks LANG, and where that is unset makes SQL_ASCII.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    renameSync(unfinished, dataDir);
    return true;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(join(dataDir, 'PG_VERSION'))) return false; // another process was faster
    throw error;
  }
}

/** What a killed initdb left. */
function removeAbandoned(dataDir: string): void {
  const prefix = `${basename(dataDir)}.initialising-`;
  for (const name of readdirSync(dirname(dataDir)).filter((entry) => entry.startsWith(prefix))) {
    const maker = Number(name.slice(prefix.length));
    if (maker === process.pid || commandOf(maker) === undefined) {
      rmSync(join(dirname(dataDir), name), { recursive: true, force: true });
    }
  }
}

async function run({ prefix, spawnAs }: PostgresIdentity, program: string, args: string[]): Promise<void> {
  const [command = program, ...all] = [...prefix, program, ...args];
  try {
    await promisify(execFile)(command, all, { ...spawnAs, cwd: '/', env: postgresEnvironment() });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${basename(program)} failed:\n${stderr || stdout}`.trim(), { cause });
  }
}

export function checkMajorVersion(dataDir: string, { major }: PostgresBinaries): void {
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (found === major) return;
  throw new Error(
    `${dataDir} was written by PostgreSQL ${found}, but PostgreSQL ${major} is installed. ` +
      `Dump it with PostgreSQL ${found} and load it anew, or remove the directory to begin with an empty database.`,
  );
}
