import { setTimeout as pause } from 'node:timers/promises';
import { OrgError } from '../integration/orgUser.ts';

const MOST_TRIES = 60;

/**
 * A person's own call meets the faults that are meant for the engine, too; a person tries again. Returns undefined for what
 * was refused for good, such as an edit of an invoice that is no draft any more.
 */
export async function persistently<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await untilTaken(call);
  } catch (error) {
    if (passes(error)) throw error;
    return undefined;
  }
}

/** The same, and throws what was refused for good. */
export async function untilTaken<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!passes(error) || tries === MOST_TRIES) throw error;
      await pause(Math.min(5 * tries, 50));
    }
  }
}

function passes(error: unknown): boolean {
  if (error instanceof OrgError && /exclusive access/.test(error.message)) return true;
  const status =
    error instanceof OrgError ? error.status : ((error as { statusCode?: number }).statusCode ?? 0);
  return status === 0 || status === 429 || status === 409 || status >= 500;
}
