const HOUR = 3600;
const DAY = 24 * HOUR;
// Zones are at most 14 hours before UTC and 12 behind it; so far around its midnight there a day begins everywhere.
const FARTHEST = 15 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day that it is in a time zone (an IANA name) at a moment in seconds since 1970: YYYY-MM-DD. */
export function dayIn(zone: string, seconds: number): string {
  const parts = partsOf(zone, seconds);
  return `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}`;
}

/** The last second of a day in a time zone. Days there may have 23 or 25 hours, so it is looked for. */
export const endOfDay = (zone: string, day: string): number => firstSecondAfter(zone, day) - 1;

/** When clocks of the zone show that full hour of the day; where they leave it out, an hour before. */
export function momentOf(zone: string, day: string, hour: number): number {
  const at = firstSecondAfter(zone, addDays(day, -1)) + hour * HOUR;
  return at - (clockOf(zone, at) - hour) * HOUR;
}

/** YYYY-MM-DD so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY * 1000).toISOString().slice(0, 10);
}

/** From one day to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / (DAY * 1000));

/** Whether a name is that of a time zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** By halves: a moment that is on the day or before it, and one that is after it. */
function firstSecondAfter(zone: string, day: string): number {
  const midnight = Date.parse(`${addDays(day, 1)}T00:00:00Z`) / 1000;
  let before = midnight - FARTHEST;
  let after = midnight + FARTHEST;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayIn(zone, middle) > day) after = middle;
    else before = middle;
  }
  return after;
}

/** In hours. */
function clockOf(zone: string, seconds: number): number {
  const { hour, minute } = partsOf(zone, seconds);
  return Number(hour) + Number(minute) / 60;
}

const partsOf = (zone: string, seconds: number): Partial<Record<string, string>> =>
  Object.fromEntries(
    formatOf(zone)
      .formatToParts(seconds * 1000)
      .map(({ type, value }) => [type, value]),
  );

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, format);
  return format;
}
