import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOrg, type StartedOrg } from '../../sandbox/salesforce/start.ts';

const app = { clientId: 'app', clientSecret: 'secret', username: 'integration@invoicebridge.sandbox' };
const directory = mkdtempSync(join(tmpdir(), 'invoicebridge-tls-'));
const authorities = join(directory, 'authority.pem');
let org: StartedOrg;

beforeAll(async () => {
  org = await startOrg({
    port: 0,
    dataFile: ':memory:',
    apps: [app],
    namedCredential: { url: 'http://127.0.0.1:9', token: 'unused' },
    links: { stripeDashboard: '', mailbox: '' },
    pubSubPort: 0,
    pubSubTls: true,
  });
  writeFileSync(authorities, org.pubSubCertificate!);
});
afterAll(async () => {
  await org?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function topicOverTls(url: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const credentials = JSON.stringify({ loginUrl: org.url, ...app });
  const script = join(import.meta.dirname, 'tlsClient.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, url, credentials], {
    env: { PATH: process.env.PATH, ...environment },
  });
  return stdout.trim();
}

test('an address without a scheme is spoken to with TLS, and a known authority is trusted', async () => {
  const address = org.pubSubUrl!.replace('https://', '');
  expect(await topicOverTls(address, { NODE_EXTRA_CA_CERTS: authorities })).toBe('/data/ChangeEvents');
});

test('an unknown authority is not trusted', async () => {
  expect(await topicOverTls(org.pubSubUrl!, {})).toMatch(/broke off.*self-signed certificate/);
});
