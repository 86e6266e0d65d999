import { runDueAudit } from '../../sync/audit/scheduledAudit.ts';
import { dueAuditRun, finishAuditRun, requestAuditAfterGap } from '../../sync/store/auditRuns.ts';
import { jobSteps, withoutFaults, type JobSteps } from '../integration/jobSteps.ts';
import { eventually, startWorld, type World } from '../integration/world.ts';

let world: World;
let steps: JobSteps;
beforeAll(async () => {
  // However few the connections are, an audit takes none of them away for long.
  world = await startWorld({ environment: { DATABASE_POOL_SIZE: '2' } });
  steps = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));
beforeEach(() => world.database.pool.query('DELETE FROM audit_run'));

const signal = new AbortController().signal;
const get = (path: string, accept = 'application/json') =>
  fetch(world.webUrl + path, {
    headers: {
      accept,
      authorization: `Bearer ${world.apiToken}`,
      'x-salesforce-org-id': world.orgId,
    },
  });
const agesCursor = (name: string, days: number) =>
  world.database.pool.query(
    `INSERT INTO cursor (name, position, moved_at) VALUES ($1, '1', now() - make_interval(days => $2))
     ON CONFLICT (name) DO UPDATE SET moved_at = excluded.moved_at`,
    [name, days],
  );

test('what no event told is found when the audit is due, mended, and reported as JSON and as a page', async () => {
  const id = await steps.raiseAndSend();
  await steps.quiet();
  await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'drop' });
  await world.stripe.invoices.markUncollectible((await steps.stripeInvoice(id)).id);
  const { engine } = world.worker!;
  expect(await runDueAudit(engine, { everyHours: 24, signal })).toBe(true);
  await steps.becomes(id, 'Uncollectible');
  expect(await runDueAudit(engine, { everyHours: 24, signal })).toBe(false);

  const { audits } = (await (await get('/v1/audits')).json()) as { audits: { id: string }[] };
  expect(audits).toMatchObject([{ reason: 'schedule', heal: true, differing: 1, error: null }]);
  expect(await (await get(`/v1/audits/${audits[0]!.id}`)).json()).toMatchObject({
    differences: [{ entity: 'invoice', crmId: id, kind: 'differs' }],
  });
  const page = await get(`/v1/audits/${audits[0]!.id}`, 'text/html');
  expect(await page.text()).toContain('<h1>1 record differs</h1>');
  expect((await get('/v1/audits/999')).status).toBe(404);
});

test('two workers run it once', async () => {
  const { engine } = world.worker!;
  const ran = await Promise.all([1, 2, 3].map(() => runDueAudit(engine, { everyHours: 24, signal })));
  expect(ran.filter(Boolean)).toHaveLength(1);
});

test('without a schedule none runs by itself', async () => {
  expect(await runDueAudit(world.worker!.engine, { everyHours: 0, signal })).toBe(false);
});

test.each([
  ['Stripe’s events', 'stripe-events', 31],
  ['the org’s changes', 'crm-sweep-Account', 16],
])('a worker that starts after %s were unread for too long compares everything', async (_, cursor, days) => {
  await world.stopWorker();
  expect(await requestAuditAfterGap(world.database)).toBe(false);
  await agesCursor(cursor, days);
  await world.startWorker();
  await eventually(
    async () =>
      (
        await world.database.pool.query(
          `SELECT 1 FROM audit_run WHERE reason = 'gap' AND finished_at IS NOT NULL AND error IS NULL`,
        )
      ).rows[0],
    'the audit has run',
  );
});

test('one that was broken off by its worker’s end is taken up again; one that failed, an hour later', async () => {
  const { engine } = world.worker!;
  const ended = new AbortController();
  ended.abort();
  await runDueAudit(engine, { everyHours: 24, signal: ended.signal });
  const left = await dueAuditRun(world.database, 24);
  expect(left).toMatchObject({ reason: 'schedule', finishedAt: null, error: null });

  await finishAuditRun(world.database, left!.id, { error: 'Stripe did not answer.' });
  expect(await dueAuditRun(world.database, 0)).toBeUndefined();
  await world.database.pool.query(`UPDATE audit_run SET started_at = now() - interval '61 minutes'`);
  expect(await dueAuditRun(world.database, 0)).toMatchObject({ reason: 'schedule', finishedAt: null });
});
