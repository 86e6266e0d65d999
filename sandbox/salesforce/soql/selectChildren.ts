import type { Query, Subquery } from '@jetstreamapp/soql-parser-js';
import { OrgError } from '../orgError.ts';
import type { StoredRecord } from '../records/storedRecord.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { at, queriedObject } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';
import type { JsonRecord, SelectStep } from './selectStep.ts';

export type RunChildren = (
  scope: QueryScope,
  nested: { object: ObjectSchema; query: Query; rows: StoredRecord[] },
) => StoredRecord[];

type CompileSelect = (
  scope: QueryScope,
  selecting: { object: ObjectSchema; query: Query; runChildren: RunChildren },
) => { project(record: StoredRecord): JsonRecord };

type Nested = {
  object: ObjectSchema;
  subquery: Subquery;
  runChildren: RunChildren;
  compileSelect: CompileSelect;
};

/** A nested SELECT over a child relationship; the answer holds a whole query result, or null when there are none. */
export function compileChildren(
  scope: QueryScope,
  { object, subquery, runChildren, compileSelect }: Nested,
): SelectStep {
  const relationship = object.childRelationship(subquery.relationshipName);
  const lookup =
    relationship && scope.org.schema.object(relationship.childSObject)?.field(relationship.field);
  if (!relationship?.relationshipName || !lookup) throw unknownRelationship(scope, subquery.relationshipName);
  const child = queriedObject(scope, relationship.childSObject);
  const { relationshipName } = relationship;
  const query: Query = { ...subquery, sObject: child.name };
  const { project } = compileSelect(scope, { object: child, query, runChildren });
  return (record, into) => {
    const children = scope.org.records.lookup(child, lookup, record.id) ?? [];
    const rows = runChildren(scope, { object: child, query, rows: children });
    into[relationshipName] =
      rows.length === 0 ? null : { totalSize: rows.length, done: true, records: rows.map(project) };
  };
}

function unknownRelationship(scope: QueryScope, name: string): OrgError {
  const words = `Didn't understand relationship '${name}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
  return new OrgError('INVALID_TYPE', at(scope, name) + words);
}
