import type { ReadValue } from '../records/readField.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import { displayValue } from '../records/displayValue.ts';

type RowFunction = (value: ReadValue, field: FieldDescribe) => ReadValue;

const date = (part: (date: Date) => number): RowFunction => {
  return (value) => (value === null ? null : part(new Date(String(value))));
};
const dayOfYear = (day: Date) =>
  Math.floor((day.getTime() - Date.UTC(day.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

/** Functions of one value. The org's time zone is UTC and its fiscal year is the calendar year. */
const functions: Record<string, RowFunction> = {
  CALENDAR_YEAR: date((day) => day.getUTCFullYear()),
  CALENDAR_QUARTER: date((day) => Math.floor(day.getUTCMonth() / 3) + 1),
  CALENDAR_MONTH: date((day) => day.getUTCMonth() + 1),
  FISCAL_YEAR: date((day) => day.getUTCFullYear()),
  FISCAL_QUARTER: date((day) => Math.floor(day.getUTCMonth() / 3) + 1),
  FISCAL_MONTH: date((day) => day.getUTCMonth() + 1),
  DAY_IN_MONTH: date((day) => day.getUTCDate()),
  DAY_IN_WEEK: date((day) => day.getUTCDay() + 1),
  DAY_IN_YEAR: date(dayOfYear),
  WEEK_IN_MONTH: date((day) => Math.floor((day.getUTCDate() - 1) / 7) + 1),
  WEEK_IN_YEAR: date((day) => Math.floor((dayOfYear(day) - 1) / 7) + 1),
  HOUR_IN_DAY: date((day) => day.getUTCHours()),
  DAY_ONLY: (value) => (value === null ? null : new Date(String(value)).toISOString().slice(0, 10)),
  TOLABEL: (value, field) => field.picklistValues.find((entry) => entry.value === value)?.label ?? value,
  FORMAT: (value, field) => displayValue(field, value) ?? (value === null ? null : String(value)),
  CONVERTCURRENCY: (value) => value,
  CONVERTTIMEZONE: (value) => value,
};

export function rowFunction(name: string): RowFunction | undefined {
  return functions[name.toUpperCase()];
}
