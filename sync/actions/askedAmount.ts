import { MoneyError, toMinorUnits } from '../domain/money.ts';
import { PermanentFailure } from '../failure.ts';

/** An amount that somebody typed, in minor units. */
export function askedAmount(amount: number, currency: string): number {
  try {
    return toMinorUnits(amount, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw new PermanentFailure({
      code: 'invalid_amount',
      stage: 'decide',
      message: `${error.message} Correct the amount and try again.`,
    });
  }
}
