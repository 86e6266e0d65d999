import { OrgError } from '../orgError.ts';
import { makeRecordId } from '../recordId.ts';
import type { IngestJob } from './ingestJob.ts';
import type { QueryJob } from './queryJob.ts';

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Aborted' | 'Failed';

/** What tests order of jobs: to wait before they are processed, or to fail after so many records. */
export type JobKnobs = { hold: boolean; failAfter: number | undefined };

// Bulk API 2.0 processes 10,000 records of a file as one batch, which it saves in transactions of 200.
export const chunkSize = 200;

/** The Bulk API 2.0 jobs of the org. They live as long as the process. */
export class BulkJobs {
  readonly knobs: JobKnobs = { hold: false, failAfter: undefined };
  readonly #ingest = new Map<string, IngestJob>();
  readonly #queries = new Map<string, QueryJob>();
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  nextId(): string {
    return makeRecordId('750', (this.#count += 1));
  }

  get ingestJobs(): IngestJob[] {
    return [...this.#ingest.values()];
  }

  get queryJobs(): QueryJob[] {
    return [...this.#queries.values()];
  }

  addIngest(job: IngestJob): void {
    this.#ingest.set(job.id, job);
  }

  addQuery(job: QueryJob): void {
    this.#queries.set(job.id, job);
  }

  ingestJob(id: string): IngestJob {
    return found(this.#ingest.get(id));
  }

  queryJob(id: string): QueryJob {
    return found(this.#queries.get(id));
  }

  delete(id: string): void {
    this.#ingest.delete(id);
    this.#queries.delete(id);
  }

  /** Processing begins after the answer, or when a hold ends. */
  start(process: () => void): void {
    if (this.knobs.hold) this.#waiting.push(process);
    else setImmediate(process);
  }

  release(): void {
    this.knobs.hold = false;
    for (const process of this.#waiting.splice(0)) setImmediate(process);
  }
}

function found<T>(job: T | undefined): T {
  if (!job) throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
  return job;
}
