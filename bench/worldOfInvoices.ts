import { mapConcurrently } from '../sync/flows/concurrency.ts';
import { eventually, startWorld, type World, type WorldOptions } from '../test/integration/world.ts';
import { withOwnPostgres } from './ownPostgres.ts';

/** The whole product and both sandboxes on loopback, on a durable PostgreSQL. */
export async function withWorld(
  work: (world: World) => Promise<void>,
  { environment = {}, ...options }: WorldOptions = {},
): Promise<void> {
  await withOwnPostgres(async () => {
    // The lease of production: a busy machine must not make a worker lose its own.
    const world = await startWorld({ environment: { LEASE_SECONDS: '30', ...environment }, ...options });
    try {
      await work(world);
    } finally {
      await world.stop();
    }
  });
}

/** An Account's Stripe customer, made by syncing an invoice of it. */
export async function customerOf(
  world: World,
): Promise<{ customer: string; crmId: string; stripeId: string }> {
  const [account] = await world.rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  );
  const products = await world.rep.apex<{ name: string }[]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  const crmId = await world.rep.raiseInvoice({
    account: account!.Name,
    lines: [{ product: products[0]!.name, quantity: 2 }],
  });
  const { invoice } = await world.rep.sync(crmId);
  const { customer } = await world.stripe.invoices.retrieve(invoice.stripeId!);
  return {
    customer: typeof customer === 'string' ? customer : customer!.id,
    crmId,
    stripeId: invoice.stripeId!,
  };
}

/** Drafts with one line, made in Stripe and brought into the org. */
export async function invoicesInSync(world: World, count: number): Promise<string[]> {
  const { customer } = await customerOf(world);
  const ids = await mapConcurrently(Array.from({ length: count }), 8, async () => {
    const { id } = await world.stripe.invoices.create({
      customer,
      currency: 'usd',
      collection_method: 'send_invoice',
      days_until_due: 30,
      auto_advance: false,
    });
    await world.stripe.invoices.addLines(id, {
      lines: [{ description: 'Work', amount: 12_345 }],
    });
    return id;
  });
  await settled(world);
  return ids;
}

/** Changes all of them; the events are received and wait, because no worker runs. */
export async function changeAllInStripe(
  world: World,
  ids: string[],
  change: (id: string) => Promise<unknown> = newDescription(world),
): Promise<void> {
  await mapConcurrently(ids, 8, change);
  await eventually(
    async () => {
      const { rows } = await world.database.pool.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM sync_record WHERE entity = 'invoice' AND state = 'dirty' AND stripe_id = ANY($1)`,
        [ids],
      );
      return rows[0]!.waiting === ids.length;
    },
    'all events are received',
    60_000,
  );
}

function newDescription(world: World): (id: string) => Promise<unknown> {
  const description = `Changed at ${new Date().toISOString()}`;
  return (id) => world.stripe.invoices.update(id, { description });
}

/** Nothing is waiting and nothing is in work. */
export async function settled(world: World): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await world.database.pool.query(
        `SELECT 1 FROM sync_record WHERE state = 'dirty' OR lease_until > now() LIMIT 1`,
      );
      return rows.length === 0;
    },
    'everything is in sync',
    180_000,
  );
}

export async function calls(world: World, side: 'stripe' | 'org'): Promise<Record<string, number>> {
  return (await world.control<{ byPath: Record<string, number> }>(side, 'GET', '/calls')).byPath;
}
