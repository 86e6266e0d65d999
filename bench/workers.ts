import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { World } from '../test/integration/world.ts';
import { median, printTable, round } from './table.ts';
import { calls, changeAllInStripe, invoicesInSync, settled, withWorld } from './worldOfInvoices.ts';

const INVOICES = 400;
const ROUNDS = 3;
const DELAY_MS = 50;

/** Two worker processes beside one, in turns, while every call of both remote sides takes 50 ms. */
export async function workers(): Promise<void> {
  await withWorld(async (world) => {
    const ids = await invoicesInSync(world, INVOICES);
    await world.stopWorker();
    const seconds: Record<number, number[]> = { 1: [], 2: [] };
    let twice = 0;
    for (let turn = 0; turn < ROUNDS; turn++) {
      for (const count of [1, 2]) {
        await changeAllInStripe(world, ids);
        const { took, repeated } = await measure(world, ids, count);
        seconds[count]!.push(took);
        twice += repeated;
        console.log(`round ${turn + 1}: ${count} worker(s) ${round(took)} s`);
      }
    }
    const [one, two] = [median(seconds[1]!), median(seconds[2]!)];
    printTable(
      `${INVOICES} invoices that changed in Stripe, ${DELAY_MS} ms on every call, ${ROUNDS} rounds in turns`,
      [
        {
          workers: 1,
          'median, s': round(one),
          'all, s': seconds[1]!.map((s) => round(s)).join(' '),
          speed: 1,
        },
        {
          workers: 2,
          'median, s': round(two),
          'all, s': seconds[2]!.map((s) => round(s)).join(' '),
          speed: round(one / two),
        },
      ],
    );
    console.log(`Invoices done more than once: ${twice}`);
  });
}

async function measure(
  world: World,
  ids: string[],
  count: number,
): Promise<{ took: number; repeated: number }> {
  const match = { path: '^/services/data/v67\\.0/(composite|query)' };
  await world.control('org', 'POST', '/faults', { match, kind: 'delay', delayMs: DELAY_MS });
  await world.control('stripe', 'POST', '/faults', { kind: 'delay', delayMs: DELAY_MS });
  await world.control('stripe', 'DELETE', '/calls');
  const { rows: before } = await world.database.pool.query<{ last: string }>(
    'SELECT coalesce(max(id), 0) AS last FROM change',
  );
  // The workers are held back until both have started, by a lease that ends at one moment for all rows.
  await world.database.pool.query(`UPDATE sync_record SET lease_until = now() + interval '1 hour'`);
  const processes = Array.from({ length: count }, () =>
    spawn(process.execPath, [join(import.meta.dirname, '../server/worker.ts')], {
      env: { PATH: process.env.PATH, ...world.environment },
      stdio: 'ignore',
    }),
  );
  try {
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const startedAt = performance.now();
    await world.database.pool.query('UPDATE sync_record SET lease_until = NULL');
    await world.database.pool.query(`SELECT pg_notify('sync_dirty', 'invoice')`);
    await settled(world);
    const took = (performance.now() - startedAt) / 1000;
    const { rows } = await world.database.pool.query<{ repeated: number }>(
      `SELECT count(*)::int AS repeated FROM (
         SELECT record_id FROM change WHERE id > $1 AND field = 'Description__c' GROUP BY record_id HAVING count(*) > 1) twice`,
      [before[0]!.last],
    );
    const reads = (await calls(world, 'stripe'))['GET /v1/invoices/:invoice'] ?? 0;
    if (reads > ids.length) console.log(`${reads} reads of ${ids.length} invoices in Stripe`);
    return { took, repeated: rows[0]!.repeated };
  } finally {
    const gone = processes.map((each) => once(each, 'exit'));
    for (const each of processes) each.kill('SIGTERM');
    await Promise.all(gone);
    await Promise.all([
      world.control('org', 'DELETE', '/faults'),
      world.control('stripe', 'DELETE', '/faults'),
    ]);
  }
}
