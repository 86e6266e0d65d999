const day = 86_400_000;

/** From (included) and to (excluded), in milliseconds; the org's time zone is UTC and weeks begin on Sunday. */
export type TimeRange = { from: number; to: number };

/** What a date literal such as TODAY or LAST_N_DAYS:30 covers now; undefined when there is no such literal. */
export function dateLiteralRange(literal: string, now: Date): TimeRange | undefined {
  const [name = '', count = '0'] = literal.toUpperCase().split(':');
  const n = Number(count);
  const calendar = calendarAround(now);
  const unit = /^(?:THIS|LAST|NEXT)_(?:FISCAL_)?(WEEK|MONTH|QUARTER|YEAR)$/.exec(name)?.[1] as
    Unit | undefined;
  if (unit) {
    const offset = name.startsWith('LAST') ? -1 : name.startsWith('NEXT') ? 1 : 0;
    return { from: calendar(unit, offset), to: calendar(unit, offset + 1) };
  }
  const many = /^(LAST|NEXT)_N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S$/.exec(name);
  if (many) return manyUnits(calendar, many[2] as Unit, many[1] === 'LAST' ? -n : n);
  const ago = /^N_(?:FISCAL_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S_AGO$/.exec(name)?.[1] as Unit | undefined;
  if (ago) return { from: calendar(ago, -n), to: calendar(ago, -n + 1) };
  const days: Record<string, [number, number]> = {
    TODAY: [0, 1],
    YESTERDAY: [-1, 0],
    TOMORROW: [1, 2],
    LAST_90_DAYS: [-90, 1],
    NEXT_90_DAYS: [1, 91],
  };
  const span = days[name];
  return span && { from: calendar('DAY', span[0]), to: calendar('DAY', span[1]) };
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** LAST_N_DAYS includes today; the other LAST_N end before the current unit. NEXT_N begin after it. */
function manyUnits(calendar: (unit: Unit, offset: number) => number, unit: Unit, n: number): TimeRange {
  if (n > 0) return { from: calendar(unit, 1), to: calendar(unit, n + 1) };
  return { from: calendar(unit, n), to: calendar(unit, unit === 'DAY' ? 1 : 0) };
}

function calendarAround(now: Date): (unit: Unit, offset: number) => number {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const today = Date.UTC(year, month, now.getUTCDate());
  return (unit, offset) => {
    switch (unit) {
      case 'DAY':
        return today + offset * day;
      case 'WEEK':
        return today + (offset * 7 - now.getUTCDay()) * day;
      case 'MONTH':
        return Date.UTC(year, month + offset, 1);
      case 'QUARTER':
        return Date.UTC(year, (Math.floor(month / 3) + offset) * 3, 1);
      case 'YEAR':
        return Date.UTC(year + offset, 0, 1);
    }
  };
}
