import type { LineTerms } from './invoice.ts';
import {
  exactDecimal,
  QUANTITY_PLACES,
  shownAndExact,
  toMajorDecimal,
  toMinorDecimal,
  UNIT_PRICE_PLACES,
} from './money.ts';

type Fields = Record<string, unknown>;
type LineNumbers = Pick<LineTerms, 'unitAmount' | 'quantity'>;

/**
 * Unit price and quantity of the org's line. Its numbers have fewer decimals than Stripe's, so a text beside each holds the
 * rest; whoever edits the number has meant the number.
 */
export function lineNumbers(fields: Fields, currency: string): LineNumbers {
  return {
    unitAmount: toMinorDecimal(
      exactDecimal(Number(fields.Unit_Price__c ?? 0), {
        exact: text(fields.Unit_Price_Exact__c),
        places: UNIT_PRICE_PLACES,
      }),
      currency,
    ),
    quantity: exactDecimal(Number(fields.Quantity__c ?? 1), {
      exact: text(fields.Quantity_Exact__c),
      places: QUANTITY_PLACES,
    }),
  };
}

/** The same as the org's fields. */
export function lineNumberFields({ unitAmount, quantity }: LineNumbers, currency: string): Fields {
  const price = shownAndExact(toMajorDecimal(unitAmount, currency), UNIT_PRICE_PLACES);
  const units = shownAndExact(quantity, QUANTITY_PLACES);
  return {
    Unit_Price__c: price.shown,
    Unit_Price_Exact__c: price.exact,
    Quantity__c: units.shown,
    Quantity_Exact__c: units.exact,
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
