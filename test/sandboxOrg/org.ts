import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'jsforce';
import jsonwebtoken from 'jsonwebtoken';
import { generate } from 'selfsigned';
import { startOrg } from '../../sandbox/salesforce/start.ts';
import type { OrgOptions, StartedOrg } from '../../sandbox/salesforce/start.ts';

export const clientId = 'consumer-key';
export const clientSecret = 'consumer-secret';
export const username = 'integration@sandbox.example';
/** A schema with a field of every type; without options.metadataDir the project's own is used. */
export const probeMetadata = join(__dirname, 'metadata');

export type TestOrg = StartedOrg & {
  dataFile: string;
  privateKey: string;
  /** A jsforce connection of the integration user, signed in by JWT bearer. */
  connect(): Promise<Connection>;
  restart(options?: Partial<OrgOptions>): Promise<TestOrg>;
  control(method: string, path: string, body?: unknown): Promise<Response>;
  stop(): Promise<void>;
};

let keys: Promise<{ private: string; cert: string }> | undefined;

/** An org on a free port with its data in a directory of its own. */
export async function testOrg(options: Partial<OrgOptions> = {}): Promise<TestOrg> {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-org-'));
  return open(directory, options);
}

async function open(directory: string, options: Partial<OrgOptions>): Promise<TestOrg> {
  keys ??= generate([{ name: 'commonName', value: 'Test' }], { keySize: 2048, algorithm: 'sha256' });
  const { private: privateKey, cert: certificatePem } = await keys;
  const dataFile = join(directory, 'org.sqlite');
  const org = await startOrg({
    port: 0,
    dataFile,
    apps: [{ clientId, clientSecret, certificatePem, username }],
    namedCredential: { url: 'http://127.0.0.1:9', token: 'token-of-the-org' },
    links: { stripeDashboard: 'http://stripe.test/dashboard', mailbox: 'http://stripe.test/mailbox' },
    ...options,
  });
  return {
    ...org,
    dataFile,
    privateKey,
    connect: () => connect(org, privateKey),
    async restart(changed = {}) {
      await org.close();
      return open(directory, { ...options, ...changed });
    },
    control: (method, path, body) =>
      fetch(`${org.url}/sandbox${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async stop() {
      await org.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function assertion(
  org: StartedOrg,
  privateKey: string,
  changed: Record<string, unknown> = {},
): string {
  const claims = { iss: clientId, sub: username, aud: org.url, jti: randomUUID(), ...changed };
  return jsonwebtoken.sign(claims, privateKey, {
    algorithm: 'RS256',
    ...('exp' in changed ? {} : { expiresIn: 180 }),
  });
}

async function connect(org: StartedOrg, privateKey: string): Promise<Connection> {
  const connection = new Connection({ loginUrl: org.url, version: '67.0', callOptions: { client: 'Test' } });
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion(org, privateKey),
  });
  return connection;
}

/** What jsforce throws for a refused call: errorCode, message and, for one error, the fields. */
export type Refusal = { errorCode: string; message: string; data?: unknown };

export async function refusal(call: PromiseLike<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('The org did not refuse the call.');
}

/** A session of the page: requests with the cookie of a user. */
export async function signIn(org: StartedOrg, name = 'Robin Reyes') {
  const first = await fetch(`${org.url}/sandbox/session`);
  const { users } = (await first.json()) as { users: { id: string; name: string }[] };
  const userId = users.find((user) => user.name === name)!.id;
  const response = await fetch(`${org.url}/sandbox/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId }),
  });
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!;
  const call = async <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => {
    const answer = await fetch(org.url + path, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text ? JSON.parse(text) : undefined) as T,
    };
  };
  return { userId, cookie, call };
}
