import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resetDatabase, startDatabase } from './local/database.ts';
import {
  type DataDirectory,
  dataDirectory,
  lock,
  makeDirectories,
  projectDir,
  wipe,
} from './local/dataDirectory.ts';
import {
  localAddress,
  productEnvironment,
  sandboxEnvironment,
  type SandboxSettings,
} from './local/environments.ts';
import { keepRunning, type KeptProcess } from './local/keepRunning.ts';
import { choosePorts, firstPort } from './local/ports.ts';
import { readPostmaster } from './local/postmaster.ts';
import { waitUntilReady } from './local/readiness.ts';
import { endOrphans, removeRecord, writeRecord } from './local/runRecord.ts';
import { loadSecrets } from './local/secrets.ts';
import { Closers, onNpmKilled, onStopSignals } from './local/stopping.ts';
import { registerApiToken } from './token.ts';

const HELP = `npm start                  runs Invoicebridge with a sandbox org and a sandbox Stripe on this machine
npm start -- --verbose     shows all that the processes write, which otherwise goes to the log files only
npm start -- --reset       forgets all sandbox data first

INVOICEBRIDGE_DATA_DIR     where the data is kept (.data)
INVOICEBRIDGE_PORT         the port of the page (4000); the other processes take ports near it
DATABASE_URL               a PostgreSQL to use instead of the embedded one`;

const closers = new Closers();
const children: KeptProcess[] = [];

async function start(data: DataDirectory, options: { verbose: boolean; reset: boolean }): Promise<void> {
  const began = performance.now();
  makeDirectories(data);
  closers.add(await lock(data));
  const orphans = await endOrphans(data.root);
  if (orphans.length > 0) say(`Ended ${orphans.length} processes that a killed start had left.`);
  if (options.reset) await reset(data);

  const secrets = await loadSecrets(data.secrets);
  const first = firstPort();
  const ports = await choosePorts({ page: first, web: first + 1, stripe: first + 242, pubSub: first + 443 });
  const keep = keeper(data, { address: localAddress(ports.page), verbose: options.verbose });
  const [databaseUrl, orgId] = await Promise.all([
    startDatabase({ dataDir: data.postgres, closers, say }),
    startSandboxes(keep, { secrets, ports, dataDir: data.sandbox }),
  ]);
  // Started after the sandboxes and so stopped before them.
  const environment = productEnvironment({ databaseUrl, secrets, ports });
  keep('web', 'server/web.ts', environment);
  keep('worker', 'server/worker.ts', environment);
  await registerApiToken(databaseUrl, { orgId, label: 'Sandbox org', token: secrets.apiToken });
  const web = `http://127.0.0.1:${ports.web}`;
  await waitUntilReady({ web: `${web}/health`, 'the database behind web': `${web}/ready` });

  if (closers.stopping) return;
  say(`
  Invoicebridge is ready: ${localAddress(ports.page)}

  It took ${((performance.now() - began) / 1000).toFixed(1)} s. The org and Stripe are sandboxes on this machine.
  Data and logs are in ${data.root}. Ctrl-C stops everything.
`);
}

async function reset(data: DataDirectory): Promise<void> {
  await resetDatabase(data.postgres);
  wipe(data);
  makeDirectories(data);
  say('All sandbox data is removed.');
}

async function buildPage(): Promise<{ dir: string }> {
  try {
    const { ensurePage } = await import('../sandbox/page/build.ts');
    return await ensurePage();
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new Error('The sandbox needs the development packages too. Install them with: npm ci', { cause });
  }
}

type Keep = (name: string, script: string, environment: NodeJS.ProcessEnv) => void;

/** Starts processes, stops them in the opposite order, and writes down what runs. */
function keeper(data: DataDirectory, { address, verbose }: { address: string; verbose: boolean }): Keep {
  const record = () => {
    const running = children.map((child) => ({ pid: child.pid() ?? 0, script: child.script }));
    writeRecord(data.root, { pid: process.pid, address, children: running.filter(({ pid }) => pid > 0) });
  };
  closers.add(() => removeRecord(data.root));
  record();
  return (name, script, environment) => {
    if (closers.stopping) return;
    const specification = {
      name,
      script: join(projectDir, script),
      environment,
      logFile: join(data.logs, `${name}.log`),
    };
    const child = keepRunning(specification, { verbose, print: say, onChange: record });
    children.push(child);
    closers.add(() => child.stop());
    record();
  };
}

/** Returns the id of the org. */
async function startSandboxes(keep: Keep, settings: Omit<SandboxSettings, 'pageDir'>): Promise<string> {
  const page = await buildPage();
  keep('sandbox', 'sandbox/main.ts', sandboxEnvironment({ ...settings, pageDir: page.dir }));
  const org = `http://127.0.0.1:${settings.ports.page}/sandbox/session`;
  await waitUntilReady({
    'the sandbox org': org,
    'the sandbox Stripe': `http://127.0.0.1:${settings.ports.stripe}/_sandbox/calls`,
  });
  const session = (await (await fetch(org)).json()) as { org: { id: string } };
  return session.org.id;
}

async function stop(exitCode: number): Promise<void> {
  try {
    await closers.close();
  } catch (error) {
    complain(error);
    process.exit(1);
  }
  process.exit(exitCode);
}

function kill(data: DataDirectory): void {
  for (const child of children) child.kill();
  const postmaster = readPostmaster(data.postgres);
  if (postmaster) process.kill(postmaster.pid, 'SIGQUIT');
  process.exit(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      verbose: { type: 'boolean', default: false },
      reset: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const data = dataDirectory();
  // A closed terminal takes its standard output with it; that must not stop the stopping.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  onStopSignals({
    stop() {
      if (process.stdout.isTTY) say('\nStopping ...');
      void stop(0);
    },
    kill: () => kill(data),
  });
  onNpmKilled(() => void stop(1));
  start(data, values).catch((error: unknown) => {
    if (closers.stopping) return;
    complain(error);
    void stop(1);
  });
}

main();
