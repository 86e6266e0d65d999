import type { Query } from '@jetstreamapp/soql-parser-js';
import type { StoredRecord } from '../records/storedRecord.ts';
import { toId18 } from '../recordId.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { unquote } from './literal.ts';
import type { QueryScope } from './queryScope.ts';
import { conjunction } from './where.ts';

/**
 * Rows that may match, found by an index, when one of the conditions that must all hold compares an id, a lookup or an
 * external id with `=` or IN. Undefined when only a look at all rows will do. The conditions are tested afterwards in
 * any case.
 */
export function candidates(
  scope: QueryScope,
  object: ObjectSchema,
  query: Query,
): StoredRecord[] | undefined {
  // Deleted rows are in no index.
  if (!query.where || scope.includeDeleted) return undefined;
  for (const { field: name, operator, value, literalType } of conjunction(query.where) ?? []) {
    const field = name === undefined ? undefined : object.field(name);
    const types = [literalType].flat();
    if (!field || value === undefined || types.some((type) => type !== 'STRING')) continue;
    if (operator !== '=' && operator !== 'IN') continue;
    const isId = field.type === 'id' || field.type === 'reference';
    if (!isId && !(field.externalId || field.unique)) continue;
    const keys = new Set([value].flat().map((raw) => (isId ? (toId18(unquote(raw)) ?? '') : unquote(raw))));
    const found = new Map<string, StoredRecord>();
    for (const key of keys) {
      for (const record of scope.org.records.lookup(object, field, key) ?? []) found.set(record.id, record);
    }
    return [...found.values()];
  }
  return undefined;
}
