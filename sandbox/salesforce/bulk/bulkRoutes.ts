import { OrgError } from '../orgError.ts';
import { noContent, ok } from '../rest/answer.ts';
import type { RestAnswer, RestContext, RestRequest, RestRoute } from '../rest/answer.ts';
import { bodyObject, targetObject } from '../rest/target.ts';
import { csvFormat } from './csv.ts';
import { IngestJob } from './ingestJob.ts';
import type { Operation } from './ingestRow.ts';
import { QueryJob } from './queryJob.ts';

/** Bulk API 2.0, for the table of REST routes. */
export const bulkRoutes: [method: string, path: string, route: RestRoute][] = [
  ['GET', 'jobs/ingest', (_request, { bulk }) => list(bulk.ingestJobs)],
  ['POST', 'jobs/ingest', createIngest],
  ['GET', 'jobs/ingest/:id', (request, { bulk }) => ok(bulk.ingestJob(request.segments[2]!).info())],
  ['PATCH', 'jobs/ingest/:id', changeIngest],
  ['DELETE', 'jobs/ingest/:id', deleteIngest],
  ['PUT', 'jobs/ingest/:id/batches', upload],
  ['GET', 'jobs/ingest/:id/successfulResults', results((job) => job.successes())],
  ['GET', 'jobs/ingest/:id/failedResults', results((job) => job.failures())],
  ['GET', 'jobs/ingest/:id/unprocessedrecords', results((job) => job.unprocessed())],
  ['GET', 'jobs/query', (_request, { bulk }) => list(bulk.queryJobs)],
  ['POST', 'jobs/query', createQuery],
  ['GET', 'jobs/query/:id', (request, { bulk }) => ok(bulk.queryJob(request.segments[2]!).info())],
  ['PATCH', 'jobs/query/:id', abortQuery],
  ['DELETE', 'jobs/query/:id', deleteQuery],
  ['GET', 'jobs/query/:id/results', queryResults],
];

const operations = ['insert', 'update', 'upsert', 'delete'];

function createIngest(request: RestRequest, context: RestContext): RestAnswer {
  const { object: name, operation, externalIdFieldName, ...rest } = bodyObject(request);
  const { org, actor, bulk } = context;
  if (!operations.includes(String(operation)))
    throw new OrgError('INVALIDJOB', `The operation ${String(operation)} is not supported.`);
  if (operation === 'upsert' && typeof externalIdFieldName !== 'string')
    throw new OrgError('INVALIDJOB', 'externalIdFieldName is required for upsert operations.');
  const job = new IngestJob({
    id: bulk.nextId(),
    org,
    actor,
    object: targetObject(context, String(name)),
    operation: operation as Operation,
    externalIdFieldName: externalIdFieldName as string | undefined,
    format: csvFormat(rest),
    apiVersion: request.version,
  });
  bulk.addIngest(job);
  return ok(job.info());
}

function upload(request: RestRequest, { bulk }: RestContext): RestAnswer {
  const job = bulk.ingestJob(request.segments[2]!);
  if (typeof request.body !== 'string')
    throw new OrgError('INVALIDJOB', 'The data of a job is sent with the content type text/csv.');
  job.upload(request.body);
  return { status: 201 };
}

function changeIngest(request: RestRequest, { bulk, org }: RestContext): RestAnswer {
  const job = bulk.ingestJob(request.segments[2]!);
  const { state } = bodyObject(request);
  if (state === 'Aborted') job.abort();
  else if (state === 'UploadComplete') {
    job.close();
    const { call } = org;
    bulk.start(() => job.process(call, bulk.knobs));
  } else throw new OrgError('INVALIDJOBSTATE', `A job cannot be set to ${String(state)}.`);
  return ok(job.info());
}

function deleteIngest(request: RestRequest, { bulk }: RestContext): RestAnswer {
  const job = bulk.ingestJob(request.segments[2]!);
  job.refuseDeletionWhileRunning();
  bulk.delete(job.id);
  return noContent;
}

function results(csv: (job: IngestJob) => string): RestRoute {
  return (request, { bulk }) => ({ status: 200, text: csv(bulk.ingestJob(request.segments[2]!)) });
}

function createQuery(request: RestRequest, { org, actor, bulk }: RestContext): RestAnswer {
  const { query, operation, ...rest } = bodyObject(request);
  if (typeof query !== 'string' || !['query', 'queryAll'].includes(String(operation)))
    throw new OrgError('INVALIDJOB', 'A query job needs a query, and query or queryAll as its operation.');
  const job = new QueryJob({
    id: bulk.nextId(),
    org,
    actor,
    text: query,
    includeDeleted: operation === 'queryAll',
    format: csvFormat(rest),
    apiVersion: request.version,
  });
  bulk.addQuery(job);
  bulk.start(() => job.process());
  return ok(job.info());
}

function abortQuery(request: RestRequest, { bulk }: RestContext): RestAnswer {
  const job = bulk.queryJob(request.segments[2]!);
  if (bodyObject(request)['state'] !== 'Aborted')
    throw new OrgError('INVALIDJOBSTATE', 'A query job can only be aborted.');
  job.abort();
  return ok(job.info());
}

function deleteQuery(request: RestRequest, { bulk }: RestContext): RestAnswer {
  const job = bulk.queryJob(request.segments[2]!);
  job.refuseDeletionWhileRunning();
  bulk.delete(job.id);
  return noContent;
}

function queryResults(request: RestRequest, { bulk }: RestContext): RestAnswer {
  const max = request.query.get('maxRecords');
  const { csv, count, locator } = bulk.queryJob(request.segments[2]!).results({
    locator: request.query.get('locator'),
    maxRecords: max === null ? undefined : Number(max),
  });
  const headers = { 'Sforce-Locator': locator, 'Sforce-NumberOfRecords': String(count) };
  return { status: 200, text: csv, headers };
}

function list(jobs: { info(): unknown }[]): RestAnswer {
  return ok({ done: true, nextRecordsUrl: null, records: jobs.map((job) => job.info()) });
}
