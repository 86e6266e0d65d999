import { openEngine, openLog } from '../../server/wiring.ts';
import { convergeDue } from '../../sync/flows/convergeDue.ts';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import { readCrmInvoices } from '../../sync/salesforce/readInvoices.ts';
import { allStruck, jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld();
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(async () => {
  await withoutFaults(world);
  if (!world.worker) await world.startWorker();
});

interface Calls {
  byPath: Record<string, number>;
  queriesOf: Record<string, number>;
  queriesTogether: Record<string, number>;
}

async function callsOfOrg(during: () => Promise<unknown>): Promise<Calls & { writes: number }> {
  await world.control('org', 'DELETE', '/calls');
  await during();
  const calls = await world.control<Calls>('org', 'GET', '/calls');
  const writes = Object.entries(calls.byPath).reduce(
    (sum, [path, count]) => sum + (/^(PATCH|DELETE) .*\/composite/.test(path) ? count : 0),
    0,
  );
  return { ...calls, writes };
}

/** Invoices that finance has given another text while no worker ran. */
async function changedDrafts(count: number): Promise<{ id: string; stripeId: string }[]> {
  const drafts: { id: string; stripeId: string }[] = [];
  for (let index = 0; index < count; index++) {
    const id = await job.raiseAndSync();
    drafts.push({ id, stripeId: (await job.stripeInvoice(id)).id });
  }
  await job.quiet();
  await world.stopWorker();
  for (const { stripeId } of drafts)
    await world.stripe.invoices.update(stripeId, { description: 'By finance' });
  await eventually(async () => {
    const { rows } = await world.database.pool.query(
      `SELECT FROM sync_record WHERE state = 'dirty' AND stripe_id = ANY($1)`,
      [drafts.map(({ stripeId }) => stripeId)],
    );
    return rows.length === count;
  }, 'all webhooks are here');
  return drafts;
}

async function converge(limit: number): Promise<void> {
  const { engine, close } = await openEngine(world.config, openLog(world.config, 'test'));
  try {
    await convergeDue(engine, 'invoice', limit);
  } finally {
    await close();
  }
}

test('drafts that changed in Stripe are claimed in small parts, read together, and written together', async () => {
  const drafts = await changedDrafts(7);
  const calls = await callsOfOrg(() => converge(3));
  expect(calls.queriesOf).toEqual({ Invoice__c: 1 });
  expect(calls.writes).toBe(1);
  for (const { id } of drafts) expect((await world.rep.invoice(id)).Description__c).toBe('By finance');
});

test('a record that needs more than a look at the org is not kept waiting for others', async () => {
  const drafts = await changedDrafts(4);
  await world.database.pool.query(
    'UPDATE sync_record SET crm_dirty = true, next_attempt_at = $2 WHERE crm_id = $1',
    [drafts[3]!.id, new Date(0)],
  );
  await converge(2);
  const { rows } = await world.database.pool.query<{ crm_id: string }>(
    `SELECT crm_id FROM sync_record WHERE state = 'clean' AND crm_id = ANY($1)`,
    [drafts.map(({ id }) => id)],
  );
  expect(rows).toHaveLength(2);
  expect(rows.map(({ crm_id }) => crm_id)).toContain(drafts[3]!.id);
});

test('what Stripe says is read again before it is overwritten with an edit that the look at the org has shown', async () => {
  const [draft] = await changedDrafts(1);
  await world.rep.update('Invoice__c', draft!.id, { Description__c: 'By the rep' });
  await world.control('org', 'POST', '/faults', {
    match: { method: 'GET', path: '/query' },
    kind: 'delay',
    hold: true,
    times: 1,
  });
  const converged = converge(200);
  await allStruck(world, 'org');
  await world.stripe.invoices.update(draft!.stripeId, { description: 'By finance, later' });
  await world.control('org', 'DELETE', '/faults');
  await converged;
  const { rows } = await world.database.pool.query(
    `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record ON sync_record.id = record_id
     WHERE crm_id = $1`,
    [draft!.id],
  );
  expect(rows).toEqual([
    {
      field: 'description',
      stripe_value: 'By finance, later',
      crm_value: 'By the rep',
      winner: 'salesforce',
    },
  ]);
  expect((await job.stripeInvoice(draft!.id)).description).toBe('By the rep');
});

test('more than 200 invoices are read in one call', async () => {
  const [first, last] = [await job.raiseAndSync(), await job.raiseAndSync()];
  const stripeId = (await job.stripeInvoice(last)).id;
  const nobodys = Array.from({ length: 298 }, (_, index) =>
    toLongId(`${first.slice(0, 3)}Zz${String(index).padStart(10, '0')}`)!,
  );
  const { org } = world.worker!.engine;
  let read: Awaited<ReturnType<typeof readCrmInvoices>> = [];
  const calls = await callsOfOrg(async () => {
    read = await readCrmInvoices(org, {
      crmIds: [first, ...nobodys],
      stripeIds: [stripeId],
      defaultCurrency: 'usd',
    });
  });
  expect(read.map(({ id }) => id)).toEqual([first, last]);
  expect(read.every((one) => 'invoice' in one && one.invoice.lines.length === 2)).toBe(true);
  expect(calls).toMatchObject({ queriesOf: {}, queriesTogether: { Invoice__c: 1 } });
});
