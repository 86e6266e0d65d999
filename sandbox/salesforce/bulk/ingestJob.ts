import { OrgError, orgErrorsOf } from '../orgError.ts';
import type { Actor, Call, Org } from '../org.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { chunkSize } from './bulkJobs.ts';
import type { JobKnobs, JobState } from './bulkJobs.ts';
import { readCsv, writeCsv } from './csv.ts';
import type { CsvFormat } from './csv.ts';
import { rowWriter, unknownColumn } from './ingestRow.ts';
import type { Operation, RowWriter } from './ingestRow.ts';

export type IngestOptions = {
  id: string;
  org: Org;
  actor: Actor;
  object: ObjectSchema;
  operation: Operation;
  externalIdFieldName: string | undefined;
  format: CsvFormat;
  apiVersion: string;
};

/** One load of a CSV file: opened, filled once, closed, processed in chunks, and asked for its results. */
export class IngestJob {
  readonly id: string;
  readonly #options: IngestOptions;
  readonly #created: string;
  #modified: string;
  #state: JobState = 'Open';
  #errorMessage: string | undefined;
  #text: string | undefined;
  #columns: string[] = [];
  #rows: string[][] = [];
  #processed = 0;
  readonly #successes: string[][] = [];
  readonly #failures: string[][] = [];

  constructor(options: IngestOptions) {
    this.id = options.id;
    this.#options = options;
    this.#created = this.#modified = this.#now();
  }

  info(): Record<string, unknown> {
    const { object, operation, externalIdFieldName, format, apiVersion, actor } = this.#options;
    return {
      id: this.id,
      operation,
      object: object.name,
      ...(externalIdFieldName && { externalIdFieldName }),
      createdById: actor.userId,
      createdDate: this.#created,
      systemModstamp: this.#modified,
      state: this.#state,
      concurrencyMode: 'Parallel',
      contentType: 'CSV',
      apiVersion: Number(apiVersion.slice(1)),
      jobType: 'V2Ingest',
      ...format,
      ...(this.#state === 'Open' && {
        contentUrl: `services/data/${apiVersion}/jobs/ingest/${this.id}/batches`,
      }),
      numberRecordsProcessed: this.#processed,
      numberRecordsFailed: this.#failures.length,
      retries: 0,
      totalProcessingTime: 0,
      apiActiveProcessingTime: 0,
      apexProcessingTime: 0,
      ...(this.#errorMessage && { errorMessage: this.#errorMessage }),
    };
  }

  upload(text: string): void {
    this.#require(['Open'], 'upload data to');
    if (this.#text !== undefined)
      throw new OrgError('INVALIDJOBSTATE', 'Data was uploaded to this job already; one upload is allowed.');
    this.#text = text;
  }

  abort(): void {
    this.#require(['Open', 'UploadComplete', 'InProgress'], 'abort');
    this.#move('Aborted');
  }

  /** No more data comes; whoever calls starts `process`. */
  close(): void {
    this.#require(['Open'], 'close');
    if (this.#text === undefined) throw new OrgError('INVALIDJOBSTATE', 'No data was uploaded to this job.');
    this.#move('UploadComplete');
  }

  refuseDeletionWhileRunning(): void {
    this.#require(['UploadComplete', 'JobComplete', 'Aborted', 'Failed'], 'delete');
  }

  /** Goes through the file a chunk at a time, so that other requests are answered between. */
  process(call: Call, knobs: JobKnobs): void {
    if (this.#state !== 'UploadComplete') return;
    const { org, object, format, operation, externalIdFieldName } = this.#options;
    this.#move('InProgress');
    try {
      ({ columns: this.#columns, rows: this.#rows } = readCsv(this.#text!, format));
    } catch (error) {
      return this.#fail(`InvalidBatch : ${error instanceof Error ? error.message : String(error)}`);
    }
    const unknown = unknownColumn(org, object, this.#columns);
    if (unknown !== undefined) return this.#fail(`InvalidBatch : Field name not found : ${unknown}`);
    const write = rowWriter({ ...this.#options, columns: this.#columns, operation, externalIdFieldName });
    this.#processChunk({ call, knobs, write });
  }

  successes(): string {
    return this.#results('sf__Created', this.#successes);
  }

  failures(): string {
    return this.#results('sf__Error', this.#failures);
  }

  unprocessed(): string {
    return writeCsv(
      { columns: this.#columns, rows: this.#rows.slice(this.#processed) },
      this.#options.format,
    );
  }

  #processChunk(work: { call: Call; knobs: JobKnobs; write: RowWriter }): void {
    if (this.#state !== 'InProgress') return;
    const { call, knobs, write } = work;
    const { org } = this.#options;
    const limit = knobs.failAfter ?? Infinity;
    const chunk = this.#rows.slice(this.#processed, Math.min(this.#processed + chunkSize, limit));
    org.withCall(call, () =>
      org.transaction(() => {
        for (const row of chunk) this.#writeRow(row, write);
      }),
    );
    this.#processed += chunk.length;
    if (this.#processed >= limit && limit < this.#rows.length)
      return this.#fail('InternalServerError : The job was stopped.');
    if (this.#processed >= this.#rows.length) return this.#move('JobComplete');
    setImmediate(() => this.#processChunk(work));
  }

  #writeRow(row: string[], write: RowWriter): void {
    try {
      const { id, created } = this.#options.org.transaction(() => write(row));
      this.#successes.push([id, String(created), ...row]);
    } catch (error) {
      const errors = orgErrorsOf(error);
      if (!errors) throw error;
      const words = errors.map(({ errorCode, message, fields = [] }) => {
        // A value that cannot be read stops a JSON request, but only its own row of a file.
        const code = errorCode === 'JSON_PARSER_ERROR' ? 'INVALID_TYPE_ON_FIELD_IN_RECORD' : errorCode;
        return `${code}:${message}:${fields.join(',')} --`;
      });
      this.#failures.push(['', words.join(';'), ...row]);
    }
  }

  #results(second: string, rows: string[][]): string {
    return writeCsv({ columns: ['sf__Id', second, ...this.#columns], rows }, this.#options.format);
  }

  #require(states: JobState[], verb: string): void {
    if (!states.includes(this.#state))
      throw new OrgError('INVALIDJOBSTATE', `Cannot ${verb} a job whose state is ${this.#state}.`);
  }

  #fail(message: string): void {
    this.#errorMessage = message;
    this.#move('Failed');
  }

  #move(state: JobState): void {
    this.#state = state;
    this.#modified = this.#now();
  }

  #now(): string {
    return this.#options.org.now().toISOString().replace('Z', '+0000');
  }
}
