import { MoneyError, toMinorUnits } from '../domain/money.ts';
import { refused } from './stepContext.ts';

/** An amount that somebody typed, in minor units. */
export function askedAmount(amount: number, currency: string): number {
  try {
    return toMinorUnits(amount, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw refused('invalid_amount', `${error.message} Correct the amount and try again.`);
  }
}
