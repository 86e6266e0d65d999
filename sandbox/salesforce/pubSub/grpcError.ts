import { Metadata } from '@grpc/grpc-js';
import type { ServiceError, status } from '@grpc/grpc-js';

const prefix = 'sfdc.platform.eventbus.grpc';

/** A refusal as the Pub/Sub API gives it: a gRPC status, and in the trailers its own error code and the id of the call. */
export function grpcError(
  code: status,
  message: string,
  { errorCode, rpcId }: { errorCode?: string; rpcId: string },
): ServiceError {
  const metadata = new Metadata();
  if (errorCode) metadata.set('error-code', `${prefix}.${errorCode}`);
  metadata.set('rpc-id', rpcId);
  const details = `${message} rpcId: ${rpcId}`;
  return Object.assign(new Error(details), { code, details, metadata });
}
