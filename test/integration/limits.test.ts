import { setTimeout as pause } from 'node:timers/promises';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(async () => {
  await withoutFaults(world);
  await world.control('stripe', 'POST', '/pace', {});
});

const fault = (side: 'stripe' | 'org', body: object) => world.control(side, 'POST', '/faults', body);
const down = (side: 'stripe' | 'org', kind: object = { kind: 'status', status: 503 }) =>
  fault(side, {
    match: { path: side === 'stripe' ? '.*' : '/services/data/v67.0/(query|composite)' },
    ...kind,
  });
const gates = () => world.worker!.engine.gates;
const callsOf = async (side: 'stripe' | 'org') =>
  (await world.control<{ total: number }>(side, 'GET', '/calls')).total;

interface Row {
  state: string;
  attempts: number;
}
const rowOf = async (crmId: string): Promise<Row> =>
  (await world.database.pool.query<Row>('SELECT state, attempts FROM sync_record WHERE crm_id = $1', [crmId]))
    .rows[0]!;

test('Stripe takes five calls a second and refuses the rest: all arrives, and no record has a failed try', async () => {
  await world.control('stripe', 'POST', '/pace', { requestsPerSecond: 5 });
  const ids = [];
  for (let n = 0; n < 6; n += 1) ids.push(await job.raise([{ product: job.products[0]!.name, quantity: 1 }]));
  for (const id of ids) await job.isSynced(id);
  const { limited } = await world.control<{ limited: number }>('stripe', 'GET', '/pace');
  expect(limited).toBeGreaterThan(0);
  expect(gates().stripe.state().limiter.perSecond).toBeLessThan(10_000);
  const { rows } = await world.database.pool.query<{ tries: number }>(
    'SELECT coalesce(max(attempts), 0)::int AS tries FROM sync_record',
  );
  expect(rows[0]!.tries).toBe(0);
  await world.control('stripe', 'POST', '/pace', {});
  for (const id of ids) expect(await job.stripeInvoices(id)).toHaveLength(1);
});

describe.each([
  ['Stripe', 'stripe', 'stripe', { kind: 'status', status: 503 }],
  ['Stripe, which resets every connection,', 'stripe', 'stripe', { kind: 'resetBefore' }],
  ['the org', 'org', 'salesforce', { kind: 'status', status: 503 }],
  ['the org, which resets every connection,', 'org', 'salesforce', { kind: 'resetBefore' }],
] as const)('while %s is down', (_, side, gate, kind) => {
  test('it is asked rarely, no try is counted, nothing is parked, and all goes on when it is back', async () => {
    const synced = await job.raiseAndSync();
    const stripeId = (await job.stripeInvoices(synced))[0]!.id;
    await job.quiet();
    await world.stopWorker();
    // Work of both kinds: an invoice that is new, and news of one that is in sync.
    const raised = await job.raise();
    await world.stripe.invoices.update(stripeId, { description: 'Changed before the outage' });
    await down(side, kind);
    await world.startWorker();
    await eventually(async () => gates()[gate].breaker.isDown, 'the outage is noticed');
    await pause(500);
    await world.control(side, 'DELETE', '/calls');
    const lookedAt = Date.now();
    await pause(2_000);
    // A look every 0.5 s at most, spread; without a breaker it would be every waiting record, again and again.
    const made = await callsOf(side);
    expect(made).toBeLessThanOrEqual(4 * (1 + Math.floor((Date.now() - lookedAt) / 500)));
    expect(gates()[gate].state().breaker).toMatchObject({ since: expect.any(Number) as number });
    const { rows } = await world.database.pool.query<Row & { error_code: string }>(
      "SELECT state, attempts, error_code FROM sync_record WHERE state <> 'clean'",
    );
    for (const row of rows) {
      expect(row.state).toBe('dirty');
      expect(row.attempts).toBeLessThanOrEqual(1);
    }
    await withoutFaults(world);
    await job.isSynced(raised);
    expect(await job.stripeInvoices(raised)).toHaveLength(1);
    await job.quiet();
    expect(await world.rep.invoice(synced)).toMatchObject({ Description__c: 'Changed before the outage' });
    expect(gates()[gate].state().breaker).toMatchObject({ state: 'closed', since: null });
    expect((await rowOf(raised)).attempts).toBe(0);
  });

  test('a button answers at once that the work is kept, and it is done when the side is back', async () => {
    const id = await job.raiseAndSync();
    await job.quiet();
    await down(side, kind);
    await eventually(async () => {
      await world.worker!.engine.stripe.balance.retrieve().catch(() => undefined);
      await world.worker!.engine.org.query('SELECT Id FROM Account LIMIT 1').catch(() => undefined);
      return gates()[gate].breaker.isDown;
    }, 'the outage is noticed');
    const startedAt = Date.now();
    const answer = await world.rep.send(id);
    expect(answer.status).toBe('running');
    expect(answer.message).toMatch(
      /(Stripe does not answer right now|Salesforce cannot be reached).*will be carried out by itself/,
    );
    // It does not use up the minute for which a button waits here.
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    await withoutFaults(world);
    await job.becomes(id, 'Open');
    const [invoice] = await job.stripeInvoices(id);
    expect(await job.mailsOf(invoice!.id)).toHaveLength(1);
  });
});
