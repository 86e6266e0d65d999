import type { FieldType, Query } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';
import { readField, toJsonValue } from '../records/readField.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { compileChildren } from './selectChildren.ts';
import type { RunChildren } from './selectChildren.ts';
import { compileTypeOf } from './selectTypeOf.ts';
import { follow, resolvePath } from './fieldPath.ts';
import { rowFunction } from './functions.ts';
import { at } from './queryScope.ts';
import { attributes } from './selectStep.ts';
import type { JsonRecord, SelectStep } from './selectStep.ts';
import type { QueryScope } from './queryScope.ts';

type Selecting = { object: ObjectSchema; query: Query; runChildren: RunChildren };

/** Compiles the field list of a query. */
export function compileSelect(
  scope: QueryScope,
  selecting: Selecting,
): { columns: string[]; project(record: StoredRecord): JsonRecord } {
  const fields = selecting.query.fields ?? [];
  refuseDuplicates(scope, fields);
  const steps = fields.flatMap((field) => compileItem(scope, selecting, field));
  return {
    columns: fields.map(
      (field) => ('rawValue' in field && field.rawValue) || ('field' in field ? field.field : ''),
    ),
    project(record) {
      const into: JsonRecord = { attributes: attributes(scope, record) };
      for (const step of steps) step(record, into);
      return into;
    },
  };
}

function compileItem(
  scope: QueryScope,
  { object, query, runChildren }: Selecting,
  item: FieldType,
): SelectStep[] {
  const alias = query.sObjectAlias;
  switch (item.type) {
    case 'Field':
      return [compilePath(scope, { object, alias, path: item.field })];
    case 'FieldRelationship':
      return [compilePath(scope, { object, alias, path: [...item.relationships, item.field].join('.') })];
    case 'FieldFunctionExpression':
      if (item.functionName.toUpperCase() === 'FIELDS')
        return compileFields(scope, { object, query }, String(item.parameters[0]));
      return [compileFunction(scope, { object, alias }, item)];
    case 'FieldSubquery':
      return [compileChildren(scope, { object, subquery: item.subquery, runChildren, compileSelect })];
    case 'FieldTypeof':
      return [compileTypeOf(scope, { object, item })];
  }
}

function compilePath(
  scope: QueryScope,
  source: { object: ObjectSchema; alias: string | undefined; path: string },
): SelectStep {
  const { hops, field } = resolvePath(scope, source);
  return (record, into) => {
    let target: StoredRecord | undefined = record;
    let place = into;
    for (const hop of hops) {
      target = follow(scope, target, [hop]);
      const name = hop.relationshipName!;
      if (!target) {
        place[name] ??= null;
        return;
      }
      place[name] ??= { attributes: attributes(scope, target) };
      place = place[name] as JsonRecord;
    }
    place[field.name] = toJsonValue(field, readField(scope.org, target, field));
  };
}

function compileFunction(
  scope: QueryScope,
  { object, alias }: { object: ObjectSchema; alias: string | undefined },
  item: Extract<FieldType, { type: 'FieldFunctionExpression' }>,
): SelectStep {
  const apply = rowFunction(item.functionName);
  const [parameter] = item.parameters;
  if (!apply || typeof parameter !== 'string') {
    throw new OrgError(
      'MALFORMED_QUERY',
      `${at(scope, item.functionName)}The function ${item.functionName} cannot be used here.`,
    );
  }
  const { field, read } = resolvePath(scope, { object, alias, path: parameter });
  const name = item.alias ?? field.name;
  return (record, into) => {
    into[name] = toJsonValue(field, apply(read(record), field));
  };
}

/** FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM): the fields this user can see. */
function compileFields(
  scope: QueryScope,
  { object, query }: { object: ObjectSchema; query: Query },
  which: string,
): SelectStep[] {
  const kind = which.toUpperCase();
  if (kind !== 'STANDARD' && (query.limit ?? Infinity) > 200) {
    throw new OrgError('MALFORMED_QUERY', 'The SOQL FIELDS function must have a LIMIT of at most 200');
  }
  const wanted = object.fields.filter((field) => kind === 'ALL' || (kind === 'CUSTOM') === field.custom);
  const visible = wanted.filter((field) => scope.access.canRead(object, field));
  return visible.map((field): SelectStep => (record, into) => {
    into[field.name] = toJsonValue(field, readField(scope.org, record, field));
  });
}

function refuseDuplicates(scope: QueryScope, fields: FieldType[]): void {
  const seen = new Set<string>();
  for (const field of fields) {
    if (field.type !== 'Field') continue;
    const name = field.field.toLowerCase();
    if (seen.has(name))
      throw new OrgError(
        'INVALID_FIELD',
        `${at(scope, field.field)}duplicate field selected: ${field.field}`,
      );
    seen.add(name);
  }
}
