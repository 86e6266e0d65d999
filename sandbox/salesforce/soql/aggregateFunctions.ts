import { OrgError } from '../orgError.ts';
import { roundHalfUp } from '../records/checkValue.ts';
import type { ReadValue } from '../records/readField.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import { comparable, compare } from './comparable.ts';
import { at } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';

type Aggregate = (values: ReadValue[]) => ReadValue;

const names = ['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX'];
const numeric = ['int', 'double', 'currency', 'percent'];

export function isAggregateFunction(name: string): boolean {
  return names.includes(name.toUpperCase());
}

/** Computes an aggregate over the values that are not null. */
export function aggregateFunction(scope: QueryScope, name: string, field: FieldDescribe): Aggregate {
  const upper = name.toUpperCase();
  const fits = upper === 'SUM' || upper === 'AVG' ? numeric.includes(field.type) : field.aggregatable;
  if (!fits) {
    const message = `${at(scope, field.name)}field ${field.name} does not support aggregate operator ${upper}`;
    throw new OrgError('MALFORMED_QUERY', message);
  }
  switch (upper) {
    case 'COUNT':
      return (values) => values.length;
    case 'COUNT_DISTINCT':
      return (values) => new Set(values.map((value) => comparable(field, value))).size;
    case 'SUM':
      return (values) => (values.length === 0 ? null : sum(values, field));
    case 'AVG':
      return (values) => (values.length === 0 ? null : sum(values, field) / values.length);
    default:
      return (values) => extreme(values, field, upper === 'MIN' ? -1 : 1);
  }
}

/** Summing decimals in binary leaves traces like 0.30000000000000004; rounding to the field's scale removes them. */
function sum(values: ReadValue[], field: FieldDescribe): number {
  return roundHalfUp(
    values.reduce<number>((total, value) => total + Number(value), 0),
    field.scale,
  );
}

function extreme(values: ReadValue[], field: FieldDescribe, sign: number): ReadValue {
  let best: ReadValue = null;
  for (const value of values) {
    if (best === null || compare(comparable(field, value), comparable(field, best)) * sign > 0) best = value;
  }
  return best;
}
