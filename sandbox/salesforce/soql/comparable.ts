import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ReadValue } from '../records/readField.ts';

export type Comparable = string | number | null;

/**
 * The form in which values of a field are compared and ordered: ids by their 15 case-sensitive characters, moments as
 * ISO text in UTC, other text without regard to case unless the field is case sensitive.
 */
export function comparable(field: FieldDescribe | undefined, value: ReadValue | undefined): Comparable {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'object') return JSON.stringify(value);
  if (field?.type === 'id' || field?.type === 'reference') return value.slice(0, 15);
  return field?.caseSensitive || field?.type === 'datetime' ? value : value.toLowerCase();
}

export function compare(a: Comparable, b: Comparable): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
