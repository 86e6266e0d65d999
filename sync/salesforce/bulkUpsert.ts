import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { PermanentFailure, RetryableFailure } from '../failure.ts';
import { patiently } from '../audit/patiently.ts';
import type { SalesforceOrg } from './connection.ts';
import { translateRowErrors } from './translateError.ts';
import { upsertRecords, type WriteResult } from './writeRecords.ts';

export interface BulkTarget {
  object: string;
  /** Unique in the org, and in every row: a repeated job makes nothing twice. */
  externalId: string;
  /** Told of each job before it starts, so that it can be ended when this process is killed meanwhile. */
  onJob?(jobId: string): Promise<void>;
  /** From how many rows on a job is made instead of calls with 200 rows each. */
  jobFrom?: number;
}

export type BulkRow = Record<string, unknown>;

// A job takes about nine calls with its polls, and some seconds before it starts: calls of 200 are faster up to here.
const JOB_FROM = 2_000;

/** Makes or updates records of one object by an external id, however many; one answer a row, in order. */
export async function bulkUpsert(
  org: SalesforceOrg,
  target: BulkTarget,
  rows: BulkRow[],
): Promise<WriteResult[]> {
  if (rows.length < (target.jobFrom ?? JOB_FROM)) {
    return upsertRecords(
      org,
      target,
      rows.map((fields) => ({ fields })),
    );
  }
  const jobId = await createJob(org, target);
  await target.onJob?.(jobId);
  await upload(org, jobId, toCsv(rows));
  await patiently(() => startJob(org, jobId));
  const job = await ended(org, jobId);
  if (job.state !== 'JobComplete') throw stopped(job);
  return answers(org, { jobId, externalId: target.externalId, rows });
}

/** Ends a job of a process that was killed, so that it writes nothing any more, and waits until it has ended. */
export async function endJob(org: SalesforceOrg, jobId: string): Promise<void> {
  try {
    await org.request('PATCH', `/jobs/ingest/${jobId}`, { state: 'Aborted' });
  } catch (error) {
    // It is over already, or so old that the org has forgotten it.
    if (!(error instanceof PermanentFailure)) throw error;
    if (/NOT_FOUND/i.test(error.code)) return;
  }
  await ended(org, jobId);
}

interface Job {
  id: string;
  state: 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Aborted' | 'Failed';
  errorMessage?: string;
}

async function createJob(org: SalesforceOrg, { object, externalId }: BulkTarget): Promise<string> {
  const { id } = await patiently(() =>
    org.request<Job>('POST', '/jobs/ingest', {
      object,
      operation: 'upsert',
      externalIdFieldName: externalId,
      contentType: 'CSV',
      columnDelimiter: 'COMMA',
      lineEnding: 'LF',
    }),
  );
  return id;
}

/** One upload is allowed: a second one, after a lost answer, is refused because the first one was taken. */
async function upload(org: SalesforceOrg, jobId: string, csv: string): Promise<void> {
  let tries = 0;
  await patiently(async () => {
    tries += 1;
    try {
      await org.requestCsv('PUT', `/jobs/ingest/${jobId}/batches`, csv);
    } catch (error) {
      if (tries === 1 || !(error instanceof PermanentFailure)) throw error;
    }
  });
}

/** The request to start may have been carried out although its answer was lost. */
async function startJob(org: SalesforceOrg, jobId: string): Promise<void> {
  try {
    await org.request('PATCH', `/jobs/ingest/${jobId}`, { state: 'UploadComplete' });
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    const { state } = await org.request<Job>('GET', `/jobs/ingest/${jobId}`);
    if (state === 'Open') throw error;
  }
}

const FIRST_LOOK_MS = 200;
const LONGEST_LOOK_MS = 10_000;

async function ended(org: SalesforceOrg, jobId: string): Promise<Job> {
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(LONGEST_LOOK_MS, pauseMs * 1.5)) {
    const job = await patiently(() => org.request<Job>('GET', `/jobs/ingest/${jobId}`));
    if (['JobComplete', 'Aborted', 'Failed', 'Open'].includes(job.state)) return job;
    await sleep(pauseMs);
  }
}

const stopped = ({ id, state, errorMessage }: Job) =>
  new PermanentFailure({
    code: 'crm_bulk_job_stopped',
    stage: 'write-crm',
    message:
      `Salesforce ended the bulk job ${id} (${state}): ${errorMessage ?? 'no reason given'}. ` +
      'Setup > Bulk Data Load Jobs says more. Mend it and resume the backfill.',
  });

/** Parents by their external id become columns such as Invoice__r.Stripe_Invoice_Id__c. */
function toCsv(rows: BulkRow[]): string {
  const flat = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
        typeof value === 'object' && value !== null
          ? Object.entries(value).map(([key, id]) => [`${name}.${key}`, id])
          : [[name, value]],
      ),
    ),
  );
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  return stringify(flat, {
    header: true,
    columns,
    cast: { boolean: String },
  });
}

async function answers(
  org: SalesforceOrg,
  { jobId, externalId, rows }: { jobId: string; externalId: string; rows: BulkRow[] },
): Promise<WriteResult[]> {
  const results = async (kind: string) =>
    parse(await patiently(() => org.requestCsv('GET', `/jobs/ingest/${jobId}/${kind}`)), {
      columns: true,
      bom: true,
    }) as Record<string, string>[];
  const found = new Map<string, WriteResult>();
  for (const row of await results('failedResults')) {
    found.set(row[externalId]!, { failure: translateRowErrors(rowErrors(row.sf__Error ?? '')) });
  }
  for (const row of await results('successfulResults')) found.set(row[externalId]!, { id: row.sf__Id! });
  return rows.map((row) => found.get(String(row[externalId])) ?? { failure: unprocessed });
}

/** "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --", several separated by semicolons. */
function rowErrors(text: string): { statusCode: string; message: string }[] {
  return text
    .split(/ --;?/)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [statusCode = '', ...rest] = part.split(':');
      return { statusCode, message: (rest.length > 1 ? rest.slice(0, -1) : rest).join(':') };
    });
}

const unprocessed = new RetryableFailure({
  code: 'crm_bulk_row_unprocessed',
  stage: 'write-crm',
  message: 'The bulk job ended before it came to this record. It is tried again by itself.',
});
