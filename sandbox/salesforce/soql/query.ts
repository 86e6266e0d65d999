import type { Query } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { aggregate, isAggregateQuery } from './aggregate.ts';
import { candidates } from './candidates.ts';
import { compileCondition } from './compileCondition.ts';
import { orderRows } from './order.ts';
import { parseSoql } from './parseSoql.ts';
import { queriedObject } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';
import { compileSelect } from './select.ts';
import type { JsonRecord } from './selectStep.ts';
import { compileWhere } from './where.ts';

/** The whole result of a query. Records are made when they are read, so that a client which stops early costs little. */
export type QueryResult = {
  totalSize: number;
  columns: string[];
  record(index: number): JsonRecord;
  length: number;
};

/** Runs a SOQL text for a user. */
export function runSoql(scope: QueryScope): QueryResult {
  const query = parseSoql(scope.text);
  const object = queriedObject(scope, query.sObject ?? '');
  if (isCount(query)) {
    const { length } = matching(scope, object, query);
    return { totalSize: length, columns: [], length: 0, record: () => ({}) };
  }
  if (isAggregateQuery(query)) {
    const records = aggregate(scope, { object, query, rows: matching(scope, object, query) });
    return {
      totalSize: records.length,
      columns: [],
      length: records.length,
      record: (index) => records[index]!,
    };
  }
  const select = compileSelect(scope, { object, query, runChildren });
  const rows = page(query, sorted(scope, object, { query, rows: matching(scope, object, query) }));
  return {
    totalSize: rows.length,
    columns: select.columns,
    length: rows.length,
    record: (index) => select.project(rows[index]!),
  };
}

/** Rows of an object that a query's conditions let through. */
export function matching(scope: QueryScope, object: ObjectSchema, query: Query): StoredRecord[] {
  const alias = query.sObjectAlias;
  const rows = candidates(scope, object, query) ?? [...scope.org.records.values(object.name)];
  const living = scope.includeDeleted ? rows : rows.filter((row) => !row.deleted);
  if (!query.where) return living;
  const compile = compileCondition(scope, {
    object,
    alias,
    runSubquery: (inner) => subqueryRows(scope, inner),
  });
  return living.filter(compileWhere(query.where, compile));
}

function subqueryRows(scope: QueryScope, query: Query): { object: ObjectSchema; rows: StoredRecord[] } {
  const object = queriedObject(scope, query.sObject ?? '');
  return { object, rows: page(query, matching(scope, object, query)) };
}

/** The rows of a nested SELECT in the field list, among the children of one record. */
function runChildren(
  scope: QueryScope,
  { object, query, rows }: { object: ObjectSchema; query: Query; rows: StoredRecord[] },
): StoredRecord[] {
  const compile = compileCondition(scope, {
    object,
    alias: undefined,
    runSubquery: (inner) => subqueryRows(scope, inner),
  });
  const kept = query.where ? rows.filter(compileWhere(query.where, compile)) : rows;
  return page(query, sorted(scope, object, { query, rows: kept }));
}

function sorted(
  scope: QueryScope,
  object: ObjectSchema,
  { query, rows }: { query: Query; rows: StoredRecord[] },
): StoredRecord[] {
  return query.orderBy
    ? orderRows(scope, { object, alias: query.sObjectAlias, orderBy: [query.orderBy].flat(), rows })
    : rows;
}

function page<R>({ offset = 0, limit }: Query, rows: R[]): R[] {
  if (offset > 2000) throw new OrgError('NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
  return rows.slice(offset, limit === undefined ? undefined : offset + limit);
}

function isCount({ fields = [], groupBy }: Query): boolean {
  const [only] = fields;
  if (fields.length !== 1 || groupBy || only?.type !== 'FieldFunctionExpression') return false;
  return only.functionName.toUpperCase() === 'COUNT' && only.parameters.length === 0;
}
