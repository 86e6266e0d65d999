import { PermanentFailure, RetryableFailure, type SyncFailure } from '../failure.ts';
import type { SalesforceOrg } from './connection.ts';
import { translateRowErrors } from './translateError.ts';

/** Records per collections call; the platform refuses more. */
export const COLLECTION_SIZE = 200;

export type WriteResult = { id: string } | { failure: SyncFailure };

interface RowAnswer {
  id?: string | null;
  success: boolean;
  errors: { statusCode: string; message: string; fields?: string[] }[];
}

export interface RecordWrite {
  object: string;
  /** With an id the record is updated. */
  id?: string;
  fields: Record<string, unknown>;
}

/** Updates records by id, in as few calls as the platform allows; one answer a record, in order. */
export function updateRecords(
  org: SalesforceOrg,
  writes: (RecordWrite & { id: string })[],
): Promise<WriteResult[]> {
  return inCollections(writes, (batch) =>
    org.request<RowAnswer[]>('PATCH', '/composite/sobjects', {
      allOrNone: false,
      records: batch.map(({ object, id, fields }) => ({ attributes: { type: object }, id, ...fields })),
    }),
  );
}

/** Makes or updates records of one object by an external id; a repeated call makes nothing twice. */
export function upsertRecords(
  org: SalesforceOrg,
  { object, externalId }: { object: string; externalId: string },
  writes: { fields: Record<string, unknown> }[],
): Promise<WriteResult[]> {
  return inCollections(writes, (batch) =>
    org.request<RowAnswer[]>('PATCH', `/composite/sobjects/${object}/${externalId}`, {
      allOrNone: false,
      records: batch.map(({ fields }) => ({ attributes: { type: object }, ...fields })),
    }),
  );
}

/** Deletes records by id. One that is gone already counts as deleted. */
export async function deleteRecords(org: SalesforceOrg, ids: string[]): Promise<WriteResult[]> {
  const results = await inCollections(ids, (batch) =>
    org.request<RowAnswer[]>('DELETE', `/composite/sobjects?allOrNone=false&ids=${batch.join(',')}`),
  );
  return results.map((result, index) =>
    'failure' in result && result.failure.code === 'crm_entity_is_deleted' ? { id: ids[index]! } : result,
  );
}

async function inCollections<T>(
  items: T[],
  send: (batch: T[]) => Promise<RowAnswer[]>,
): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  for (let start = 0; start < items.length; start += COLLECTION_SIZE) {
    const batch = items.slice(start, start + COLLECTION_SIZE);
    try {
      const answers = await send(batch);
      results.push(
        ...answers.map((row): WriteResult =>
          row.success && row.id ? { id: row.id } : { failure: translateRowErrors(row.errors) },
        ),
      );
    } catch (error) {
      // The whole call failed: every record of it shares the reason, those of other calls do not.
      if (!(error instanceof RetryableFailure || error instanceof PermanentFailure)) throw error;
      results.push(...batch.map((): WriteResult => ({ failure: error })));
    }
  }
  return results;
}
