import { isSyncFailure } from '../../../sync/failure.ts';

export type Area = 'settings' | 'database' | 'worker' | 'salesforce' | 'stripe';

/** One thing that was looked at, and how to mend it where it is not as it must be. */
export interface Check {
  area: Area;
  name: string;
  state: 'ok' | 'warning' | 'failed';
  detail: string;
  mend?: string;
}

export interface Mendable {
  detail: string;
  mend: string;
}

/** Makes the checks of one area. */
export const checksOf = (area: Area) => ({
  ok: (name: string, detail: string): Check => ({ area, name, state: 'ok', detail }),
  warning: (name: string, found: Mendable): Check => ({ area, name, state: 'warning', ...found }),
  failed: (name: string, found: Mendable): Check => ({ area, name, state: 'failed', ...found }),
});

/** What went wrong in words, without a stack; failures of the edges bring their next step along. */
export function words(error: unknown): string {
  if (isSyncFailure(error)) return error.message;
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  return [message || String(error), cause?.message].filter(Boolean).join(': ');
}
