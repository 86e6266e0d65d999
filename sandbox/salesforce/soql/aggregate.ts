import type {
  FieldFunctionExpression,
  FieldType,
  FunctionExp,
  GroupByClause,
  Query,
} from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';
import { toJsonValue } from '../records/readField.ts';
import type { ReadValue } from '../records/readField.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { aggregateFunction, isAggregateFunction } from './aggregateFunctions.ts';
import { comparable } from './comparable.ts';
import { compileComparison } from './condition.ts';
import { resolvePath } from './fieldPath.ts';
import { rowFunction } from './functions.ts';
import { sortBy, sortKey } from './order.ts';
import { at } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';
import type { JsonRecord } from './selectStep.ts';
import { compileWhere } from './where.ts';

type Group = StoredRecord[];
type Of = (group: Group) => ReadValue;
type Aggregating = { object: ObjectSchema; query: Query; rows: StoredRecord[] };

export function isAggregateQuery({ fields = [], groupBy }: Query): boolean {
  return (
    groupBy !== undefined ||
    fields.some((field) => field.type === 'FieldFunctionExpression' && hasAggregate(field))
  );
}

/** Groups rows and computes the field list for each group: records of type AggregateResult. */
export function aggregate(scope: QueryScope, { object, query, rows }: Aggregating): JsonRecord[] {
  const clauses = query.groupBy ? [query.groupBy].flat() : [];
  const value = (source: string | FunctionExp): Of =>
    groupValue(scope, { object, alias: query.sObjectAlias }, source);
  const keys = clauses.map((clause) => value(keySource(clause)));
  const items = (query.fields ?? []).map(selectItem(scope, query, { clauses, value }));

  let groups = groupRows(rows, keys, clauses.length > 0);
  if (query.having) {
    const keep = compileWhere<Group>(query.having, (condition) => {
      const { operator, value: right = [], literalType } = condition;
      const left = value(condition.fn ? (condition.fn as FunctionExp) : (condition.field ?? ''));
      const test = compileComparison(scope, undefined, { operator, value: right, literalType });
      return (group) => test(left(group));
    });
    groups = groups.filter(keep);
  }
  if (query.orderBy) {
    const order = [query.orderBy].flat();
    const sortKeys = order.map((clause) => {
      const of = value('field' in clause ? aliased(query, clause.field) : clause.fn);
      return sortKey<Group>(clause, (group) => comparable(undefined, of(group)));
    });
    groups = sortBy(groups, sortKeys);
  }
  const { offset = 0, limit } = query;
  return groups.slice(offset, limit === undefined ? undefined : offset + limit).map((group) => {
    const record: JsonRecord = { attributes: { type: 'AggregateResult' } };
    for (const { name, of } of items) record[name] = of(group);
    return record;
  });
}

/** Names the columns as the platform does: the alias, the field, or expr0, expr1 ... in order. */
function selectItem(
  scope: QueryScope,
  query: Query,
  { clauses, value }: { clauses: GroupByClause[]; value: (source: string | FunctionExp) => Of },
): (item: FieldType) => { name: string; of: Of } {
  const grouped = new Set(clauses.map((clause) => sourceText(keySource(clause))));
  let unnamed = 0;
  return (item) => {
    if (item.type === 'FieldFunctionExpression') {
      if (!hasAggregate(item)) refuseUngrouped(scope, grouped, item.rawValue ?? item.functionName);
      return { name: item.alias ?? `expr${unnamed++}`, of: value(item) };
    }
    if (item.type !== 'Field' && item.type !== 'FieldRelationship') {
      throw new OrgError('MALFORMED_QUERY', 'Grouped queries can select only fields and functions.');
    }
    const path = item.type === 'Field' ? item.field : [...item.relationships, item.field].join('.');
    refuseUngrouped(scope, grouped, path);
    const alias = 'alias' in item ? item.alias : undefined;
    return { name: alias ?? item.field, of: value(path) };
  };
}

function refuseUngrouped(scope: QueryScope, grouped: Set<string>, text: string): void {
  if (grouped.has(text.toLowerCase())) return;
  throw new OrgError('MALFORMED_QUERY', `${at(scope, text)}Field must be grouped or aggregated: ${text}`);
}

/** How to compute a field, a row function or an aggregate for a group. */
function groupValue(
  scope: QueryScope,
  source: { object: ObjectSchema; alias: string | undefined },
  what: string | FunctionExp,
): Of {
  if (typeof what === 'string') {
    const { field, read } = resolvePath(scope, { ...source, path: what });
    return (group) => toJsonValue(field, group[0] ? read(group[0]) : null);
  }
  const name = what.functionName ?? '';
  const [parameter] = what.parameters ?? [];
  if (isAggregateFunction(name)) {
    if (parameter === undefined) return (group) => group.length;
    const path = resolvePath(scope, { ...source, path: String(parameter) });
    const compute = aggregateFunction(scope, name, path.field);
    return (group) =>
      toJsonValue(path.field, compute(group.map(path.read).filter((value) => value !== null)));
  }
  const apply = rowFunction(name);
  if (!apply)
    throw new OrgError('MALFORMED_QUERY', `${at(scope, name)}The function ${name} is not supported.`);
  if (typeof parameter === 'object') {
    const inner = groupValue(scope, source, parameter);
    const { field } = resolvePath(scope, { ...source, path: String(parameter.parameters?.[0] ?? '') });
    return (group) => apply(inner(group), field);
  }
  const { field, read } = resolvePath(scope, { ...source, path: String(parameter ?? '') });
  return (group) => (group[0] ? apply(read(group[0]), field) : null);
}

/** Without GROUP BY there is one group, also when no row matches. */
function groupRows(rows: StoredRecord[], keys: Of[], grouped: boolean): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((of) => comparable(undefined, of([row]))));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups.size === 0 && !grouped ? [[]] : [...groups.values()];
}

function keySource(clause: GroupByClause): string | FunctionExp {
  return 'field' in clause ? clause.field : clause.fn;
}

function sourceText(source: string | FunctionExp): string {
  return (typeof source === 'string' ? source : (source.rawValue ?? '')).toLowerCase();
}

/** ORDER BY may name an alias of the field list. */
function aliased({ fields = [] }: Query, name: string): string | FunctionExp {
  const item = fields.find(
    (field) => field.type === 'FieldFunctionExpression' && field.alias?.toLowerCase() === name.toLowerCase(),
  );
  return item?.type === 'FieldFunctionExpression' ? item : name;
}

function hasAggregate({ functionName, parameters }: FieldFunctionExpression): boolean {
  return (
    isAggregateFunction(functionName) ||
    parameters.some((parameter) => typeof parameter === 'object' && hasAggregate(parameter))
  );
}
