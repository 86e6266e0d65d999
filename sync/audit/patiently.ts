import { setTimeout as sleep } from 'node:timers/promises';
import { RetryableFailure, SideRefusal } from '../failure.ts';

const TRIES = 6;
const FIRST_MS = 500;

/** Tries again what fails in passing: one refused page must not end the reading of a hundred thousand records. */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RetryableFailure) || error instanceof SideRefusal || attempt === TRIES)
        throw error;
      await sleep(error.retryAfterMs ?? FIRST_MS * 2 ** (attempt - 1));
    }
  }
}
