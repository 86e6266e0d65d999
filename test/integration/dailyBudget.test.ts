import { inBackground } from '../../sync/limits/priority.ts';
import { jobSteps, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  world.worker!.engine.settings.askForBudgetMs = 300;
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => used(10));

const used = (count: number) => world.control('org', 'POST', '/usage', { used: count, max: 100_000 });
const stopped = () => world.worker!.engine.gates.salesforce.state().budget!.stopped;
const query = () => world.worker!.engine.org.query('SELECT Id FROM Account LIMIT 1');
const callsOfOrg = async () => (await world.control<{ total: number }>('org', 'GET', '/calls')).total;

test('at 30 % left imports and audits stop with words, events and people go on', async () => {
  await used(70_000);
  await eventually(async () => stopped().includes('background'), 'the org has said how many are left');
  await expect(inBackground(query)).rejects.toMatchObject({
    code: 'crm_budget',
    message: expect.stringMatching(/29 % of the org's API calls.*kept for people/) as string,
  });
  await job.isSynced(await job.raise());
});

test('at 5 % left events wait without a failed try, people are served, and all goes on when calls have aged out', async () => {
  const open = await job.raiseAndSync();
  await job.quiet();
  await used(95_500);
  await eventually(async () => stopped().includes('event'), 'the org has said how many are left');
  const [invoice] = await job.stripeInvoices(open);
  await world.stripe.invoices.update(invoice!.id, { description: 'Can wait' });
  await eventually(
    async () =>
      (
        await world.database.pool.query(
          "SELECT 1 FROM sync_record WHERE stripe_id = $1 AND state = 'dirty'",
          [invoice!.id],
        )
      ).rowCount,
    'the event is kept',
  );
  const raised = await job.raise();
  expect(await world.rep.sync(raised)).toMatchObject({ status: 'done' });
  const [calls, startedAt] = [await callsOfOrg(), Date.now()];
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // The pages of this test call nothing meanwhile; the worker only asks how many calls are left, every 300 ms.
  const made = (await callsOfOrg()) - calls;
  expect(made).toBeLessThanOrEqual(1 + Math.floor((Date.now() - startedAt) / 300));
  expect((await world.rep.invoice(open)).Description__c).not.toBe('Can wait');
  const { rows } = await world.database.pool.query<{ tries: number }>(
    'SELECT max(attempts)::int AS tries FROM sync_record',
  );
  expect(rows[0]!.tries).toBe(0);
  await used(10);
  await eventually(
    async () => (await world.rep.invoice(open)).Description__c === 'Can wait',
    'what waited is done',
  );
});

test('when the org refuses calls, nothing is parked and all goes on when it takes them again', async () => {
  const id = await job.raiseAndSync();
  await job.quiet();
  await used(100_000);
  const [invoice] = await job.stripeInvoices(id);
  await world.stripe.invoices.update(invoice!.id, { description: 'After the refusal' });
  await eventually(
    async () => world.worker!.engine.gates.salesforce.state().budget!.refused,
    'the org has refused a call',
  );
  const answer = await world.rep.sync(id);
  expect(answer.status).toBe('running');
  expect(answer.message).toMatch(/daily API limit is used up.*will be carried out by itself/);
  await used(10);
  await eventually(
    async () => (await world.rep.invoice(id)).Description__c === 'After the refusal',
    'what waited is done',
  );
  await job.quiet();
  const { rows } = await world.database.pool.query("SELECT 1 FROM sync_record WHERE state = 'parked'");
  expect(rows).toEqual([]);
});
