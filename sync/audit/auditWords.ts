import type { DifferenceKind } from './auditTables.ts';

const KIND: Record<DifferenceKind, string> = {
  differs: 'differs',
  not_linked: 'is not linked',
  missing_in_stripe: 'is missing in Stripe',
  missing_in_salesforce: 'is missing in Salesforce',
  duplicate_in_stripe: 'is a second one in Stripe',
  duplicate_in_salesforce: 'is a second one in Salesforce',
  undecided: 'waits for a person to say which Account its customer is: invoicebridge matches',
  left_alone: 'is left out of Salesforce',
};

export const kindWords = (kind: DifferenceKind): string => KIND[kind];

export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return '(empty)';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
