import { status } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import type { Users } from '../access/users.ts';
import type { Sessions } from '../oauth/sessions.ts';
import type { Actor } from '../org.ts';
import { toId18 } from '../recordId.ts';
import { grpcError } from './grpcError.ts';

export type Gate = { users: Users; sessions: Sessions; orgId: string; url: () => string };

/** Who calls, by the three headers that every call of the Pub/Sub API carries; throws UNAUTHENTICATED. */
export function authenticateCall({ users, sessions, orgId, url }: Gate, metadata: Metadata): Actor {
  const header = (name: string) => String(metadata.get(name)[0] ?? '');
  const refuse = (message: string, errorCode: string) =>
    grpcError(status.UNAUTHENTICATED, message, { errorCode: `service.auth.${errorCode}`, rpcId: 'none' });
  for (const name of ['accesstoken', 'instanceurl', 'tenantid']) {
    if (!header(name)) throw refuse(`The header ${name} is missing.`, 'headers.invalid');
  }
  if (toId18(header('tenantid')) !== orgId || !isSameHost(header('instanceurl'), url())) {
    throw refuse('The headers tenantid and instanceurl do not name this org.', 'error');
  }
  const user = users.byId(sessions.userOf(header('accesstoken')) ?? '');
  if (!user) throw refuse('The session is expired or invalid.', 'error');
  return users.actor(user.id);
}

function isSameHost(given: string, url: string): boolean {
  const host = (address: string) => address.replace(/\/$/, '').replace('localhost', '127.0.0.1');
  return host(given) === host(url);
}
