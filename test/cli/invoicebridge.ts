import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment } from '../setup/childEnvironment.ts';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output of `--json`, a value a line. */
  lines: Record<string, unknown>[];
}

const launcher = join(__dirname, '../../bin/invoicebridge.mjs');

/** Runs the real command in a process of its own, as a person would. */
export async function invoicebridge(
  args: string[],
  environment: Record<string, string>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...childEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const lines = args.includes('--json')
    ? stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
  return { code, stdout, stderr, lines };
}
