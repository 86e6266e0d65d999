import DUE_ON_RECEIPT from '@salesforce/label/c.Due_On_Receipt';
import END_OF_MONTH from '@salesforce/label/c.End_Of_Month';

const DAYS = { 'Due on receipt': 0, 'Net 15': 15, 'Net 30': 30, 'Net 60': 60 };
const LAST_DAY = 'End of month';

export const NET_30 = 'Net 30';

/** The values are those of the picklist Payment_Terms__c. */
export const TERMS = [
  { label: DUE_ON_RECEIPT, value: 'Due on receipt' },
  ...['Net 15', NET_30, 'Net 60'].map((terms) => ({ label: terms, value: terms })),
  { label: END_OF_MONTH, value: LAST_DAY },
];

/** The day by which an invoice of today has to be paid, both YYYY-MM-DD; counted in UTC, where every day has 24 hours. */
export function dueBy(terms, today) {
  const [year, month, day] = today.split('-').map(Number);
  const due = terms === LAST_DAY ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, day + DAYS[terms]);
  return new Date(due).toISOString().slice(0, 10);
}
