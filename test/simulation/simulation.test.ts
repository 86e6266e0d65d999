import { simulate } from './simulate.ts';

// Long runs with seeds of their own: `npm run simulate`. Faults befall the lives of `lives.test.ts`, too.
const RUNS = 60;
const SEED = 20261121;
// What the keepers of customers and prices do beside takes time: here once, in long runs always.
const KEPT_ROUNDS = 1;

jest.setTimeout(20 * 60_000);

test(`${RUNS} random histories with faults and kill -9 end right: both sides equal, no edit lost, nothing done twice`, async () => {
  expect(await simulate({ runs: RUNS, seed: SEED, keptRounds: KEPT_ROUNDS })).toBe(RUNS);
});
