import { openLog } from '../../server/wiring.ts';
import { startWorker, type Worker } from '../../server/worker.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let second: Worker | undefined;
beforeAll(async () => {
  world = await startWorld({ environment: { STRIPE_REQUESTS_PER_SECOND: '20' } });
  second = await startWorker(world.config, openLog(world.config, 'test'));
});
afterAll(async () => {
  await second?.stop();
  await world?.stop();
});

const mostOf = (worker: Worker) => worker.engine.gates.stripe.state().limiter.mostPerSecond;
const list = (worker: Worker, calls: number) =>
  Promise.all(Array.from({ length: calls }, () => worker.engine.stripe.customers.list({ limit: 1 })));

test('two workers together stay within what Stripe takes, without being told to by its 429s', async () => {
  const first = world.worker!;
  await eventually(async () => mostOf(first) === 10 && mostOf(second!) === 10, 'each has its half');
  // Each with all of the rate would come to 40; what a busy machine has held up arrives at once.
  await world.control('stripe', 'POST', '/pace', { requestsPerSecond: 32 });
  await Promise.all([list(first, 40), list(second!, 40)]);
  const { limited } = await world.control<{ limited: number }>('stripe', 'GET', '/pace');
  expect(limited).toBe(0);
  expect(first.engine.gates.stripe.state().limiter.slowedDownAt).toBeNull();
});

test('one that ends leaves its part to the other at once, one that is killed when it has been silent', async () => {
  const first = world.worker!;
  await world.database.pool.query(
    `INSERT INTO worker_state (worker_id, started_at, state, seen_at)
     VALUES ('killed', now(), '{"command": "backfill"}', now() - interval '7 seconds')`,
  );
  await eventually(async () => mostOf(first) === 6.7, 'it is shared by three');
  await second!.stop();
  second = undefined;
  await eventually(async () => mostOf(first) === 20, 'it has all of it');
});
