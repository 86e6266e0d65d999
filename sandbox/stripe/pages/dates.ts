const kept = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than using it, and pages show many days. */
function dayFormat(dateStyle: 'long' | 'medium', timeZone: string): Intl.DateTimeFormat {
  const key = `${dateStyle} ${timeZone}`;
  const known = kept.get(key) ?? new Intl.DateTimeFormat('en-US', { dateStyle, timeZone });
  kept.set(key, known);
  return known;
}

const clock = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', timeZone: 'UTC' });

/** "November 21, 2025": the day that this moment (in unix seconds) is in the account's time zone. */
export function formatDay(seconds: number, timeZone: string): string {
  return dayFormat('long', timeZone).format(seconds * 1000);
}

/** "Nov 21, 2025", in the account's time zone. */
export function formatShortDay(seconds: number, timeZone: string): string {
  return dayFormat('medium', timeZone).format(seconds * 1000);
}

/** "Nov 21, 2025, 10:27:05 AM UTC" */
export function formatTime(seconds: number): string {
  return `${dayFormat('medium', 'UTC').format(seconds * 1000)}, ${clock.format(seconds * 1000)} UTC`;
}
