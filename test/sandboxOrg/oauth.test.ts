import { createHmac } from 'node:crypto';
import { Connection } from 'jsforce';
import { generateKeyPairSync } from 'node:crypto';
import { assertion, clientId, clientSecret, refusal, testOrg, username } from './org.ts';
import type { TestOrg } from './org.ts';

describe('signing in to the sandbox org', () => {
  let org: TestOrg;
  beforeAll(async () => {
    org = await testOrg();
  });
  afterAll(() => org.stop());

  async function token(form: Record<string, string>) {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }
  const jwtGrant = (changed: Record<string, unknown> = {}, key = org.privateKey) =>
    token({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertion(org, key, changed),
    });

  it('takes a JWT that the registered certificate signed, and answers a signed identity', async () => {
    const { status, body } = await jwtGrant();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', instance_url: org.url });
    expect(body.id).toContain(`/id/${org.orgId}/005`);
    const signature = createHmac('sha256', clientSecret)
      .update(body.id! + body.issued_at!)
      .digest('base64');
    expect(body.signature).toBe(signature);
  });

  it.each([
    ['another audience', { aud: 'https://login.example.com' }, 'invalid_grant', 'audience is invalid'],
    ['an expired assertion', { exp: 1_000_000_000 }, 'invalid_grant', 'expired assertion'],
    [
      'a user who did not approve',
      { sub: 'robin.reyes@sandbox.example' },
      'invalid_grant',
      "user hasn't approved this consumer",
    ],
    [
      'an unknown user',
      { sub: 'nobody@sandbox.example' },
      'invalid_grant',
      "user hasn't approved this consumer",
    ],
    ['an unknown app', { iss: 'other' }, 'invalid_client_id', 'client identifier invalid'],
  ])('refuses %s', async (_what, changed, error, description) => {
    expect(await jwtGrant(changed)).toEqual({ status: 400, body: { error, error_description: description } });
  });

  it('refuses a JWT that another key signed', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await jwtGrant({}, pem)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'invalid assertion' },
    });
  });

  it('takes client credentials and refuses a wrong secret', async () => {
    const form = { grant_type: 'client_credentials', client_id: clientId };
    expect(await token({ ...form, client_secret: clientSecret })).toMatchObject({ status: 200 });
    expect(await token({ ...form, client_secret: 'wrong' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
  });

  it('answers 401 INVALID_SESSION_ID without a valid token', async () => {
    for (const headers of [{}, { authorization: 'Bearer 00Dnonsense' }]) {
      const response = await fetch(`${org.url}/services/data/v67.0/limits`, {
        headers: headers as Record<string, string>,
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual([
        { errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' },
      ]);
    }
  });

  it('lets jsforce renew an expired session by its refresh token and go on', async () => {
    const { accessToken, refreshToken } = org.approve(clientId, username);
    const connection = new Connection({
      oauth2: { clientId, clientSecret, loginUrl: org.url },
      instanceUrl: org.url,
      accessToken,
      refreshToken,
      version: '67.0',
    });
    await connection.query('SELECT Id FROM User');
    await org.control('DELETE', '/sessions');
    const { totalSize } = await connection.query('SELECT Id FROM User');
    expect(totalSize).toBe(4);
    expect(connection.accessToken).not.toBe(accessToken);
  });

  it('forgets a revoked token', async () => {
    const connection = await org.connect();
    await connection.query('SELECT Id FROM User');
    await fetch(`${org.url}/services/oauth2/revoke?token=${encodeURIComponent(connection.accessToken!)}`, {
      method: 'POST',
    });
    expect((await refusal(connection.query('SELECT Id FROM User'))).errorCode).toBe('INVALID_SESSION_ID');
  });

  it('tells who the token belongs to', async () => {
    const connection = await org.connect();
    expect(await connection.identity()).toMatchObject({ username, organization_id: org.orgId });
    const response = await fetch(`${org.url}/services/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${connection.accessToken}` },
    });
    expect(await response.json()).toMatchObject({ preferred_username: username, organization_id: org.orgId });
  });

  it('ends sessions when their time is over', async () => {
    const short = await testOrg({ sessionSeconds: 0 });
    const connection = await short.connect();
    expect((await refusal(connection.query('SELECT Id FROM User'))).errorCode).toBe('INVALID_SESSION_ID');
    await short.stop();
  });
});
