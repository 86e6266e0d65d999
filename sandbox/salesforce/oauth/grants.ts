import { timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { OrgUser, Users } from '../access/users.ts';
import type { Sessions } from './sessions.ts';

export type ConnectedApp = {
  clientId: string;
  clientSecret?: string;
  /** The certificate whose key signs JWT bearer assertions. */
  certificatePem?: string;
  /** The user who is approved for JWT bearer and runs client credentials. */
  username: string;
};

export type GrantContext = {
  apps: ConnectedApp[];
  users: Users;
  sessions: Sessions;
  audiences: () => string[];
};
export type Granted = { app: ConnectedApp; user: OrgUser };

/** An answer of the token endpoint that is not a token (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}

/** Whom a token request makes a token for. */
export function resolveGrant(form: Record<string, string>, context: GrantContext): Granted {
  switch (form['grant_type']) {
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return jwtBearer(form['assertion'] ?? '', context);
    case 'client_credentials':
      return clientCredentials(form, context);
    case 'refresh_token':
      return refreshToken(form, context);
    default:
      throw new OAuthError('unsupported_grant_type', 'grant type not supported');
  }
}

/** The assertion must be signed by the registered certificate's key, for this org, and be valid for minutes only. */
function jwtBearer(assertion: string, { apps, users, audiences }: GrantContext): Granted {
  const claims = jwt.decode(assertion);
  if (typeof claims !== 'object' || claims === null)
    throw new OAuthError('invalid_grant', 'invalid assertion');
  const app = apps.find(({ clientId }) => clientId === claims.iss);
  if (!app?.certificatePem) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  try {
    jwt.verify(assertion, app.certificatePem, { algorithms: ['RS256'] });
  } catch (error) {
    const expired = error instanceof jwt.TokenExpiredError;
    throw new OAuthError('invalid_grant', expired ? 'expired assertion' : 'invalid assertion');
  }
  const given = [claims.aud].flat().map((audience) => audience?.replace(/\/$/, ''));
  if (!given.some((audience) => audience && audiences().includes(audience))) {
    throw new OAuthError('invalid_grant', 'audience is invalid');
  }
  if (claims.exp === undefined) throw new OAuthError('invalid_grant', 'expiration is missing');
  const user = users.byUsername(claims.sub ?? '');
  if (!user || user.username !== app.username) {
    throw new OAuthError('invalid_grant', "user hasn't approved this consumer");
  }
  return { app, user };
}

function clientCredentials(form: Record<string, string>, { apps, users }: GrantContext): Granted {
  const app = authenticatedApp(form, apps);
  const user = users.byUsername(app.username);
  if (!user) throw new OAuthError('invalid_grant', 'no client credentials user enabled');
  return { app, user };
}

function refreshToken(form: Record<string, string>, { apps, users, sessions }: GrantContext): Granted {
  const app = authenticatedApp(form, apps);
  const grant = sessions.refreshGrant(form['refresh_token'] ?? '');
  const user = grant && users.byId(grant.userId);
  if (!user || grant.clientId !== app.clientId)
    throw new OAuthError('invalid_grant', 'expired access/refresh token');
  return { app, user };
}

function authenticatedApp(form: Record<string, string>, apps: ConnectedApp[]): ConnectedApp {
  const app = apps.find(({ clientId }) => clientId === form['client_id']);
  if (!app) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  const wanted = Buffer.from(app.clientSecret ?? '');
  const given = Buffer.from(form['client_secret'] ?? '');
  const same = wanted.length > 0 && wanted.length === given.length && timingSafeEqual(wanted, given);
  if (!same) throw new OAuthError('invalid_client', 'invalid client credentials');
  return app;
}
