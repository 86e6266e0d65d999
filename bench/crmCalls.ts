import { eventually, type World } from '../test/integration/world.ts';
import { mapConcurrently } from '../sync/flows/concurrency.ts';
import { printTable } from './table.ts';
import { changeAllInStripe, invoicesInSync, settled, withWorld } from './worldOfInvoices.ts';

const INVOICES = 1_000;
const CUSTOMERS = 100;
// Alone or several in one call; the sweep asks for all that is followed in one.
const INVOICES_AND_WHAT_THEY_NAME =
  /^(Invoice__c|Invoice_Line__c|Account|Product2|Payment_Confirmation__c|Credit_Note__c)$/;
// What the last events might start.
const ECHOES_MS = 3_000;

/**
 * How many calls of the org it takes to bring 1,000 invoices over that changed in Stripe, with the change stream on and
 * the sweep at its usual interval. All calls are counted until nothing follows any more.
 */
export async function crmCalls(): Promise<void> {
  await withWorld(
    async (world) => {
      const ids = await invoicesInSync(world, INVOICES);
      const customers = await customersInSync(world);
      await streamIsRead(world);
      const rows = [
        await measure(world, 'nothing: a worker starts', async () => undefined),
        await measure(world, 'drafts, the text changed', () => changeAllInStripe(world, ids)),
        await measure(world, 'finalized', () =>
          changeAllInStripe(world, ids, (id) => world.stripe.invoices.finalizeInvoice(id)),
        ),
        await measure(world, 'voided', () =>
          changeAllInStripe(world, ids, (id) => world.stripe.invoices.voidInvoice(id)),
        ),
        await measure(world, `${CUSTOMERS} customers, renamed`, () => renameAll(world, customers)),
      ];
      printTable(
        `Calls of the org for ${INVOICES} invoices that changed in Stripe (200 a write: 5 is the floor)`,
        rows,
      );
    },
    { changeStream: true, environment: { CRM_SWEEP_SECONDS: '60' } },
  );
}

/** Accounts that name a customer of Stripe. */
async function customersInSync(world: World): Promise<string[]> {
  const ids = await mapConcurrently([...Array(CUSTOMERS).keys()], 8, async (index) => {
    const { id } = await world.stripe.customers.create({
      name: `Customer ${index}`,
      email: 'ap@example.com',
    });
    await world.admin.create('Account', { Name: `Customer ${index}`, Stripe_Customer_Id__c: id });
    return id;
  });
  await streamIsRead(world);
  return ids;
}

/** The events are received and wait, because no worker runs. */
async function renameAll(world: World, ids: string[]): Promise<void> {
  await mapConcurrently(ids, 8, (id) => world.stripe.customers.update(id, { name: `Renamed ${id}` }));
  await eventually(
    async () => {
      const { rows } = await world.database.pool.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM sync_record WHERE entity = 'customer' AND state = 'dirty' AND stripe_id = ANY($1)`,
        [ids],
      );
      return rows[0]!.waiting === ids.length;
    },
    'all events are received',
    60_000,
  );
}

async function measure(world: World, what: string, change: () => Promise<void>) {
  await world.stopWorker();
  await change();
  await world.control('org', 'DELETE', '/calls');
  await world.startWorker();
  await settled(world);
  await streamIsRead(world);
  const { byPath, queriesOf, queriesTogether, total } = await world.control<
    { total: number } & Record<'byPath' | 'queriesOf' | 'queriesTogether', Record<string, number>>
  >('org', 'GET', '/calls');
  const sum = (counts: Record<string, number>, key: RegExp) =>
    Object.entries(counts).reduce((all, [name, count]) => all + (key.test(name) ? count : 0), 0);
  const writes = sum(byPath, /^(PATCH|DELETE) .*\/composite/);
  const reads =
    sum(queriesOf, INVOICES_AND_WHAT_THEY_NAME) + sum(queriesTogether, INVOICES_AND_WHAT_THEY_NAME);
  return {
    what,
    writes,
    reads,
    'for the invoices': writes + reads,
    'sweeps, prices, deletions, logins': total - writes - reads,
    'queries by object': [
      ...Object.entries(queriesOf),
      ...Object.entries(queriesTogether).map(([objects, count]) => [`${objects} together`, count] as const),
    ]
      .map(([object, count]) => `${object} ${count}`)
      .join(', '),
  };
}

/** All changes of the org have come back, and what they started has ended. */
async function streamIsRead(world: World): Promise<void> {
  const { tip } = await world.control<{ tip: number }>('org', 'GET', '/stream');
  await eventually(
    async () => {
      const { rows } = await world.database.pool.query<{ replay_id: Buffer | null }>(
        `SELECT replay_id FROM cursor WHERE name LIKE 'crm-stream%'`,
      );
      const place = rows[0]?.replay_id;
      return place && Number(place.readBigUInt64BE()) >= tip;
    },
    'the change stream is read to its end',
    300_000,
  );
  await new Promise((resolve) => setTimeout(resolve, ECHOES_MS));
  await settled(world);
}
