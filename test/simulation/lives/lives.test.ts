import { live } from './live.ts';

const LIVES = 60;
const SEED = 20261121;

jest.setTimeout(20 * 60_000);

test(`${LIVES} random lives of invoices end the same on both sides`, async () => {
  const told = await live({ lives: LIVES, seed: SEED });
  expect(told.counts.size).toBeGreaterThan(30);
});
