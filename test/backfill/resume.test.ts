import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../setup/childEnvironment.ts';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from '../integration/jobSteps.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';
import { beforeInvoicebridge, oldInvoice } from './pastOfStripe.ts';

// From 2,000 records on a bulk job is made.
const MANY = 2_000;

// Each command is a process of its own: seconds, on a busy machine with two cores.
jest.setTimeout(240_000);

let world: World;
let steps: JobSteps;
let customer: string;

beforeAll(async () => {
  world = await startWorld();
  await world.stopWorker();
  steps = await jobSteps(world);
  await world.control('stripe', 'POST', '/seed', { customers: 1, invoices: MANY });
  const { data } = await world.stripe.customers.list();
  customer = data[0]!.id;
  await world.admin.create('Account', { Name: data[0]!.name, Billing_Email__c: data[0]!.email });
});
afterAll(() => world?.stop());

const launcher = join(__dirname, '../../bin/invoicebridge.mjs');

/** The command in a process of its own that can be killed, with the id of its run. */
async function begin(...args: string[]): Promise<{ child: ChildProcess; id: string }> {
  const child = spawn(process.execPath, [launcher, 'backfill', ...args, '--json'], {
    env: { ...childEnvironment, ...world.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const id = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { kind: string; id: string };
      if (said.kind === 'run') resolve(said.id);
    });
    lines.once('close', () => reject(new Error('It ended before it began.')));
  });
  return { child, id };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const jobOf = async (id: string) =>
  (
    await world.database.pool.query<{ job: string | null }>('SELECT job FROM backfill_run WHERE id = $1', [
      id,
    ])
  ).rows[0]!.job;

async function inOrg(): Promise<{ invoices: number; different: number; lines: number }> {
  const [invoices] = await world.admin.query<Record<string, number>>(
    'SELECT COUNT(Id) c, COUNT_DISTINCT(Stripe_Invoice_Id__c) d FROM Invoice__c WHERE Stripe_Invoice_Id__c != null',
  );
  const [lines] = await world.admin.query<Record<string, number>>('SELECT COUNT(Id) c FROM Invoice_Line__c');
  return { invoices: invoices!.c!, different: invoices!.d!, lines: lines!.c! };
}

const pairs = async () =>
  (
    await world.database.pool.query<{ count: number }>(
      `SELECT count(*)::int FROM sync_record
       WHERE entity = 'invoice' AND state = 'clean' AND crm_id IS NOT NULL AND base IS NOT NULL`,
    )
  ).rows[0]!.count;

const settled = () =>
  eventually(
    async () => (await pairs()) === (await inOrg()).invoices,
    'the worker has taken over what was in hand',
    120_000,
  );

test('a second backfill is refused while one is under way; killed within its bulk job, it is resumed to the end', async () => {
  await world.control('org', 'POST', '/jobs', { hold: true });
  const { child, id } = await begin('--from', 'stripe');
  await eventually(() => jobOf(id), 'the bulk job is made', 120_000);
  const second = await invoicebridge(['backfill', '--from', 'stripe'], world.environment);
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('Another backfill') as string });
  await kill(child);
  expect(await pairs()).toBe(0);

  // What the killed process had ordered is not carried out any more.
  const resumed = invoicebridge(['backfill', '--resume', id, '--json'], world.environment);
  await eventually(async () => (await jobOf(id)) === null, 'the old job is ended', 120_000);
  await world.control('org', 'POST', '/jobs', { hold: false });
  const { code, lines } = await resumed;
  expect(lines.at(-1)).toMatchObject({
    kind: 'report',
    state: 'done',
    counts: { invoice: { created: MANY, failed: 0 } },
  });
  expect(code).toBe(0);
  expect(await inOrg()).toEqual({ invoices: MANY, different: MANY, lines: MANY });
  expect(await pairs()).toBe(MANY);
});

test('killed between writing the org and storing what was written, nothing is doubled or lost', async () => {
  const more = 12;
  await beforeInvoicebridge(world, async () => {
    for (let count = 0; count < more; count += 1)
      await oldInvoice(world, { customer, lines: 2, until: 'open' });
  });
  const ofLines = { method: 'PATCH', path: 'composite/sobjects/Invoice_Line__c' };
  await world.control('org', 'POST', '/faults', { match: ofLines, kind: 'delay', delayMs: 600_000 });
  const { child, id } = await begin('--from', 'stripe');
  await eventually(async () => (await inOrg()).invoices === MANY + more, 'the invoices are written', 120_000);
  await kill(child);
  await world.control('org', 'DELETE', '/faults');
  expect(await pairs()).toBe(MANY);

  await world.startWorker();
  const { code } = await invoicebridge(['backfill', '--resume', id], world.environment);
  expect(code).toBe(0);
  await settled();
  await steps.quiet();
  expect(await inOrg()).toEqual({ invoices: MANY + more, different: MANY + more, lines: MANY + 2 * more });
  const again = await invoicebridge(['backfill', '--from', 'stripe', '--json'], world.environment);
  expect(again.lines.at(-1)).toMatchObject({ counts: { invoice: { created: 0, updated: 0 } } });
});

test('stopped by a person, it ends in good order and says how to go on', async () => {
  const { child, id } = await begin('--from', 'stripe', '--entity', 'invoice');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(1);
  const { rows } = await world.database.pool.query('SELECT state FROM backfill_run WHERE id = $1', [id]);
  expect(rows[0]).toEqual({ state: 'stopped' });
  const { code } = await invoicebridge(['backfill', '--resume', id], world.environment);
  expect(code).toBe(0);
});
