import { openStripe } from '../../sync/stripe/client.ts';
import { Gate } from '../../sync/limits/gate.ts';
import { asPerson, inBackground } from '../../sync/limits/priority.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.stopWorker();
  await world.control('stripe', 'POST', '/pace', { latency: [{ ms: 50 }], requestsPerSecond: null });
});
afterAll(() => world?.stop());

const gateOf = (limits: { perSecond: number; atOnce: number }) =>
  new Gate({ side: 'stripe', longestPauseMs: 1000, ...limits });

test.each([
  ['the rate is used up', { perSecond: 20, atOnce: 100 }],
  ['all calls at once are used up', { perSecond: 10_000, atOnce: 2 }],
])('a person is served at once while an import waits because %s', async (_, limits) => {
  const gate = gateOf(limits);
  const stripe = openStripe(world.config.stripe, gate);
  let imported = 0;
  const importing = inBackground(() =>
    Promise.all(
      Array.from({ length: 60 }, () => stripe.customers.list({ limit: 1 }).then(() => (imported += 1))),
    ),
  );
  await stripe.products.list({ limit: 1 });
  const beforeAsking = imported;
  await asPerson(() => stripe.invoices.list({ limit: 1 }));
  expect(imported).toBeLessThan(30);
  expect(gate.state().limiter.waiting.background).toBeGreaterThan(20);
  // The event before had to wait for its turn, but not for the import to end.
  expect(beforeAsking).toBeLessThan(20);
  await importing;
  expect(imported).toBe(60);
  expect(gate.state().limiter).toMatchObject({ inFlight: 0, waiting: { background: 0 } });
});

test('a storm of refusals is met with fewer calls, and every one of them is answered in the end', async () => {
  await world.control('stripe', 'POST', '/pace', { requestsPerSecond: 15 });
  const gate = gateOf({ perSecond: 60, atOnce: 30 });
  const stripe = openStripe(world.config.stripe, gate);
  await Promise.all(Array.from({ length: 40 }, () => stripe.customers.list({ limit: 1 })));
  const { limited } = await world.control<{ limited: number }>('stripe', 'GET', '/pace');
  expect(limited).toBeGreaterThan(0);
  expect(gate.state().limiter.perSecond).toBeLessThan(60);
  expect(gate.breaker.state()).toMatchObject({ state: 'closed', failures: 0 });
});
