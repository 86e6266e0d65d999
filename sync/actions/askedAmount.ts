import { MoneyError, toMinorUnits } from '../domain/money.ts';
import { refused } from './stepContext.ts';

/** An amount that somebody typed, in minor units. */
export const askedAmount = (amount: number, currency: string): number =>
  asked(() => toMinorUnits(amount, currency));

/** A number that somebody typed, as the engine counts; what cannot be counted is refused in words. */
export function asked<T>(count: () => T): T {
  try {
    return count();
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw refused('invalid_amount', `${error.message} Correct the amount and try again.`);
  }
}
