import { spawn } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataDirectory, lock, makeDirectories } from '../../server/local/dataDirectory.ts';
import { keepRunning, type KeptProcess } from '../../server/local/keepRunning.ts';
import { choosePorts, firstPort } from '../../server/local/ports.ts';
import { commandOf, waitUntil } from '../../server/local/processes.ts';
import { endOrphans, readRecord, writeRecord } from '../../server/local/runRecord.ts';
import { loadSecrets } from '../../server/local/secrets.ts';

let directory: string;
let printed: string[];
const kept: KeptProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'invoicebridge-local-'));
  printed = [];
});

afterEach(async () => {
  await Promise.all(kept.splice(0).map((child) => child.stop()));
  rmSync(directory, { recursive: true, force: true });
});

function keep(source: string, verbose = false): KeptProcess {
  const script = join(directory, 'child.mjs');
  writeFileSync(script, source);
  const logFile = join(directory, 'child.log');
  const child = keepRunning(
    { name: 'child', script, environment: { PATH: process.env['PATH'] }, logFile },
    { verbose, print: (line) => printed.push(line), onChange: () => {} },
  );
  kept.push(child);
  return child;
}

function log(): string {
  const file = join(directory, 'child.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

const FOREVER = 'setInterval(() => {}, 1000);';

test('a process that is killed is started again, and says so', async () => {
  const child = keep(FOREVER);
  const first = child.pid() ?? 0;
  process.kill(first, 'SIGKILL');
  expect(await waitUntil(() => child.pid() !== undefined && child.pid() !== first, 60_000)).toBe(true);
  expect(printed).toEqual(['child ended (SIGKILL) and is started again.']);
});

test('a process that was stopped stays ended, also when it ignores being asked', async () => {
  const child = keep(`process.on('SIGTERM', () => {}); console.log('deaf'); ${FOREVER}`);
  await waitUntil(() => log().includes('deaf'), 60_000);
  const pid = child.pid() ?? 0;
  await child.stop();
  expect(commandOf(pid)).toBeUndefined();
  expect(child.pid()).toBeUndefined();
});

test('the terminal shows warnings and errors in words; the file has everything', async () => {
  keep(`
    console.log(JSON.stringify({ level: 30, msg: 'an invoice was sent' }));
    console.log(JSON.stringify({ level: 40, msg: 'parked', err: { message: 'no price' } }));
    console.log('plain');
    console.error('broken');
    console.log('end');
    ${FOREVER}`);
  expect(await waitUntil(() => log().includes('end') && printed.length >= 2, 60_000)).toBe(true);
  expect(printed.sort()).toEqual(['[child] broken', '[child] parked: no price']);
  expect(log()).toContain('an invoice was sent');
});

test('with verbose the terminal shows every line', async () => {
  keep(
    `console.log(JSON.stringify({ level: 30, msg: 'an invoice was sent' })); console.log('plain'); ${FOREVER}`,
    true,
  );
  expect(await waitUntil(() => printed.length >= 2, 60_000)).toBe(true);
  expect(printed).toEqual(['[child] an invoice was sent', '[child] plain']);
});

test('taken ports are passed over, and no port is given twice', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const taken = (server.address() as AddressInfo).port;
    const ports = await choosePorts({ page: taken, web: taken + 1, stripe: taken });
    expect(Object.values(ports)).not.toContain(taken);
    expect(new Set(Object.values(ports)).size).toBe(3);
  } finally {
    server.close();
  }
});

test('the first port is the one that is asked for, and nonsense is refused with the next step', () => {
  expect(firstPort('')).toBe(4000);
  expect(firstPort('5000')).toBe(5000);
  for (const nonsense of ['abc', '0', '70000', '80.5']) {
    expect(() => firstPort(nonsense)).toThrow(/Set it to a port number/);
  }
});

test('the secrets are made once, for the owner only, and belong together', async () => {
  const file = join(directory, 'sandbox.json');
  const secrets = await loadSecrets(file);
  expect(await loadSecrets(file)).toEqual(secrets);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const certificate = new X509Certificate(secrets.certificatePem);
  expect(certificate.checkPrivateKey(createPrivateKey(secrets.privateKeyPem))).toBe(true);
  expect(certificate.validToDate.getUTCFullYear()).toBe(2099);
});

test('secrets of another version are refused with the next step', async () => {
  const file = join(directory, 'sandbox.json');
  writeFileSync(file, '{"stripeSecretKey":"sk_test_1"}');
  await expect(loadSecrets(file)).rejects.toThrow('npm start -- --reset');
});

test('a second start is refused, and told where the first one is', async () => {
  const data = dataDirectory(directory);
  makeDirectories(data);
  const unlock = await lock(data);
  writeRecord(directory, { pid: process.pid, address: 'http://localhost:4000', children: [] });
  await expect(lock(data)).rejects.toThrow(
    `already runs on ${directory} (process ${process.pid}): open http://localhost:4000, or stop it with: kill ${process.pid}`,
  );
  unlock();
  (await lock(data))();
});

test('what a killed start left running is ended; another program with a recorded process id is not', async () => {
  const script = join(directory, 'web.mjs');
  writeFileSync(script, FOREVER);
  const orphan = spawn(process.execPath, [script], { stdio: 'ignore' });
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    await waitUntil(() => commandOf(orphan.pid ?? 0)?.includes(script) ?? false, 60_000);
    writeRecord(directory, {
      pid: 1,
      address: '',
      children: [
        { pid: orphan.pid ?? 0, script },
        { pid: other.pid ?? 0, script },
      ],
    });
    expect(await endOrphans(directory)).toEqual([script]);
    expect(commandOf(orphan.pid ?? 0)).toBeUndefined();
    expect(commandOf(other.pid ?? 0)).toContain('sleep');
    expect(readRecord(directory)).toBeUndefined();
  } finally {
    orphan.kill('SIGKILL');
    other.kill('SIGKILL');
  }
});
