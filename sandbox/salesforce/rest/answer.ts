import type { BulkJobs } from '../bulk/bulkJobs.ts';
import type { Actor, Org } from '../org.ts';
import type { ApiUsage } from './apiUsage.ts';
import type { QueryCursors } from './queryCursors.ts';

/** One REST request without HTTP around it, so that composite can run several in one transaction. */
export type RestRequest = {
  method: string;
  /** Below /services/data/vNN.0, for example ['sobjects', 'Account']; every segment is decoded. */
  segments: string[];
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  /** The version of the path, for example v67.0. */
  version: string;
};

/** What the routes work with: the org and who calls. */
export type RestContext = {
  org: Org;
  actor: Actor;
  cursors: QueryCursors;
  usage: ApiUsage;
  bulk: BulkJobs;
};

export type RestAnswer = {
  status: number;
  body?: unknown;
  /** CSV instead of JSON. */
  text?: string;
  /** A file instead of JSON. */
  bytes?: Buffer;
  headers?: Record<string, string>;
};

export type RestRoute = (request: RestRequest, context: RestContext) => RestAnswer;

export const noContent: RestAnswer = { status: 204 };

export function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}
