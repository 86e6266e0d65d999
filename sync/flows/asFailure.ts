import { MoneyError } from '../domain/money.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';

/** What keeps one record from being synced, as a value: it must not hold up the others. */
export async function asFailure<T>(work: () => Promise<T>): Promise<T | SyncFailure> {
  try {
    return await work();
  } catch (error) {
    if (isSyncFailure(error)) return error;
    if (error instanceof MoneyError) {
      return new PermanentFailure({
        code: 'amount',
        stage: 'decide',
        message: `${error.message} Correct the amount.`,
      });
    }
    throw error;
  }
}
