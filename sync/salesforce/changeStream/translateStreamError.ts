import * as grpc from '@grpc/grpc-js';
import { PermanentFailure, RetryableFailure, isSyncFailure, type SyncFailure } from '../../failure.ts';

/** The stored place in the stream is unknown to the org: older than its 72 hours, or of another org. */
export const REPLAY_ID_REJECTED = 'crm_replay_id_rejected';
/** Neither an event nor a keepalive came for a while: a quiet org, or a connection that is dead. */
export const STREAM_SILENT = 'crm_stream_silent';
/** The org has no such stream, or gives it to somebody else only. */
export const STREAM_UNAVAILABLE = 'crm_stream_unavailable';

const UNAVAILABLE = new Set([
  grpc.status.PERMISSION_DENIED,
  grpc.status.NOT_FOUND,
  grpc.status.UNIMPLEMENTED,
]);

/** Turns what gRPC throws into a failure of ours. Source of the codes: Pub/Sub API, "Handle Errors". */
export function translateStreamError(error: unknown): SyncFailure {
  if (isSyncFailure(error)) return error;
  const { code, details = '' } = error as Partial<grpc.ServiceError>;
  // The status alone does not tell why; the trailer "error-code" does.
  const reason = `${errorCodeOf(error)} ${details}`;
  if (/replay.?id/i.test(reason)) {
    return new RetryableFailure({
      code: REPLAY_ID_REJECTED,
      stage: 'read-crm',
      message: 'The org no longer has the place in its change stream at which reading stopped.',
      cause: error,
    });
  }
  if (code === grpc.status.UNAUTHENTICATED) {
    return new RetryableFailure({
      code: 'crm_stream_session_ended',
      stage: 'read-crm',
      message: 'The session of the change stream has ended. It is opened again with a new one.',
      cause: error,
    });
  }
  if (UNAVAILABLE.has(code!) || (code === grpc.status.INVALID_ARGUMENT && /topic/i.test(reason))) {
    return streamUnavailable(details || 'no reason given', error);
  }
  return new RetryableFailure({
    code: 'crm_stream_interrupted',
    stage: 'read-crm',
    message: 'The change stream broke off. It is opened again by itself.',
    cause: error,
  });
}

export function streamUnavailable(reason: string, cause?: unknown): PermanentFailure {
  return new PermanentFailure({
    code: STREAM_UNAVAILABLE,
    stage: 'read-crm',
    message:
      `The org does not give out its change stream (${reason.slice(0, 300)}). Select the entities in Setup > Change Data ` +
      'Capture and assign the permission set Invoicebridge Integration to the integration user, or set SALESFORCE_CHANGE_STREAM=off.',
    cause,
  });
}

function errorCodeOf(error: unknown): string {
  const metadata = (error as Partial<grpc.ServiceError>).metadata;
  return String(metadata?.get('error-code')[0] ?? '');
}
