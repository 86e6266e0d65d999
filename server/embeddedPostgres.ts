import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
} from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, DatabaseError } from 'pg';
import { findPostgresBinaries, type PostgresBinaries } from './local/postgresBinaries.ts';
import { chooseIdentity, PROGRAM_PATH, type PostgresIdentity } from './local/postgresIdentity.ts';
import { forgetDeadPostmaster, isRunning, readPostmaster, stopPostmaster } from './local/postmaster.ts';
import { commandOf, waitUntil } from './local/processes.ts';

export interface EmbeddedPostgresOptions {
  /** Made if it does not exist. Holds the data, the log (server.log) and, if the path is short enough, the socket. */
  dataDir: string;
  /** Made if it does not exist. */
  database?: string;
  /** Server settings, for example `{ fsync: 'off' }`; without effect on a server that is adopted. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** A connection string; the server listens only on a socket that no other user can reach. */
  url: string;
  /** True where a server left by a killed parent was still running. */
  adopted: boolean;
  /** True where the data directory is new. */
  initialised: boolean;
  isRunning(): boolean;
  /** Stops the server, also an adopted one. */
  stop(): Promise<void>;
}

interface Server {
  dataDir: string;
  socketDir: string;
  binaries: PostgresBinaries;
  identity: PostgresIdentity;
  settings: Record<string, string>;
}

const USER = 'invoicebridge';
/** Recovery after a crash replays the log, which takes seconds; more than this is a fault. */
const START_MILLISECONDS = 60_000;

/**
 * Starts the PostgreSQL of the npm package in its own session, so that Ctrl-C in the terminal does not reach it and a
 * killed parent does not take it along: the next start finds it by its postmaster.pid and goes on with it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const binaries = findPostgresBinaries();
  mkdirSync(dirname(dataDir), { recursive: true });
  const identity = chooseIdentity({ program: binaries.postgres, dataDir });
  const initialised = await initialise(dataDir, binaries, identity);
  checkMajorVersion(dataDir, binaries);

  const socketDir = chooseSocketDir(dataDir, identity);
  const server = { dataDir, socketDir, binaries, identity, settings: options.settings ?? {} };
  const running = await runningSocketDir(server);
  const adopted = running !== undefined;
  const connection = { user: USER, host: running ?? (await start(server)) };

  const database = options.database ?? 'invoicebridge';
  await createDatabase(connection, database);
  return {
    // "localhost" is there for parsers that demand a host; the parameter wins in pg and in libpq.
    url: `postgres://${USER}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(connection.host)}`,
    adopted,
    initialised,
    isRunning() {
      const postmaster = readPostmaster(dataDir);
      return postmaster !== undefined && isRunning(postmaster);
    },
    async stop() {
      const postmaster = readPostmaster(dataDir);
      if (postmaster) await stopPostmaster(postmaster);
      if (connection.host !== dataDir) rmSync(connection.host, { recursive: true, force: true });
    },
  };
}

/** Makes the data beside its place and renames it, so that a killed initdb never looks like a data directory. */
async function initialise(
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
    await promisify(execFile)(command, all, { ...spawnAs, cwd: '/', env: environment() });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${basename(program)} failed:\n${stderr || stdout}`.trim(), { cause });
  }
}

function checkMajorVersion(dataDir: string, { major }: PostgresBinaries): void {
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (found === major) return;
  throw new Error(
    `${dataDir} was written by PostgreSQL ${found}, but PostgreSQL ${major} is installed. ` +
      `Dump it with PostgreSQL ${found} and load it anew, or remove the directory to begin with an empty database.`,
  );
}

/** A socket's path may have 103 bytes on macOS and 107 on Linux. */
function chooseSocketDir(dataDir: string, identity: PostgresIdentity): string {
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
async function runningSocketDir({ dataDir }: Server): Promise<string | undefined> {
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
    user: USER,
    host: socketDir,
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

async function start(server: Server): Promise<string> {
  const { dataDir, socketDir, binaries, identity } = server;
  chmodSync(dataDir, 0o700); // PostgreSQL refuses data that others may read, as a copied directory often allows.
  const logFile = join(dataDir, 'server.log');
  const settings = {
    listen_addresses: '',
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
      env: environment(),
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

async function createDatabase(connection: { user: string; host: string }, database: string): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === '42P04')) throw error; // made by another process just now
  } finally {
    await client.end();
  }
}

/** PGDATA, LC_ALL and the like of the caller must not reach the server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: PROGRAM_PATH, LC_ALL: 'C' };
}

function giveTo({ owner }: PostgresIdentity, path: string): void {
  if (owner) chownSync(path, owner.uid, owner.gid);
}
