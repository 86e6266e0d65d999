import { PermanentFailure } from '../failure.ts';
import { readCustomFields } from '../domain/customFields.ts';
import { readDiscount } from '../domain/discount.ts';
import type { InvoiceTerms } from '../domain/invoice.ts';
import { MoneyError, toMinorUnits } from '../domain/money.ts';
import { knownTerms } from '../domain/paymentTerms.ts';
import { plainText } from './values.ts';

type Row = { Name: string; [field: string]: unknown };

/**
 * The terms of the org's invoice. What cannot be billed is refused in words while it is a draft; from finalization on
 * Stripe's are put back, whatever was entered.
 */
export function invoiceTerms(row: Row, currency: string): InvoiceTerms {
  const refuse = refuseOf(row);
  return {
    description: plainText(row.Description__c),
    dueDate: plainText(row.Due_Date__c),
    paymentTerms: knownTerms(row.Payment_Terms__c),
    finalizeOn: plainText(row.Finalize_On__c),
    footer: plainText(row.Footer__c),
    customFields: customFields(row, refuse),
    discount: discount(row, { currency, refuse }),
    taxRate: taxRateIn(row, refuse),
  };
}

type Refuse = (problem: string) => void;

export const refuseOf =
  (row: Row): Refuse =>
  (problem) => {
    if (row.Status__c !== 'Draft') return;
    throw new PermanentFailure({
      code: 'terms',
      stage: 'read-crm',
      message: `${row.Name} cannot be billed as it is. ${problem}`,
    });
  };

/** Stripe's id of the tax rate that an invoice or a line names. */
export function taxRateIn(row: { [field: string]: unknown }, refuse: Refuse): string | null {
  const rate = row.Tax_Rate__r as { Name: string; Stripe_Tax_Rate_Id__c: string | null } | null | undefined;
  if (!rate) return null;
  if (!rate.Stripe_Tax_Rate_Id__c)
    refuse(
      `Its tax rate "${rate.Name}" is not one of Stripe's. Choose another one; new ones are made in Stripe (Dashboard > Tax > Tax rates) and come over by themselves.`,
    );
  return rate.Stripe_Tax_Rate_Id__c;
}

function customFields(row: Row, refuse: Refuse): InvoiceTerms['customFields'] {
  const read = readCustomFields(plainText(row.Custom_Fields__c));
  if ('fields' in read) return read.fields;
  refuse(`${read.problem} Write each of its Custom Fields as a line "Name: value".`);
  return [];
}

function discount(
  row: Row,
  { currency, refuse }: { currency: string; refuse: Refuse },
): InvoiceTerms['discount'] {
  try {
    const read = readDiscount(
      { percent: numberIn(row.Discount_Percent__c), amount: numberIn(row.Discount_Amount__c) },
      (amount) => toMinorUnits(amount, currency),
    );
    if ('discount' in read) return read.discount;
    refuse(read.problem);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    refuse(`${error.message} Correct its discount.`);
  }
  return null;
}

const numberIn = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
