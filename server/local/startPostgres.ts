import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client, DatabaseError } from 'pg';
import type { PostgresBinaries } from './postgresBinaries.ts';
import { giveTo, type PostgresIdentity, postgresEnvironment, USER } from './postgresIdentity.ts';
import { forgetDeadPostmaster, isRunning, readPostmaster } from './postmaster.ts';
import { waitUntil } from './processes.ts';

export interface PostgresServer {
  dataDir: string;
  socketDir: string;
  binaries: PostgresBinaries;
  identity: PostgresIdentity;
  settings: Record<string, string>;
}

/** All of it said, because pg would take what is missing from PGPORT, PGSSLMODE and the like. */
export function connectionTo(socketDir: string) {
  return { user: USER, host: socketDir, port: 5432, ssl: false };
}

/** Recovery after a crash replays the log, which takes seconds; more than this is a fault. */
const START_MILLISECONDS = 60_000;

/** A socket's path may have 103 bytes on macOS and 107 on Linux. */
export function chooseSocketDir(dataDir: string, identity: PostgresIdentity): string {
  if (Buffer.byteLength(join(dataDir, '.s.PGSQL.5432')) <= 103) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const uid = identity.owner?.uid ?? process.getuid?.() ?? 0;
  const socketDir = `/tmp/invoicebridge-${uid}-${name}`;
  if (!existsSync(socketDir)) {
    mkdirSync(socketDir, { mode: 0o700 });
    giveTo(identity, socketDir);
  }
  const found = lstatSync(socketDir);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new Error(
      `${socketDir} is needed for PostgreSQL's socket, but belongs to somebody else. Remove it.`,
    );
  }
  return socketDir;
}

/** Waits for a server that is starting or recovering; undefined where none runs. */
export async function runningSocketDir({ dataDir }: PostgresServer): Promise<string | undefined> {
  let refusal: unknown;
  let socketDir: string | undefined;
  const decided = await waitUntil(async () => {
    const postmaster = readPostmaster(dataDir);
    if (!postmaster) return true;
    if (!isRunning(postmaster)) {
      forgetDeadPostmaster(dataDir, postmaster);
      return true;
    }
    refusal = await connectionRefusal(postmaster.socketDir);
    if (refusal !== undefined) return false;
    socketDir = postmaster.socketDir;
    return true;
  }, START_MILLISECONDS);
  if (decided) return socketDir;
  const pid = readPostmaster(dataDir)?.pid;
  throw new Error(
    `PostgreSQL (process ${pid}) runs on ${dataDir} but takes no connections. End it with: kill -QUIT ${pid}`,
    { cause: refusal },
  );
}

/** Why nobody can connect now; undefined where it works. An error that waiting does not cure is thrown. */
async function connectionRefusal(socketDir: string): Promise<unknown> {
  if (!socketDir) return new Error('It does not listen yet.');
  const client = new Client({
    ...connectionTo(socketDir),
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => {}); // A server that stops while we ask ends the connection; connect() then rejects as well.
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    // 57P03: starting up, recovering or shutting down.
    if (error instanceof DatabaseError && error.code !== '57P03') throw error;
    return error;
  } finally {
    await client.end().catch(() => {});
  }
}

export async function startPostgres(server: PostgresServer): Promise<string> {
  const { dataDir, socketDir, binaries, identity } = server;
  chmodSync(dataDir, 0o700); // PostgreSQL refuses data that others may read, as a copied directory often allows.
  const logFile = join(dataDir, 'server.log');
  const settings = {
    listen_addresses: '',
    port: '5432',
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    ...server.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command = '', ...all] = [...identity.prefix, binaries.postgres, '-D', dataDir, ...args];

  // Other servers' children may need a moment to notice that their server died, so a refused start is tried again.
  for (const end = Date.now() + START_MILLISECONDS; ;) {
    const log = openLog(logFile);
    const logged = statSync(logFile).size;
    let exited: unknown;
    const child = spawn(command, all, {
      ...identity.spawnAs,
      cwd: '/',
      env: postgresEnvironment(),
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', (error) => (exited = error));
    child.on('exit', (code, signal) => (exited ??= signal ?? code));
    child.unref();
    closeSync(log);
    await waitUntil(async () => exited !== undefined || (await isReady(dataDir)), START_MILLISECONDS);
    if (exited === undefined && (await isReady(dataDir))) return socketDir;
    const said =
      exited instanceof Error ? exited.message : readFileSync(logFile, 'utf8').slice(logged).trim();
    const running = await runningSocketDir(server); // another process may have started it at the same moment
    if (running !== undefined) return running;
    if (Date.now() > end || !/pre-existing shared memory|lock file/.test(said)) {
      throw new Error(`PostgreSQL did not start on ${dataDir}. It says:\n${said}\n(from ${logFile})`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function isReady(dataDir: string): Promise<boolean> {
  const postmaster = readPostmaster(dataDir);
  return (
    postmaster !== undefined &&
    isRunning(postmaster) &&
    (await connectionRefusal(postmaster.socketDir)) === undefined
  );
}

/** The log of one start says enough; more than 5 MB of older ones is dropped. */
function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return openSync(file, size > 5_000_000 ? 'w' : 'a', 0o600);
}
