import type { Check } from '../../server/cli/doctor/check.ts';
import { clockCheck } from '../../server/cli/doctor/clock.ts';
import { checkSalesforce } from '../../server/cli/doctor/salesforceChecks.ts';
import { checkStripe } from '../../server/cli/doctor/stripeChecks.ts';
import { checkWorkers } from '../../server/cli/doctor/workerChecks.ts';
import { reportWorker, type WorkerState } from '../../sync/store/workerStates.ts';
import { startWorld, type World } from '../integration/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.stopWorker();
  await world.database.pool.query(
    "INSERT INTO cursor (name, position) VALUES ('crm-sweep-Account', 'x'), ('stripe-events', '1') ON CONFLICT DO NOTHING",
  );
});
afterAll(() => world?.stop());

const named = (checks: Check[], name: string) => checks.find((check) => check.name === name);
const failures = (checks: Check[]) => checks.filter(({ state }) => state !== 'ok').map(({ name }) => name);

describe('the workers', () => {
  const gate = (side: 'stripe' | 'salesforce'): WorkerState['stripe'] => ({
    side,
    breaker: { state: 'closed', failures: 0, since: null, nextTryAt: null },
    limiter: {
      perSecond: side === 'stripe' ? 20 : null,
      mostPerSecond: side === 'stripe' ? 20 : null,
      inFlight: 0,
      waiting: { person: 0, event: 0, background: 0 },
      slowedDownAt: null,
    },
    budget: null,
    refusal: null,
    calls: 0,
  });
  const report = (state: Partial<WorkerState>) =>
    reportWorker(world.database, {
      workerId: 'w1',
      startedAt: new Date(),
      state: {
        stripe: gate('stripe'),
        salesforce: gate('salesforce'),
        stream: null,
        standstill: null,
        ...state,
      },
    });
  const withStream = () =>
    checkWorkers({ ...world.config, changeStream: { url: 'localhost:1', topic: '/data/ChangeEvents' } });
  afterEach(() => world.database.pool.query('DELETE FROM worker_state'));

  test('none that runs', async () => {
    expect(await checkWorkers(world.config)).toMatchObject([{ name: 'running', state: 'failed' }]);
  });

  test('one that stands still says why', async () => {
    await report({ standstill: 'Stripe has not answered since noon.' });
    expect(named(await checkWorkers(world.config), 'at work')).toMatchObject({
      state: 'failed',
      detail: 'Stripe has not answered since noon.',
    });
  });

  test('one that Stripe has slowed down', async () => {
    const stripe = gate('stripe');
    await report({
      stripe: { ...stripe, limiter: { ...stripe.limiter, perSecond: 5, slowedDownAt: Date.now() } },
    });
    expect(named(await checkWorkers(world.config), 'rate of calls to Stripe')).toMatchObject({
      state: 'warning',
    });
  });

  test('passes that have not ended for long', async () => {
    await report({});
    await world.database.pool.query("UPDATE cursor SET moved_at = now() - interval '1 day'");
    const checks = await checkWorkers({ ...world.config, crmSweepSeconds: 60, stripeCatchUpSeconds: 300 });
    expect(failures(checks)).toEqual(['sweep of the org', "reading of Stripe's log"]);
    expect(named(checks, 'sweep of the org')!.detail).toBe('Last done 24 h ago, every 60 s is set.');
    await world.database.pool.query('UPDATE cursor SET moved_at = now()');
    expect(failures(await checkWorkers(world.config))).toEqual([]);
  });

  test.each([
    ['subscribed', Date.now(), 'ok', /read by w1/],
    ['subscribed', Date.now() - 3_600_000, 'warning', /No sign of it for 60 min/],
    ['unavailable', null, 'warning', /gives none out/],
    ['waiting', null, 'warning', /Nobody reads it/],
  ] as const)(
    'a change stream that is %s, with its last sign at %s: %s',
    async (role, answeredAt, state, said) => {
      await report({ stream: { topic: '/data/ChangeEvents', role, answeredAt } });
      const check = named(await withStream(), 'change stream')!;
      expect(check).toMatchObject({ state, detail: expect.stringMatching(said) as string });
    },
  );
});

describe('the clock', () => {
  const theirs = 'Sat, 21 Nov 2026 12:00:00 GMT';

  test.each([
    ['2026-11-21T12:00:02Z', 'ok', 'as ours'],
    ['2026-11-21T12:00:40Z', 'warning', 'Our clock is 40 seconds ahead.'],
    ['2026-11-21T11:55:00Z', 'failed', 'Our clock is 300 seconds behind.'],
  ])('at %s: %s', (at, state, detail) => {
    expect(clockCheck('stripe', theirs, new Date(at))).toMatchObject({ state, detail });
  });

  test('is compared with that of either side', async () => {
    const late = () => new Date(Date.now() + 600_000);
    const { salesforce: org, stripe: credentials } = world.config;
    const checks = [
      ...(await checkSalesforce(org, { tokenOrgs: null, livemode: false, now: late })),
      ...(await checkStripe(credentials, { publicUrl: world.webUrl, livemode: false, now: late })),
    ];
    const clocks = checks.filter(({ name }) => name === 'clock');
    expect(clocks.map(({ area, state }) => [area, state])).toEqual([
      ['salesforce', 'failed'],
      ['stripe', 'failed'],
    ]);
  });
});
