import type { OrderByClause } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { comparable, compare } from './comparable.ts';
import type { Comparable } from './comparable.ts';
import { resolvePath } from './fieldPath.ts';
import { rowFunction } from './functions.ts';
import { at } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';

type Ordering = {
  object: ObjectSchema;
  alias: string | undefined;
  orderBy: OrderByClause[];
  rows: StoredRecord[];
};
type Key<R> = { of(row: R): Comparable; descending: boolean; nullsFirst: boolean };

export function orderRows(scope: QueryScope, { object, alias, orderBy, rows }: Ordering): StoredRecord[] {
  const keys = orderBy.map((clause) => {
    const path = 'field' in clause ? clause.field : String(clause.fn.parameters?.[0] ?? '');
    const { field, read } = resolvePath(scope, { object, alias, path });
    if (!field.sortable) {
      throw new OrgError(
        'MALFORMED_QUERY',
        `${at(scope, field.name)}field '${field.name}' can not be sorted in a query call`,
      );
    }
    const apply = 'fn' in clause ? rowFunction(clause.fn.functionName ?? '') : undefined;
    const of = (row: StoredRecord) =>
      comparable(apply ? undefined : field, apply ? apply(read(row), field) : read(row));
    return sortKey(clause, of);
  });
  return sortBy(rows, keys);
}

export function sortKey<R>(clause: OrderByClause, of: (row: R) => Comparable): Key<R> {
  return { of, descending: clause.order === 'DESC', nullsFirst: clause.nulls !== 'LAST' };
}

/** A stable sort; the keys of each row are computed once. */
export function sortBy<R>(rows: R[], keys: Key<R>[]): R[] {
  const keyed = rows.map((row) => ({ row, values: keys.map((key) => key.of(row)) }));
  keyed.sort((a, b) => {
    for (const [i, { descending, nullsFirst }] of keys.entries()) {
      const left = a.values[i]!;
      const right = b.values[i]!;
      if (left === right) continue;
      if (left === null || right === null) return (left === null) === nullsFirst ? -1 : 1;
      return descending ? -compare(left, right) : compare(left, right);
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}
