import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const launcher = join(__dirname, '../../bin/invoicebridge.mjs');

const PROBE =
  `data:text/javascript,import('node:v8').then((v8)=>` +
  `console.error(process.pid,Math.round(v8.getHeapStatistics().heap_size_limit/1048576)))`;

/** The process of the command as it was at last: its id, and how large its heap can become, in MB. */
async function launched(
  command: string,
  options = '',
): Promise<{ child: number; pid: number; limit: number }> {
  const child = spawn(process.execPath, [launcher, command, '--help'], {
    env: { PATH: process.env.PATH, NODE_OPTIONS: `--import=${PROBE} ${options}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  const [pid, limit] = said.trim().split('\n').at(-1)!.split(' ').map(Number);
  return { child: child.pid!, pid: pid!, limit: limit! };
}

it.each(['backfill', 'audit'])(
  '%s runs within a small heap, and in the process that was started',
  async (command) => {
    const { child, pid, limit } = await launched(command);
    expect(limit).toBeLessThan(160);
    expect(pid).toBe(child);
  },
);

it('takes the heap that somebody gives it', async () => {
  const { limit } = await launched('backfill', '--max-old-space-size=700');
  expect(limit).toBeGreaterThanOrEqual(700);
});

it('leaves other commands as they are', async () => {
  const { limit } = await launched('status');
  expect(limit).toBeGreaterThan(400);
});
