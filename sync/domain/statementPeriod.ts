import { addDays, endOfDay } from './civilDay.ts';
import type { Period } from './statement.ts';

export interface AskedPeriod {
  from?: string | undefined;
  to?: string | undefined;
}

/** The days that are asked for, or the last full month; in words what is wrong with them. */
export function periodOf(
  asked: AskedPeriod,
  { today, zone }: { today: string; zone: string },
): Period | string {
  const { from, to } = asked;
  if ((from === undefined) !== (to === undefined))
    return 'A statement needs both from and to, or neither for the last full month.';
  const days = from && to ? { from, to } : lastMonth(today);
  for (const day of [days.from, days.to])
    if (!isDay(day)) return `"${day}" is no day. Write days as 2026-10-31.`;
  if (days.from < FIRST_DAY)
    return `A statement begins on ${FIRST_DAY} at the earliest; Stripe began that year.`;
  if (days.from > days.to) return `The period ends on ${days.to}, before it begins on ${days.from}.`;
  // Whoever asks may live in a zone where it is tomorrow already.
  if (days.to > addDays(today, 1))
    return `${days.to} is in the future: in Stripe's time zone, ${zone}, it is ${today}. End the period today at the latest.`;
  return { ...days, begins: endOfDay(zone, addDays(days.from, -1)) + 1, ends: endOfDay(zone, days.to), zone };
}

const FIRST_DAY = '2011-01-01';

function lastMonth(today: string): { from: string; to: string } {
  const to = addDays(`${today.slice(0, 8)}01`, -1);
  return { from: `${to.slice(0, 8)}01`, to };
}

const isDay = (day: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};
