import { Limiter } from '../../sync/limits/limiter.ts';
import type { Priority } from '../../sync/limits/priority.ts';

beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

/** Asks for `count` calls of one kind; each is noted in `order` when it may be made. */
function ask(limiter: Limiter, priority: Priority, { count, order }: { count: number; order: Priority[] }) {
  const releases: (() => void)[] = [];
  for (let n = 0; n < count; n += 1) {
    void limiter.admit(priority).then((release) => {
      order.push(priority);
      releases.push(release);
    });
  }
  return releases;
}

const passing = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('no more calls a second than allowed, beside one burst', async () => {
  const limiter = new Limiter({ perSecond: 20, atOnce: 1000 });
  const order: Priority[] = [];
  ask(limiter, 'event', { count: 100, order });
  await passing(0);
  expect(order).toHaveLength(5);
  await passing(1000);
  expect(order).toHaveLength(25);
  await passing(1000);
  expect(order).toHaveLength(45);
});

test('people come before events, and events before background work', async () => {
  const limiter = new Limiter({ perSecond: 4, atOnce: 1 });
  const order: Priority[] = [];
  const releases = ask(limiter, 'background', { count: 3, order });
  ask(limiter, 'event', { count: 1, order });
  await passing(0);
  expect(order).toEqual(['background']);
  releases[0]!();
  await passing(2000);
  expect(order).toEqual(['background', 'event']);
});

test('a person does not wait for the calls of others to end, nor for their rate', async () => {
  const limiter = new Limiter({ perSecond: 8, atOnce: 2 });
  const order: Priority[] = [];
  ask(limiter, 'background', { count: 10, order });
  await passing(0);
  expect(order).toEqual(['background', 'background']);
  ask(limiter, 'person', { count: 1, order });
  await passing(0);
  expect(order).toEqual(['background', 'background', 'person']);
});

test('what ends makes room for one more, however often its end is told', async () => {
  const limiter = new Limiter({ perSecond: null, atOnce: 1 });
  const order: Priority[] = [];
  const releases = ask(limiter, 'event', { count: 3, order });
  await passing(0);
  releases[0]!();
  releases[0]!();
  await passing(0);
  expect(order).toHaveLength(2);
  expect(limiter.state()).toMatchObject({ inFlight: 1, waiting: { event: 1 } });
});

test('a complaint stops everybody for as long as was asked, halves the rate, and peace brings it back', async () => {
  const limiter = new Limiter({ perSecond: 40, atOnce: 1000 });
  // Calls in flight complain together: that is one complaint.
  limiter.slowDown(2000);
  limiter.slowDown(1000);
  const order: Priority[] = [];
  ask(limiter, 'person', { count: 1, order });
  await passing(1999);
  expect(order).toEqual([]);
  expect(limiter.state().perSecond).toBe(20);
  await passing(2);
  expect(order).toEqual(['person']);
  await passing(5000);
  expect(limiter.state().perSecond).toBeGreaterThan(25);
  expect(limiter.state().perSecond).toBeLessThan(40);
  await passing(20_000);
  expect(limiter.state().perSecond).toBe(40);
});
