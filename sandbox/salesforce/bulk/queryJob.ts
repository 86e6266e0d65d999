import { OrgError } from '../orgError.ts';
import type { Actor, Org } from '../org.ts';
import { emptyRecycleBin } from '../records/recycleBin.ts';
import { parseSoql } from '../soql/parseSoql.ts';
import { runSoql } from '../soql/query.ts';
import type { QueryResult } from '../soql/query.ts';
import type { JsonRecord } from '../soql/selectStep.ts';
import type { JobState } from './bulkJobs.ts';
import { writeCsv } from './csv.ts';
import type { CsvFormat } from './csv.ts';

export type QueryJobOptions = {
  id: string;
  org: Org;
  actor: Actor;
  text: string;
  includeDeleted: boolean;
  format: CsvFormat;
  apiVersion: string;
};
export type ResultPage = { csv: string; count: number; locator: string };

// The platform chooses how many rows it gives at once when the client does not say.
const defaultPage = 50_000;

/** A query whose rows are fetched as pages of CSV. */
export class QueryJob {
  readonly id: string;
  readonly #options: QueryJobOptions;
  readonly #created: string;
  #state: JobState = 'UploadComplete';
  #result: QueryResult | undefined;
  #object: string;

  constructor(options: QueryJobOptions) {
    this.id = options.id;
    this.#options = options;
    this.#object = refuseUnsupported(options.text);
    // A query that cannot run is refused when the job is made.
    this.#run();
    this.#created = options.org.now().toISOString().replace('Z', '+0000');
  }

  info(): Record<string, unknown> {
    const { text, includeDeleted, format, apiVersion, actor } = this.#options;
    return {
      id: this.id,
      operation: includeDeleted ? 'queryAll' : 'query',
      object: this.#object,
      query: text,
      createdById: actor.userId,
      createdDate: this.#created,
      systemModstamp: this.#created,
      state: this.#state,
      concurrencyMode: 'Parallel',
      contentType: 'CSV',
      apiVersion: Number(apiVersion.slice(1)),
      jobType: 'V2Query',
      ...format,
      ...(this.#result && { numberRecordsProcessed: this.#result.length }),
      retries: 0,
      totalProcessingTime: 0,
    };
  }

  process(): void {
    if (this.#state !== 'UploadComplete') return;
    this.#result = this.#run();
    this.#state = 'JobComplete';
  }

  abort(): void {
    if (this.#state !== 'UploadComplete')
      throw new OrgError('INVALIDJOBSTATE', `Cannot abort a job whose state is ${this.#state}.`);
    this.#state = 'Aborted';
  }

  refuseDeletionWhileRunning(): void {
    if (this.#state === 'UploadComplete')
      throw new OrgError('INVALIDJOBSTATE', 'Cannot delete a job that is not finished.');
  }

  /** The locator is opaque; the last page has the locator "null". */
  results({ locator, maxRecords }: { locator: string | null; maxRecords: number | undefined }): ResultPage {
    if (!this.#result)
      throw new OrgError(
        'INVALIDJOBSTATE',
        `The results of a job whose state is ${this.#state} are not there.`,
      );
    const from = locator === null ? 0 : Number(Buffer.from(locator, 'base64url').toString());
    if (!Number.isInteger(from) || from < 0 || from > this.#result.length)
      throw new OrgError('INVALID_QUERY_LOCATOR', 'invalid query locator');
    const to = Math.min(this.#result.length, from + (maxRecords ?? defaultPage));
    const { columns } = this.#result;
    const rows: string[][] = [];
    for (let i = from; i < to; i += 1) rows.push(cells(this.#result.record(i), columns));
    const more = to < this.#result.length;
    return {
      csv: writeCsv({ columns, rows }, this.#options.format),
      count: rows.length,
      locator: more ? Buffer.from(String(to)).toString('base64url') : 'null',
    };
  }

  #run(): QueryResult {
    const { org, actor, text, includeDeleted, apiVersion } = this.#options;
    if (includeDeleted) emptyRecycleBin(org);
    return runSoql({ org, access: actor.access, text, version: apiVersion, includeDeleted });
  }
}

/** Bulk API 2.0 guide, "SOQL Considerations": no aggregates, OFFSET, TYPEOF or nested queries. Returns the object. */
function refuseUnsupported(text: string): string {
  const { fields = [], groupBy, offset, sObject = '' } = parseSoql(text);
  const plain = fields.every(({ type }) => type === 'Field' || type === 'FieldRelationship');
  if (!plain || groupBy || offset !== undefined)
    throw new OrgError('API_ERROR', 'This query is not supported by Bulk API 2.0: only plain fields are.');
  return sObject;
}

function cells(record: JsonRecord, columns: string[]): string[] {
  return columns.map((path) => {
    let value: unknown = record;
    for (const step of path.split('.')) value = property(value, step);
    if (value === null || value === undefined) return '';
    if (typeof value === 'object')
      throw new OrgError('API_ERROR', `The compound field ${path} is not supported by Bulk API 2.0.`);
    return String(value).replace(/\+0000$/, 'Z');
  });
}

/** Columns are named as the query writes them, records as the schema does. */
function property(value: unknown, name: string): unknown {
  const entry = Object.entries((value ?? {}) as JsonRecord).find(
    ([key]) => key.toLowerCase() === name.toLowerCase(),
  );
  return entry?.[1];
}
