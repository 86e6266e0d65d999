import { printTable } from './table.ts';
import { calls, changeAllInStripe, invoicesInSync, settled, withWorld } from './worldOfInvoices.ts';

const INVOICES = 1_000;

/** How many calls of the org it takes to bring 1,000 invoices over that changed in Stripe. */
export async function crmCalls(): Promise<void> {
  await withWorld(async (world) => {
    const ids = await invoicesInSync(world, INVOICES);
    await world.stopWorker();
    await changeAllInStripe(world, ids);
    await world.control('org', 'DELETE', '/calls');
    await world.startWorker();
    await settled(world);
    const made = await calls(world, 'org');
    const sum = (method: RegExp) =>
      Object.entries(made).reduce((total, [path, count]) => total + (method.test(path) ? count : 0), 0);
    printTable(`Calls of the org for ${INVOICES} invoices that changed in Stripe`, [
      {
        calls: 'writes (200 records a call: 5 is the floor)',
        number: sum(/^(PATCH|POST|DELETE) .*\/composite/),
      },
      { calls: 'queries, those of the sweep included', number: sum(/^GET .*\/query/) },
      { calls: 'login and everything else', number: sum(/oauth|PUT|describe|limits/) },
      { calls: 'all', number: sum(/./) },
    ]);
  });
}
