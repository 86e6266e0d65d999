import request from 'supertest';
import type { EngineStatus } from '../../sync/store/queueStatus.ts';
import { invoicebridge } from '../cli/invoicebridge.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { OrgUser } from './orgUser.ts';
import { eventually, startWorld, type World } from './world.ts';

const BEFORE = '00DB0000000Old1MAA';

let world: World;
let job: JobSteps;
let known: string;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
  known = await job.raiseAndSync();
  await job.quiet();
});
afterAll(() => world?.stop());

const run = (...args: string[]) => invoicebridge(args, world.environment);
const total = async (side: 'stripe' | 'org') =>
  (await world.control<{ total: number }>(side, 'GET', '/calls')).total;
/** As if the org had been refreshed: our records are those of the org before it, and its sessions have ended. */
async function refreshed(): Promise<void> {
  await world.database.pool.query("UPDATE cursor SET position = $1 WHERE name = 'served-org'", [BEFORE]);
  await world.control('org', 'DELETE', '/sessions');
  world.rep = await OrgUser.login(world.orgUrl, 'Robin Reyes');
  world.admin = await OrgUser.login(world.orgUrl, 'Ada Admin');
  job = await jobSteps(world);
}

test('the org that is served is noted at the first login', async () => {
  expect((await run('adopt-org', '--json')).lines).toEqual([
    { kind: 'adopted', orgId: world.orgId, changed: false },
  ]);
});

describe('an org that was refreshed while a worker runs', () => {
  test('the worker stops on both sides, parks nothing, and says what to do', async () => {
    await refreshed();
    await eventually(async () => world.worker!.engine.gates.salesforce.stopped, 'the worker has noticed');
    const [invoice] = await job.stripeInvoices(known);
    await world.stripe.invoices.update(invoice!.id, { description: 'Of the org before' });
    await world.admin.create('Account', { Name: 'After the refresh', Billing_Email__c: 'new@example.com' });
    await job.raise();
    for (const side of ['stripe', 'org'] as const) await world.control(side, 'DELETE', '/calls');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([await total('stripe'), await total('org')]).toEqual([0, 0]);
    const { rows } = await world.database.pool.query<{ state: string; attempts: number }>(
      'SELECT state, attempts FROM sync_record WHERE stripe_id = $1',
      [invoice!.id],
    );
    expect(rows).toEqual([{ state: 'dirty', attempts: 0 }]);
    const status = await eventually(async () => {
      const { stdout } = await run('status');
      return stdout.includes('adopt-org') && stdout;
    }, 'status says what to do');
    expect(status).toContain(`The org is ${world.orgId}, but the records here are those of ${BEFORE}`);
  });

  test('a worker that is started then does not begin either', async () => {
    await world.stopWorker();
    await world.startWorker();
    await eventually(async () => world.worker!.engine.gates.stripe.stopped, 'the new worker has noticed');
  });

  test('adopt-org first only tells what it means', async () => {
    const told = await run('adopt-org');
    expect(told.code).toBe(1);
    expect(told.stdout).toContain(`Served so far: ${BEFORE}. Found now: ${world.orgId}.`);
    expect(told.stdout).toMatch(/(\d+) of the \1 records asked for .* are in this org/);
    expect(world.worker!.engine.gates.stripe.stopped).toBeDefined();
  });

  test('once it is adopted, the same worker goes on with what was kept', async () => {
    expect(await run('adopt-org', '--yes')).toMatchObject({ code: 0 });
    await eventually(
      async () => (await world.rep.invoice(known)).Description__c === 'Of the org before',
      'the kept event is done',
    );
    await job.quiet();
    const worker = await eventually(async () => {
      const { body } = await request(world.webUrl)
        .get('/v1/status')
        .set('authorization', `Bearer ${world.apiToken}`)
        .set('x-salesforce-org-id', world.orgId);
      const { workers } = body as EngineStatus;
      return workers.find(({ salesforce }) => salesforce.budget?.max) && workers[0];
    }, 'the API says how the worker is');
    expect(worker).toMatchObject({
      workerId: world.worker!.engine.workerId,
      standstill: null,
      stripe: { breaker: { state: 'closed' } },
      salesforce: { budget: { max: 100_000, stopped: [] } },
    });
  });
});

test('records that the other org does not have are counted', async () => {
  await world.stopWorker();
  const gone = await world.admin.create('Account', { Name: 'Only in the org before' });
  await world.admin.delete('Account', gone);
  await world.database.pool.query(
    "INSERT INTO sync_record (entity, crm_id, stripe_id, state) VALUES ('customer', $1, 'cus_gone', 'clean')",
    [gone],
  );
  await refreshed();
  const { stdout } = await run('adopt-org');
  const [, there, asked] = /(\d+) of the (\d+) records asked for/.exec(stdout)!;
  expect(Number(asked) - Number(there)).toBe(1);
  expect(stdout).toContain('The others would count as deleted.');
});
