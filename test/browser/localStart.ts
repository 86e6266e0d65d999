import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orgId } from '../../sandbox/salesforce/seed/users.ts';
import type { Delivery } from '../../sandbox/stripe/pages/port.ts';
import type { SandboxSecrets } from '../../server/local/secrets.ts';
import type { EngineStatus } from '../../sync/store/queueStatus.ts';
import { childEnvironment } from '../setup/childEnvironment.ts';

export interface LocalStart {
  /** The one address that it prints. */
  pageUrl: string;
  stripeUrl: string;
  stripeKey: string;
  /** Resolves when no event is on its way and no record waits for its turn. */
  isIdle(): Promise<void>;
  stop(): Promise<void>;
}

/** `npm start` as a new user does it: nothing is there, no account, no database. */
export async function startLocally(): Promise<LocalStart> {
  const directory = mkdtempSync(join(tmpdir(), 'invoicebridge-browser-'));
  const { HOME } = process.env;
  const child = spawn(process.execPath, [join(__dirname, '../../server/local.ts')], {
    // Away from the ports that a developer's own npm start and the other tests begin at.
    env: { ...childEnvironment, HOME, INVOICEBRIDGE_DATA_DIR: directory, INVOICEBRIDGE_PORT: '14000' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const pageUrl = await address(() => said, exited);
    const { links } = (await (await fetch(`${pageUrl}/sandbox/session`)).json()) as {
      links: { stripeDashboard: string };
    };
    const { stripeSecretKey, apiToken } = JSON.parse(
      readFileSync(join(directory, 'sandbox.json'), 'utf8'),
    ) as SandboxSecrets;
    const stripeUrl = new URL(links.stripeDashboard).origin;
    const isIdle = async () => {
      const webPort = /"port":(\d+)/.exec(readFileSync(join(directory, 'logs/web.log'), 'utf8'))![1];
      const headers = { authorization: `Bearer ${apiToken}`, 'x-salesforce-org-id': orgId };
      for (;;) {
        const sent = await answer<{ deliveries: Delivery[] }>(`${stripeUrl}/_sandbox/deliveries`);
        const { queues } = await answer<EngineStatus>(`http://127.0.0.1:${webPort}/v1/status`, headers);
        const delivered = sent.deliveries.every(({ status }) => status !== 'pending');
        if (delivered && queues.every(({ dirty, held }) => dirty + held === 0)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    return { pageUrl, stripeUrl, stripeKey: stripeSecretKey, isIdle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answer<T>(url: string, headers: Record<string, string> = {}): Promise<T> {
  return (await (await fetch(url, { headers })).json()) as T;
}

async function address(said: () => string, exited: Promise<unknown>): Promise<string> {
  let ended = false;
  void exited.then(() => (ended = true));
  for (;;) {
    const found = /is ready: (http:\S+)/.exec(said())?.[1];
    if (found) return found;
    if (ended) throw new Error(`npm start ended. It said:\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
