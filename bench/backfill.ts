import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { World } from '../test/integration/world.ts';
import { curve, Memory, startCommand, watch } from './measuredCommand.ts';
import { seedBothSides, withImportWorld } from './pastInvoices.ts';
import { printTable, round } from './table.ts';

// BACKFILL_INVOICES=100000 measures this one alone.
const SIZES = (process.env.BACKFILL_INVOICES ?? '10000,30000,100000').split(',').map(Number);

interface Measured {
  invoices: number;
  seconds: number;
  /** Resident memory of the command's processes, in MB, sampled while they ran. */
  memory: number[];
  /** The highest ever, by the kernel's own count. */
  peak: number;
  kills: number;
}

/**
 * The first import of 10,000 to 100,000 invoices with a line each, by the command in a process of its own. The largest
 * one is killed with -9 in the middle and resumed; afterwards both sides are counted and added up.
 */
export async function backfill(): Promise<void> {
  const rows = [];
  for (const invoices of SIZES) {
    const kills = invoices === Math.max(...SIZES) ? 1 : 0;
    const measured = await withImportWorld((world) => measure(world, { invoices, kills }));
    rows.push({
      invoices: measured.invoices,
      seconds: round(measured.seconds, 0),
      'invoices a second': round(measured.invoices / measured.seconds, 0),
      'RSS at most, MB': measured.peak,
      'RSS over time, MB': curve(measured.memory).join(' '),
      'kill -9': measured.kills,
    });
    console.log(JSON.stringify(rows.at(-1)));
  }
  printTable('First import from Stripe, one line an invoice', rows);
}

async function measure(
  world: World,
  { invoices, kills }: { invoices: number; kills: number },
): Promise<Measured> {
  const seeded = await seedBothSides(world, invoices);
  const memory = new Memory();
  const startedAt = performance.now();
  let from = ['--from', 'stripe'];
  for (let kill = 0; kill < kills; kill += 1) {
    const id = await killedAt(startCommand(world, ['backfill', ...from]), {
      memory,
      after: Math.floor(invoices / 2),
    });
    console.log(`killed in run ${id} after ${round((performance.now() - startedAt) / 1000, 0)} s`);
    from = ['--resume', id];
  }
  const { child, done } = watch(startCommand(world, ['backfill', ...from]), memory);
  await once(child, 'exit');
  const report = await done;
  if (child.exitCode !== 0)
    throw new Error(`The backfill ended with ${child.exitCode}: ${JSON.stringify(report)}`);
  const seconds = (performance.now() - startedAt) / 1000;
  await expectAll(world, { invoices, total: seeded.total });
  return { invoices, seconds, memory: memory.samples, peak: memory.peak, kills };
}

async function killedAt(
  child: ChildProcess,
  { memory, after }: { memory: Memory; after: number },
): Promise<string> {
  let id: string | undefined;
  watch(child, memory, (line) => {
    if (line.kind === 'run') id = line.id;
    if (line.kind === 'progress' && line.entity === 'invoice' && line.read! >= after) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  if (!id || child.signalCode !== 'SIGKILL') throw new Error('It ended before it could be killed.');
  return id;
}

/** Every invoice once, with its line and its pair, and the same sum as in Stripe. */
async function expectAll(
  world: World,
  { invoices, total }: { invoices: number; total: number },
): Promise<void> {
  await settled(world);
  const one = async (soql: string) => (await world.admin.query<Record<string, number>>(soql))[0]!;
  const org = await one(
    'SELECT COUNT(Id) c, SUM(Total__c) t, COUNT_DISTINCT(Stripe_Invoice_Id__c) d FROM Invoice__c',
  );
  const lines = await one('SELECT COUNT(Id) c FROM Invoice_Line__c');
  const { rows } = await world.database.pool.query<{ count: number }>(
    `SELECT count(*)::int FROM sync_record
     WHERE entity = 'invoice' AND state = 'clean' AND crm_id IS NOT NULL AND base IS NOT NULL`,
  );
  const found = [org.c, org.d, lines.c, rows[0]!.count, Math.round(org.t! * 100)];
  const expected = [invoices, invoices, invoices, invoices, total];
  if (found.join() !== expected.join())
    throw new Error(`Found ${found.join(' ')} instead of ${expected.join(' ')}`);
  console.log(
    `${invoices} invoices, each once, with its line and its pair; ${total / 100} in all on both sides`,
  );
}

/** What a killed run had in hand is the worker's once its leases have run out. */
async function settled(world: World): Promise<void> {
  for (;;) {
    const { rows } = await world.database.pool.query(
      `SELECT 1 FROM sync_record WHERE state = 'dirty' LIMIT 1`,
    );
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
