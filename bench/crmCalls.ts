import type { World } from '../test/integration/world.ts';
import { printTable } from './table.ts';
import { calls, changeAllInStripe, invoicesInSync, settled, withWorld } from './worldOfInvoices.ts';

const INVOICES = 1_000;
// The change events of the last write, what they might start, and the sweep that the worker begins with.
const ECHOES_MS = 5_000;

/**
 * How many calls of the org it takes to bring 1,000 invoices over that changed in Stripe, with the change stream on and
 * the sweep at its usual interval. All calls are counted until nothing follows any more.
 */
export async function crmCalls(): Promise<void> {
  await withWorld(
    async (world) => {
      const ids = await invoicesInSync(world, INVOICES);
      const rows = [
        await measure(world, 'drafts, the text changed', () => changeAllInStripe(world, ids)),
        await measure(world, 'finalized', () =>
          changeAllInStripe(world, ids, (id) => world.stripe.invoices.finalizeInvoice(id)),
        ),
        await measure(world, 'voided', () =>
          changeAllInStripe(world, ids, (id) => world.stripe.invoices.voidInvoice(id)),
        ),
      ];
      printTable(
        `Calls of the org for ${INVOICES} invoices that changed in Stripe (200 a write: 5 is the floor)`,
        rows,
      );
    },
    { changeStream: true, environment: { CRM_SWEEP_SECONDS: '60' } },
  );
}

async function measure(world: World, what: string, change: () => Promise<void>) {
  await world.stopWorker();
  await change();
  await world.control('org', 'DELETE', '/calls');
  await world.startWorker();
  await settled(world);
  await new Promise((resolve) => setTimeout(resolve, ECHOES_MS));
  await settled(world);
  const made = await calls(world, 'org');
  const sum = (path: RegExp) =>
    Object.entries(made).reduce((total, [call, count]) => total + (path.test(call) ? count : 0), 0);
  const writes = sum(/^(PATCH|DELETE) .*\/composite/);
  const reads = sum(/^GET .*\/query/);
  // They are made whether an invoice has changed or not.
  const sweep = sum(/^POST .*\/composite$|\/deleted$/);
  const login = sum(/\/oauth2\//);
  const all = sum(/./);
  return {
    what,
    writes,
    reads,
    'for the invoices': writes + reads,
    sweep,
    login,
    other: all - writes - reads - sweep - login,
    all,
  };
}
