import { once } from 'node:events';
import type { World } from '../test/integration/world.ts';
import { curve, Memory, startCommand, watch } from './measuredCommand.ts';
import { seedBothSides, withImportWorld } from './pastInvoices.ts';
import { printTable, round } from './table.ts';

// AUDIT_INVOICES=100000 measures this one alone.
const SIZES = (process.env.AUDIT_INVOICES ?? '10000,30000,100000').split(',').map(Number);
const CHANGED = 20;

/**
 * Both sides compared whole, with 10,000 to 100,000 invoices of a line each, which an import has brought over before:
 * the command in a process of its own, and its memory while it runs. Some invoices are changed behind its back.
 */
export async function audit(): Promise<void> {
  const rows = [];
  for (const invoices of SIZES) {
    const { seconds, memory } = await withImportWorld((world) => measure(world, invoices));
    rows.push({
      invoices,
      seconds: round(seconds, 0),
      'invoices a second': round(invoices / seconds, 0),
      'RSS at most, MB': memory.peak,
      'RSS over time, MB': curve(memory.samples).join(' '),
    });
    console.log(JSON.stringify(rows.at(-1)));
  }
  printTable(`Both sides compared, one line an invoice, ${CHANGED} of them changed`, rows);
}

async function measure(world: World, invoices: number): Promise<{ seconds: number; memory: Memory }> {
  await seedBothSides(world, invoices);
  await run(world, ['backfill', '--from', 'stripe']);
  await world.stopWorker();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  const changed = await world.admin.query<{ Id: string }>(`SELECT Id FROM Invoice__c LIMIT ${CHANGED}`);
  for (const { Id } of changed) await world.admin.update('Invoice__c', Id, { Number__c: 'TYPED' });
  const startedAt = performance.now();
  const { memory, exitCode, last } = await run(world, ['audit']);
  const seconds = (performance.now() - startedAt) / 1000;
  const found = last.entities?.find(({ entity }) => entity === 'invoice')?.differing;
  if (exitCode !== 1 || found !== CHANGED)
    throw new Error(
      `The audit ended with ${exitCode} and found ${found} of ${CHANGED}: ${JSON.stringify(last)}`,
    );
  return { seconds, memory };
}

async function run(world: World, args: string[]) {
  const memory = new Memory();
  const { child, done } = watch(startCommand(world, args), memory);
  await once(child, 'exit');
  const last = (await done) as { entities?: { entity: string; differing: number }[] };
  return { memory, exitCode: child.exitCode, last };
}
