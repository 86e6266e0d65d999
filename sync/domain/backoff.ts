const FIRST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;

/** Tries before a record that only ever failed in passing is parked: about a day with the delays below. */
export const MAX_ATTEMPTS = 100;

/**
 * How long to wait before try number `attempts + 1`: doubling from a second to a quarter of an hour, then
 * spread over half of that so that records that failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs(attempts: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20));
  return Math.round(full / 2 + (full / 2) * random);
}
