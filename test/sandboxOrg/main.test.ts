import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../setup/childEnvironment.ts';
import { freePort } from '../setup/freePort.ts';

const root = join(__dirname, '..', '..');

describe('the process of both sandboxes', () => {
  let directory: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sandbox-main-'));
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  /** Starts it and waits for its word, or for its end. */
  async function start(environment: Record<string, string>): Promise<string> {
    child = spawn(process.execPath, [join(root, 'sandbox/main.ts')], {
      env: { ...childEnvironment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    return new Promise((resolve) => {
      const take = (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('sandbox ready')) resolve(output);
      };
      child!.stdout!.on('data', take);
      child!.stderr!.on('data', take);
      child!.once('exit', () => resolve(output));
    });
  }

  const accounts = async (page: number) => {
    const session = await fetch(`http://127.0.0.1:${page}/sandbox/session`);
    const cookie = session.headers.get('set-cookie')!.split(';')[0]!;
    const soql = 'SELECT+COUNT()+FROM+Account';
    const answer = await fetch(`http://127.0.0.1:${page}/services/data/v67.0/query?q=${soql}`, {
      headers: { cookie },
    });
    return ((await answer.json()) as { totalSize: number }).totalSize;
  };

  it('serves the org and Stripe, stops cleanly on SIGTERM, and finds its data again', async () => {
    const [page, stripe] = [await freePort(), await freePort()];
    const environment = {
      SANDBOX_DATA_DIR: join(directory, 'data'),
      SANDBOX_ORG_PORT: String(page),
      SANDBOX_STRIPE_PORT: String(stripe),
      SANDBOX_WEB_URL: 'http://127.0.0.1:9',
      STRIPE_SECRET_KEY: 'sk_test_main',
      STRIPE_WEBHOOK_SECRET: 'whsec_main',
      SALESFORCE_CLIENT_ID: 'consumer-key',
      SALESFORCE_USERNAME: 'integration@sandbox.example',
      SALESFORCE_CERTIFICATE: 'not used here',
      API_TOKEN: 'token',
    };
    for (const expected of [12, 12]) {
      expect(await start(environment)).toContain('sandbox ready');
      expect(await accounts(page)).toBe(expected);
      expect((await fetch(`http://127.0.0.1:${page}/lightning/page/home`)).status).toBe(200);
      const stripeAnswer = await fetch(`http://127.0.0.1:${stripe}/v1/customers`, {
        headers: { authorization: 'Bearer sk_test_main' },
      });
      expect(await stripeAnswer.json()).toMatchObject({ object: 'list', data: [] });
      child!.kill('SIGTERM');
      const [code] = (await once(child!, 'exit')) as [number | null];
      expect(code).toBe(0);
    }
  });

  it('says what is missing', async () => {
    const output = await start({ SANDBOX_DATA_DIR: directory });
    expect(output).toContain('SANDBOX_WEB_URL is not set');
    expect(child!.exitCode).toBe(1);
  });
});
