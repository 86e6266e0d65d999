export type Stage = 'read-crm' | 'read-stripe' | 'write-stripe' | 'write-crm' | 'decide' | 'store';

export interface FailureDetails {
  /** Short and stable, for the API and for grouping: `crm_row_lock`, `missing_email` ... */
  code: string;
  stage: Stage;
  /** Plain words with the next step; shown to people as it is, so never with secrets or raw answers. */
  message: string;
  cause?: unknown;
}

/** The other side could not do it now; the same work may succeed later. */
export class RetryableFailure extends Error {
  override name = 'RetryableFailure';
  readonly code: string;
  readonly stage: Stage;
  /** What the other side asked for (Retry-After), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor({ code, stage, message, cause }: FailureDetails, retryAfterMs?: number) {
    super(message, { cause });
    this.code = code;
    this.stage = stage;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The other side refuses whatever this installation asks: its key, its login, its address. That says nothing about any
 * record, and goes on by itself once somebody has mended it; the message says how.
 */
export class SideRefusal extends RetryableFailure {
  override name = 'SideRefusal';
}

/** It cannot succeed until somebody changes something; the message says what. */
export class PermanentFailure extends Error {
  override name = 'PermanentFailure';
  readonly code: string;
  readonly stage: Stage;

  constructor({ code, stage, message, cause }: FailureDetails) {
    super(message, { cause });
    this.code = code;
    this.stage = stage;
  }
}

export type SyncFailure = RetryableFailure | PermanentFailure;

export const isSyncFailure = (error: unknown): error is SyncFailure =>
  error instanceof RetryableFailure || error instanceof PermanentFailure;
