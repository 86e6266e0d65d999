import fc from 'fast-check';
import { addDays, dayIn, daysBetween, endOfDay, isZone, momentOf } from '../../sync/domain/civilDay.ts';

const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const day = fc.integer({ min: 0, max: 365 * 12 }).map((days) => addDays('2024-01-01', days));

test('the last second of a day is on it and the next one is not, in every zone', () => {
  fc.assert(
    fc.property(zone, day, (where, date) => {
      const last = endOfDay(where, date);
      expect([dayIn(where, last), dayIn(where, last + 1)]).toEqual([date, addDays(date, 1)]);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['an ordinary day', 'Europe/Berlin', '2026-12-24', '2026-12-24T22:59:59Z'],
  ['a day of 23 hours', 'Europe/Berlin', '2026-03-29', '2026-03-29T21:59:59Z'],
  ['a day of 25 hours', 'America/New_York', '2026-11-01', '2026-11-02T04:59:59Z'],
  ['a day that begins at one', 'America/Santiago', '2026-09-06', '2026-09-07T02:59:59Z'],
  ['half an hour', 'Asia/Kolkata', '2026-12-24', '2026-12-24T18:29:59Z'],
  ['a quarter of an hour', 'Asia/Kathmandu', '2026-12-24', '2026-12-24T18:14:59Z'],
  ['where a day begins first', 'Pacific/Kiritimati', '2026-12-24', '2026-12-24T09:59:59Z'],
  ['where it ends last', 'Pacific/Pago_Pago', '2026-12-24', '2026-12-25T10:59:59Z'],
])('the end of %s', (_, where, date, end) => {
  expect(endOfDay(where, date)).toBe(Date.parse(end) / 1000);
});

test('nine in the morning is nine by the clocks of every zone', () => {
  fc.assert(
    fc.property(zone, day, (where, date) => {
      const at = new Date(momentOf(where, date, 9) * 1000);
      expect(at.toLocaleString('sv', { timeZone: where })).toBe(`${date} 09:00:00`);
    }),
    { numRuns: 300 },
  );
});

test('days are counted over the ends of months, years and summer time', () => {
  expect(daysBetween('2026-02-28', '2027-03-01')).toBe(366);
  expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  expect([isZone('Europe/Berlin'), isZone('Middle/Earth')]).toEqual([true, false]);
});
