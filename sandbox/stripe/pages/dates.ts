const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', timeZone: 'UTC' });

/** "November 21, 2025"; all times of the pages are in unix seconds and shown in UTC. */
export function formatDay(seconds: number): string {
  return day.format(seconds * 1000);
}

/** "Nov 21, 2025, 10:27:05 AM UTC" */
export function formatTime(seconds: number): string {
  return `${shortDay.format(seconds * 1000)}, ${clock.format(seconds * 1000)} UTC`;
}

/** "Nov 21, 2025" */
export function formatShortDay(seconds: number): string {
  return shortDay.format(seconds * 1000);
}
