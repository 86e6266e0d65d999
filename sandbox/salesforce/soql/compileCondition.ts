import type { Query } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';
import type { ReadValue } from '../records/readField.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { comparable } from './comparable.ts';
import { compileComparison } from './condition.ts';
import { resolvePath } from './fieldPath.ts';
import { rowFunction } from './functions.ts';
import { at } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';
import type { Condition, Predicate } from './where.ts';

type Context = {
  object: ObjectSchema;
  alias: string | undefined;
  runSubquery(query: Query): { object: ObjectSchema; rows: StoredRecord[] };
};

/** Compiles one condition of WHERE for the rows of an object. */
export function compileCondition(
  scope: QueryScope,
  context: Context,
): (condition: Condition) => Predicate<StoredRecord> {
  return (condition) => {
    const { read, field } = leftSide(scope, context, condition);
    if (condition.literalType === 'SUBQUERY') return compileSemiJoin(scope, context, { condition, read });
    const { operator, value = [], literalType } = condition;
    const test = compileComparison(scope, field, { operator, value, literalType });
    return (record) => test(read(record));
  };
}

type LeftSide = { read(record: StoredRecord): ReadValue; field: FieldDescribe | undefined };

function leftSide(scope: QueryScope, { object, alias }: Context, { field: path, fn }: Condition): LeftSide {
  if (path !== undefined) {
    const { field, read } = resolvePath(scope, { object, alias, path });
    if (!field.filterable) {
      const message = `${at(scope, field.name)}field '${field.name}' can not be filtered in a query call`;
      throw new OrgError('INVALID_FIELD', message);
    }
    return { field, read };
  }
  const name = fn?.functionName ?? '';
  const apply = rowFunction(name);
  if (!apply)
    throw new OrgError(
      'MALFORMED_QUERY',
      `${at(scope, name)}Grouped field should not be aggregated or the function is unknown: ${name}`,
    );
  const { field, read } = resolvePath(scope, { object, alias, path: String(fn?.parameters?.[0] ?? '') });
  return { field: undefined, read: (record) => apply(read(record), field) };
}

function compileSemiJoin(
  scope: QueryScope,
  { runSubquery }: Context,
  { condition, read }: { condition: Condition; read: (record: StoredRecord) => ReadValue },
): Predicate<StoredRecord> {
  const query = condition.valueQuery as Query;
  const { object, rows } = runSubquery(query);
  const [selected] = query.fields ?? [];
  if (selected?.type !== 'Field' && selected?.type !== 'FieldRelationship') {
    throw new OrgError('MALFORMED_QUERY', 'A semi join sub-select must select exactly one field.');
  }
  const path =
    selected.type === 'Field' ? selected.field : [...selected.relationships, selected.field].join('.');
  const inner = resolvePath(scope, { object, alias: query.sObjectAlias, path });
  if (inner.field.type !== 'id' && inner.field.type !== 'reference') {
    const message = `${at(scope, path)}Semi join sub-selects must select an ID or reference field; '${inner.field.name}' is ${inner.field.type}.`;
    throw new OrgError('MALFORMED_QUERY', message);
  }
  const ids = new Set(rows.map((row) => comparable(inner.field, inner.read(row))));
  const wanted = condition.operator.toUpperCase() === 'IN';
  return (record) => ids.has(comparable(inner.field, read(record))) === wanted;
}
