import { simulate } from './simulate.ts';

// The same histories every time, so that a failure here is one that can be looked at; `npm run simulate` draws new ones.
const SEED = 20_261_121;
// As many as fit into the time that a test run has for them. A run takes about half a second on two free cores.
const WITHIN_MS = 40_000;
const MOST_RUNS = 200;
const FEWEST_RUNS = 8;

test('random histories of edits, payments, faults and kill -9 end with both sides equal, nothing lost and nothing doubled', async () => {
  const runs = await simulate({ runs: MOST_RUNS, seed: SEED, withinMs: WITHIN_MS });
  console.log(`${runs} simulated histories ended right; npm run simulate makes as many as you like.`);
  expect(runs).toBeGreaterThanOrEqual(FEWEST_RUNS);
}, 240_000);
