import { setTimeout as pause } from 'node:timers/promises';
import type { Simulated } from './simulated.ts';

const MOST_TRIES = 60;

/** What people do in the org's own pages: merge, undelete. Returns whether the org took it. */
export async function inSetup(
  { world }: Simulated,
  path: '/merge' | '/undelete',
  body: object,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await world.control('org', 'POST', path, body);
      return true;
    } catch (error) {
      const isLocked = /exclusive access/.test(String(error));
      if (!isLocked || tries === MOST_TRIES) return false;
      await pause(Math.min(5 * tries, 50));
    }
  }
}
