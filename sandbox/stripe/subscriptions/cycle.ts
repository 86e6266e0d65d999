import { DAY } from '../time/sandboxTime.ts';

export interface Recurring {
  interval: string;
  interval_count: number;
}

/**
 * So many intervals after the anchor, unix seconds. Months keep the day of the anchor where they have it: from 31
 * January to 28 February to 31 March, as docs.stripe.com/billing/subscriptions/billing-cycle says.
 */
export function intervalsAfter(
  anchor: number,
  { interval, interval_count: count }: Recurring,
  times: number,
): number {
  const amount = count * times;
  switch (interval) {
    case 'day':
      return anchor + amount * DAY;
    case 'week':
      return anchor + amount * 7 * DAY;
    case 'month':
      return monthsAfter(anchor, amount);
    case 'year':
      return monthsAfter(anchor, amount * 12);
    default:
      throw new Error(`There is no interval ${interval}.`);
  }
}

function monthsAfter(anchor: number, months: number): number {
  const start = new Date(anchor * 1000);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(start.getUTCDate(), lastDay)) / 1000;
  return midnight + (((anchor % DAY) + DAY) % DAY);
}
