import { createHmac } from 'node:crypto';
import { Router, urlencoded } from 'express';
import { fullName } from '../access/users.ts';
import type { OrgUser } from '../access/users.ts';
import { bearerToken } from './authenticate.ts';
import { OAuthError, resolveGrant } from './grants.ts';
import type { GrantContext, Granted } from './grants.ts';

export type OAuthContext = GrantContext & { orgId: string; url: () => string };

/** /services/oauth2/token, revoke and userinfo, and the identity address /id/ORG/USER. */
export function oauthRoutes(context: OAuthContext): Router {
  const router = Router();
  const form = urlencoded({ extended: false });

  router.post('/services/oauth2/token', form, (request, response) => {
    const fields = {
      ...basicCredentials(request.headers.authorization),
      ...(request.body as Record<string, string>),
    };
    try {
      response.json(tokenAnswer(context, resolveGrant(fields, context)));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      response.status(400).json({ error: error.error, error_description: error.message });
    }
  });

  router.all('/services/oauth2/revoke', form, (request, response) => {
    const fields = (request.body ?? {}) as Record<string, string>;
    const token = fields['token'] ?? String(request.query['token'] ?? '');
    if (context.sessions.revoke(token)) response.status(200).end();
    else response.status(400).json({ error: 'invalid_token', error_description: 'invalid token' });
  });

  router.get('/services/oauth2/userinfo', (request, response) => {
    const user = context.users.byId(context.sessions.userOf(bearerToken(request) ?? '') ?? '');
    if (user) response.json(userInfo(context, user));
    else response.status(403).type('text').send('Bad_OAuth_Token');
  });

  router.get('/id/:orgId/:userId', (request, response) => {
    const token = bearerToken(request) ?? String(request.query['oauth_token'] ?? '');
    const user = context.users.byId(context.sessions.userOf(token) ?? '');
    if (!user) response.status(403).type('text').send('Bad_OAuth_Token');
    else if (user.id !== request.params.userId) response.status(403).type('text').send('Wrong_Id');
    else response.json(identity(context, user));
  });
  return router;
}

function tokenAnswer({ sessions, orgId, url }: OAuthContext, { app, user }: Granted): Record<string, string> {
  const id = `${url()}/id/${orgId}/${user.id}`;
  const issuedAt = String(Date.now());
  return {
    access_token: sessions.open(user.id),
    scope: 'api',
    instance_url: url(),
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
    signature: createHmac('sha256', app.clientSecret ?? '')
      .update(id + issuedAt)
      .digest('base64'),
  };
}

function userInfo({ orgId, url }: OAuthContext, user: OrgUser): Record<string, unknown> {
  return {
    sub: `${url()}/id/${orgId}/${user.id}`,
    user_id: user.id,
    organization_id: orgId,
    preferred_username: user.username,
    name: fullName(user),
    given_name: user.firstName,
    family_name: user.lastName,
    email: user.username,
    user_type: 'STANDARD',
  };
}

function identity({ orgId, url }: OAuthContext, user: OrgUser): Record<string, unknown> {
  const base = `${url()}/services/data/v{version}`;
  return {
    id: `${url()}/id/${orgId}/${user.id}`,
    asserted_user: true,
    user_id: user.id,
    organization_id: orgId,
    username: user.username,
    display_name: fullName(user),
    email: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    urls: { rest: `${base}/`, sobjects: `${base}/sobjects/`, query: `${base}/query/` },
  };
}

function basicCredentials(header: string | undefined): Record<string, string> {
  if (!header?.startsWith('Basic ')) return {};
  const [id = '', secret = ''] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':');
  return { client_id: id, client_secret: secret };
}
