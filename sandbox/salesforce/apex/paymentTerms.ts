import type { ApexRecord } from './context.ts';
import { toText, today } from './parameters.ts';

/** Twin of PaymentTerms.dueDateOf. */
export function dueDateOf(invoice: ApexRecord): string | null {
  const terms = toText(invoice.Payment_Terms__c);
  return invoice.Status__c === 'Draft' && terms !== null
    ? dueBy(terms, today())
    : toText(invoice.Due_Date__c);
}

/** Twin of PaymentTerms.dueBy. */
export function dueBy(terms: string, day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const days = { 'Net 15': 15, 'Net 30': 30, 'Net 60': 60 }[terms] ?? 0;
  const due = terms === 'End of month' ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, date + days);
  return new Date(due).toISOString().slice(0, 10);
}
