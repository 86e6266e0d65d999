/** First and last day of a period that is named, both YYYY-MM-DD; counted in UTC, where every day has 24 hours. */
export function daysOf(period, today) {
  const [year, month, day] = today.split('-').map(Number);
  const at = (...parts) => new Date(Date.UTC(...parts)).toISOString().slice(0, 10);
  switch (period) {
    case 'thisMonth':
      return { from: at(year, month - 1, 1), to: today };
    case 'lastMonth':
      return { from: at(year, month - 2, 1), to: at(year, month - 1, 0) };
    case 'last90Days':
      return { from: at(year, month - 1, day - 89), to: today };
    default:
      return { from: at(year, 0, 1), to: today };
  }
}
