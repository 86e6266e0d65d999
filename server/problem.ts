import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { isSyncFailure, RetryableFailure } from '../sync/failure.ts';

/** HTTP status of every code the API can answer with; other codes are records that cannot be processed: 422. */
const STATUS: Record<string, number> = {
  invalid_request: 400,
  invalid_period: 400,
  invalid_signature: 400,
  wrong_mode: 400,
  wrong_kind: 400,
  unauthenticated: 401,
  wrong_org: 403,
  unknown_path: 404,
  unknown_invoice: 404,
  unknown_record: 404,
  unknown_match: 404,
  unknown_conflict: 404,
  crm_record_gone: 404,
  not_acceptable: 406,
  deleted: 410,
  wrong_state: 409,
  already_sent: 409,
  match_closed: 409,
  account_merged: 409,
  no_customer: 409,
  conflict_settled: 409,
  account_taken: 409,
  no_lines: 409,
  of_subscription: 409,
  partly_paid: 409,
  revised: 409,
  no_card: 409,
  nothing_to_refund: 409,
  link_exists: 409,
  too_small: 409,
  outcome_unknown: 409,
  idempotency_conflict: 409,
  body_too_large: 413,
  internal: 500,
  not_ready: 503,
  store_unavailable: 503,
};

export const statusOf = (code: string): number => STATUS[code] ?? 422;

/** An answer that is not a success; becomes problem details (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: string;
  readonly extra: Record<string, unknown>;

  constructor(code: string, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.extra = extra;
  }
}

const titleOf = (code: string) => {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function sendProblem(response: Response, problem: Problem): void {
  const status = statusOf(problem.code);
  response
    .status(status)
    .type('application/problem+json')
    .json({
      type: 'about:blank',
      title: titleOf(problem.code),
      status,
      detail: problem.message,
      code: problem.code,
      ...problem.extra,
    });
}

/** Express's last handler: whatever was thrown becomes a problem; only our own words reach the client. */
export function problemHandler(log: Logger) {
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line max-params
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(error);
    const problem = asProblem(error);
    if (statusOf(problem.code) >= 500) {
      log.error({ error, method: request.method, path: request.path }, 'A request failed.');
    }
    sendProblem(response, problem);
  };
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isSyncFailure(error))
    return new Problem(error instanceof RetryableFailure ? 'not_ready' : error.code, error.message);
  const { type, code } = error as { type?: string; code?: string };
  if (type === 'entity.parse.failed') return new Problem('invalid_request', 'The body is not valid JSON.');
  if (type === 'entity.too.large')
    return new Problem('body_too_large', 'The body is larger than this path takes.');
  if (isStoreError(code, error)) {
    return new Problem('store_unavailable', 'The database does not answer. Try again in a moment.');
  }
  return new Problem(
    'internal',
    'Invoicebridge made a mistake. Try again; an administrator finds the details in the log.',
  );
}

// SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention), and sockets that are gone.
function isStoreError(code: string | undefined, error: unknown): boolean {
  return (
    /^(08|53|57)|^E(CONN|PIPE)/.test(code ?? '') || /Connection terminated|connect ENOENT/.test(String(error))
  );
}
