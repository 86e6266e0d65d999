import { setTimeout as pause } from 'node:timers/promises';
import { OrgError, type OrgUser } from '../../integration/orgUser.ts';
import type { World } from '../../integration/world.ts';
import { untilTaken } from '../persistently.ts';

const MOST_LOGINS = 50;

/** What somebody does in the org, where everybody may be logged out at any moment, and meets the engine's faults, too. */
export function asPerson<T>(
  world: World,
  who: 'rep' | 'admin',
  work: (user: OrgUser) => Promise<T>,
): Promise<T> {
  return untilTaken(async () => {
    for (let tries = 1; ; tries++)
      try {
        return await work(world[who]);
      } catch (error) {
        if (!(error instanceof OrgError && error.status === 401) || tries === MOST_LOGINS) throw error;
        await pause(100);
      }
  });
}
