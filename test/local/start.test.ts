import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPostmaster } from '../../server/local/postmaster.ts';
import { commandOf, waitUntil } from '../../server/local/processes.ts';
import { readRecord, type RunRecord } from '../../server/local/runRecord.ts';
import { childEnvironment } from '../setup/childEnvironment.ts';
import { createDatabase } from '../setup/database.ts';

// The first start of all may have to build the sandbox page, which takes up to a minute.
jest.setTimeout(240_000);

let directory: string;
const started: Start[] = [];

interface Start {
  child: ChildProcess;
  said(): string;
  /** The address it prints, once it is ready. */
  ready(): Promise<string>;
  exit: Promise<unknown[]>;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'invoicebridge-start-'));
});

afterEach(async () => {
  for (const { child, exit } of started.splice(0)) {
    child.kill('SIGTERM');
    await exit;
  }
  rmSync(directory, { recursive: true, force: true });
});

function start(args: string[] = [], environment: NodeJS.ProcessEnv = {}): Start {
  const { HOME } = process.env;
  // A process group of its own, as a terminal gives it, so that a test can press Ctrl-C.
  const child = spawn(process.execPath, [join(__dirname, '../../server/local.ts'), ...args], {
    detached: true,
    env: {
      ...childEnvironment,
      HOME,
      INVOICEBRIDGE_DATA_DIR: directory,
      INVOICEBRIDGE_PORT: '24000',
      ...environment,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const exit = once(child, 'exit');
  const address = () => /is ready: (http:\S+)/.exec(output)?.[1];
  const start: Start = {
    child,
    said: () => output,
    exit,
    async ready() {
      await waitUntil(() => address() !== undefined || child.exitCode !== null, 200_000);
      const found = address();
      if (!found) throw new Error(`It did not become ready. It said:\n${output}`);
      return found;
    },
  };
  started.push(start);
  return start;
}

function record(): RunRecord {
  const found = readRecord(directory);
  if (!found) throw new Error('There is no record of what runs.');
  return found;
}

function allPids(): number[] {
  const postmaster = readPostmaster(join(directory, 'postgres'));
  return [...record().children.map(({ pid }) => pid), ...(postmaster ? [postmaster.pid] : [])];
}

const living = (pids: number[]) => pids.filter((pid) => commandOf(pid) !== undefined);

/** Its port is in the environment of the process; /proc shows it to the same user. */
async function webAnswers(): Promise<boolean> {
  const log = readFileSync(join(directory, 'logs/web.log'), 'utf8');
  const port = [...log.matchAll(/"port":(\d+)/g)].at(-1)?.[1];
  return fetch(`http://127.0.0.1:${port}/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

test('one command starts everything, heals what dies, and Ctrl-C stops all of it', async () => {
  const first = start();
  const address = await first.ready();
  expect(first.said().match(/http:\/\/\S+/g)).toEqual([address]);
  expect((await fetch(address)).status).toBe(200);
  expect(await webAnswers()).toBe(true);

  const second = start();
  expect(await second.exit).toEqual([1, null]);
  expect(second.said()).toContain(`open ${address}, or stop it with: kill ${first.child.pid}`);

  const web = record().children.find(({ script }) => script.endsWith('web.ts'));
  process.kill(web?.pid ?? 0, 'SIGKILL');
  expect(
    await waitUntil(() => first.said().includes('web ended (SIGKILL) and is started again.'), 60_000),
  ).toBe(true);
  expect(await waitUntil(webAnswers, 60_000)).toBe(true);

  const pids = allPids();
  expect(living(pids)).toHaveLength(4);
  process.kill(-(first.child.pid ?? 0), 'SIGINT');
  expect(await first.exit).toEqual([0, null]);
  expect(living(pids)).toEqual([]);
  expect(existsSync(join(directory, 'running.json'))).toBe(false);
});

test('after kill -9 the next start goes on with the same database and leaves no orphans', async () => {
  const killed = start();
  await killed.ready();
  const orphans = record().children.map(({ pid }) => pid);
  const postgres = readPostmaster(join(directory, 'postgres'))?.pid;
  process.kill(killed.child.pid ?? 0, 'SIGKILL');
  await killed.exit;

  const next = start();
  await next.ready();
  expect(next.said()).toContain('Goes on with the PostgreSQL that a killed start left running.');
  expect(readPostmaster(join(directory, 'postgres'))?.pid).toBe(postgres);
  expect(living(orphans)).toEqual([]);

  const pids = allPids();
  next.child.kill('SIGTERM');
  expect(await next.exit).toEqual([0, null]);
  expect(living(pids)).toEqual([]);
});

test('--reset forgets the sandbox and begins anew', async () => {
  const first = start();
  await first.ready();
  const secrets = readFileSync(join(directory, 'sandbox.json'), 'utf8');
  first.child.kill('SIGINT');
  await first.exit;

  const anew = start(['--reset']);
  await anew.ready();
  expect(readFileSync(join(directory, 'sandbox.json'), 'utf8')).not.toBe(secrets);
});

test('a PostgreSQL named by DATABASE_URL is used instead of the embedded one', async () => {
  const database = await createDatabase();
  try {
    const own = start([], { DATABASE_URL: database.url });
    await own.ready();
    expect(existsSync(join(directory, 'postgres'))).toBe(false);
    own.child.kill('SIGINT');
    expect(await own.exit).toEqual([0, null]);
  } finally {
    await database.drop();
  }
});

test('a DATABASE_URL that does not answer is named, with the next step', async () => {
  const refused = start([], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
  expect(await refused.exit).toEqual([1, null]);
  expect(refused.said()).toMatch(/DATABASE_URL names cannot be used.*ECONNREFUSED.*unset it/s);
});
