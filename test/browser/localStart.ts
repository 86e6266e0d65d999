import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../setup/childEnvironment.ts';

export interface LocalStart {
  /** The one address that it prints. */
  pageUrl: string;
  stripeUrl: string;
  stripeKey: string;
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
    const { stripeSecretKey } = JSON.parse(readFileSync(join(directory, 'sandbox.json'), 'utf8')) as {
      stripeSecretKey: string;
    };
    return { pageUrl, stripeUrl: new URL(links.stripeDashboard).origin, stripeKey: stripeSecretKey, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
