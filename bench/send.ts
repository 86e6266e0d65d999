import { randomUUID } from 'node:crypto';
import type { World } from '../test/integration/world.ts';
import { median, printTable, round } from './table.ts';
import { calls, settled, withWorld } from './worldOfInvoices.ts';

const TIMES = 20;
const DELAY_MS = 100;

/** Send To Customer beside the four calls that it needs, in turns, with every call of both sides slowed down as over the internet. */
export async function send(): Promise<void> {
  await withWorld(async (world) => {
    const drafts = await Promise.all(Array.from({ length: 2 * TIMES }, () => draft(world)));
    await settled(world);
    const match = { path: '^/services/data/v67\\.0/(composite|query|sobjects)' };
    await world.control('org', 'POST', '/faults', { match, kind: 'delay', delayMs: DELAY_MS });
    await world.control('stripe', 'POST', '/faults', { kind: 'delay', delayMs: DELAY_MS });
    const [ours, bare]: number[][] = [[], []];
    await Promise.all([
      world.control('org', 'DELETE', '/calls'),
      world.control('stripe', 'DELETE', '/calls'),
    ]);
    const made: [string, number][] = [];
    for (let time = 0; time < TIMES; time++) {
      ours!.push(await timed(() => pressSend(world, drafts[2 * time]!.crmId)));
      if (time === 0)
        made.push(
          ...Object.entries(await calls(world, 'org')),
          ...Object.entries(await calls(world, 'stripe')),
        );
      await settled(world);
      bare!.push(await timed(() => bareCalls(world, drafts[2 * time + 1]!)));
      await settled(world);
    }
    await Promise.all([
      world.control('org', 'DELETE', '/faults'),
      world.control('stripe', 'DELETE', '/faults'),
    ]);
    printTable(
      `Send To Customer, ${TIMES} times in turns, every call of both sides delayed by ${DELAY_MS} ms`,
      [
        { what: 'the four calls alone', 'median, ms': round(median(bare!), 0), ratio: '' },
        {
          what: 'Send To Customer',
          'median, ms': round(median(ours!), 0),
          ratio: round(median(ours!) / median(bare!)),
        },
      ],
    );
    console.log(
      `Calls of the first send:\n  ${made.map(([call, times]) => `${times} x ${call}`).join('\n  ')}`,
    );
  });
}

interface Draft {
  crmId: string;
  stripeId: string;
}

async function draft(world: World): Promise<Draft> {
  const [account] = await world.rep.query<{ Name: string }>(
    'SELECT Name FROM Account WHERE Billing_Email__c != null ORDER BY Name LIMIT 1',
  );
  const products = await world.rep.apex<{ name: string }[]>('RaiseInvoiceController', 'getProducts', {
    searchText: '',
  });
  const lines = [{ product: products[0]!.name, quantity: 2 }];
  const crmId = await world.rep.raiseInvoice({ account: account!.Name, lines });
  const { invoice } = await world.rep.sync(crmId);
  return { crmId, stripeId: invoice.stripeId! };
}

async function pressSend(world: World, crmId: string): Promise<void> {
  const response = await fetch(`${world.webUrl}/v1/invoices/${crmId}/send`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${world.apiToken}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'x-salesforce-org-id': world.orgId,
    },
    body: '{}',
  });
  if (response.status !== 200) throw new Error(`send: ${response.status} ${await response.text()}`);
}

/** Read both sides, have Stripe send it, write the org: what no program can do without. */
async function bareCalls(world: World, { crmId, stripeId }: Draft): Promise<void> {
  await world.admin.query(
    `SELECT Id, Description__c, (SELECT Id FROM Invoice_Lines__r) FROM Invoice__c WHERE Id = '${crmId}'`,
  );
  await world.stripe.invoices.retrieve(stripeId);
  await world.stripe.invoices.sendInvoice(stripeId, {}, { idempotencyKey: randomUUID() });
  await world.admin.update('Invoice__c', crmId, {});
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
