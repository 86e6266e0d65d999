import { OrgError, orgErrorsOf } from '../orgError.ts';
import type { Org } from '../org.ts';
import { ok } from './answer.ts';
import type { RestAnswer } from './answer.ts';

export type RawRecord = { attributes?: { type?: string }; [field: string]: unknown };
type Success = { id: string; created?: boolean };
type RowError = { statusCode: string; message: string; fields: string[] };
type RowResult = { id?: string; success: boolean; errors: RowError[]; created?: boolean };

// sObject Collections, REST API developer guide: at most 200 records, in at most 10 runs of one object type.
const maxRecords = 200;
const maxChunks = 10;

export function allowedRecords(records: unknown[]): void {
  if (records.length > maxRecords) {
    const message = `record limit reached. cannot submit more than ${maxRecords} records in this call`;
    throw new OrgError('EXCEEDED_ID_LIMIT', message);
  }
  const types = records.map((record) => (record as RawRecord | null)?.attributes?.type);
  const chunks = types.filter((type, i) => i === 0 || type !== types[i - 1]).length;
  if (chunks > maxChunks) {
    const message = `Cannot have more than ${maxChunks} chunks in a single operation. Please rearrange the data to reduce chunking.`;
    throw new OrgError('INVALID_BATCH_SIZE', message);
  }
}

class RollBack extends Error {}

/**
 * Runs the rows one after the other. Each failing row leaves nothing behind; with allOrNone a failing row also undoes
 * the others, which then say so.
 */
export function runRows<R>(
  org: Org,
  { rows, allOrNone, failed = {} }: { rows: R[]; allOrNone: boolean; failed?: Partial<RowResult> },
  run: (row: R) => Success,
): RestAnswer {
  const results: RowResult[] = [];
  try {
    org.transaction(() => {
      for (const row of rows) results.push(runRow(org, () => run(row), failed));
      if (allOrNone && results.some((result) => !result.success)) throw new RollBack();
    });
  } catch (error) {
    if (!(error instanceof RollBack)) throw error;
    return ok(
      results.map((result) =>
        result.success ? { ...failed, success: false, errors: [rolledBack] } : result,
      ),
    );
  }
  return ok(results);
}

function runRow(org: Org, run: () => Success, failed: Partial<RowResult>): RowResult {
  try {
    const { id, created } = org.transaction(run);
    return { id, success: true, errors: [], ...(created !== undefined && { created }) };
  } catch (error) {
    const errors = orgErrorsOf(error);
    if (!errors) throw error;
    const shown = errors.map(({ errorCode, message, fields = [] }) => ({
      statusCode: errorCode,
      message,
      fields,
    }));
    return { ...failed, success: false, errors: shown };
  }
}

const rolledBack: RowError = {
  statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
  fields: [],
};
