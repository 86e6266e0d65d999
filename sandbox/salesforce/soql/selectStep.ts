import type { StoredRecord } from '../records/storedRecord.ts';
import type { QueryScope } from './queryScope.ts';

export type JsonRecord = { [name: string]: unknown };

/** Writes one item of the field list into the answer for a record. */
export type SelectStep = (record: StoredRecord, into: JsonRecord) => void;

export function attributes(
  scope: Pick<QueryScope, 'version'>,
  { object, id }: StoredRecord,
): { type: string; url: string } {
  return { type: object, url: `/services/data/${scope.version}/sobjects/${object}/${id}` };
}
