import { Breaker } from '../../sync/limits/breaker.ts';
import { DailyBudget } from '../../sync/limits/dailyBudget.ts';

let now = 0;
const breaker = () => new Breaker({ longestPauseMs: 8_000, now: () => now, random: () => 1 });
const fails = (one: Breaker, times: number) => {
  for (let n = 0; n < times; n += 1) one.failed();
};
beforeEach(() => (now = 0));

describe('a circuit breaker', () => {
  test('opens after five failures in a row, and not when an answer came between them', async () => {
    const one = breaker();
    fails(one, 4);
    one.succeeded();
    fails(one, 4);
    expect(await one.enter()).toBe(true);
    one.failed();
    expect(await one.enter()).toBe(false);
    expect(one.state()).toMatchObject({ state: 'open', since: 0, nextTryAt: 1000 });
  });

  test('after its pause one call goes first; the others wait for what it shows', async () => {
    const one = breaker();
    fails(one, 5);
    now = 1000;
    expect(await one.enter()).toBe(true);
    const others = Promise.all([one.enter(), one.enter()]);
    one.succeeded();
    expect(await others).toEqual([true, true]);
    expect(one.state()).toMatchObject({ state: 'closed', since: null });
  });

  test('while the side stays down the pauses grow up to the longest, and nobody but the first is let through', async () => {
    const one = breaker();
    fails(one, 5);
    const pauses: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { nextTryAt } = one.state();
      pauses.push(nextTryAt! - now);
      now = nextTryAt!;
      expect(await one.enter()).toBe(true);
      const other = one.enter();
      one.failed();
      expect(await other).toBe(false);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000]);
    expect(one.state().since).toBe(0);
  });

  test('calls that were under way when it opened do not make the pause longer', () => {
    const one = breaker();
    fails(one, 12);
    expect(one.state().nextTryAt).toBe(1000);
  });
});

describe("the org's daily budget", () => {
  const budget = () => new DailyBudget({ backgroundStopsPercent: 30, eventsStopPercent: 5, now: () => now });

  test('everybody may call before the org has said how many calls are left', () => {
    expect(budget().state()).toMatchObject({ used: null, stopped: [] });
  });

  test.each([
    [69, []],
    [70, ['background']],
    [94, ['background']],
    [95, ['event', 'background']],
    [100, ['event', 'background']],
  ])('%d of 100 used: %j stop', (used, stopped) => {
    const one = budget();
    one.note(used, 100);
    expect(one.state().stopped).toEqual(stopped);
    expect(one.allows('person')).toBe(true);
  });

  test('a refusal stops all but people, until the org answers again', () => {
    const one = budget();
    one.note(10, 100);
    one.noteRefusal();
    expect(one.state()).toMatchObject({ refused: true, stopped: ['event', 'background'] });
    expect(one.words).toMatch(/used up/);
    one.note(10, 100);
    expect(one.state().stopped).toEqual([]);
  });
});
