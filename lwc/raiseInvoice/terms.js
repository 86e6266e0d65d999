import DUE_ON_RECEIPT from '@salesforce/label/c.Due_On_Receipt';

const NET_DAYS = ['15', '30', '60'];

export const TERMS = [
  { label: DUE_ON_RECEIPT, value: '0' },
  ...NET_DAYS.map((days) => ({ label: `Net ${days}`, value: days })),
];

/** The day that many days after today, both YYYY-MM-DD; counted in UTC, where every day has 24 hours. */
export function dueIn(days, today) {
  const date = new Date(`${today}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The terms that a due date stands for, or none. */
export function termOf(dueDate, today) {
  if (!today) return '';
  return TERMS.find(({ value }) => dueIn(Number(value), today) === dueDate)?.value ?? '';
}
