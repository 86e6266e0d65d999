import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';

export interface Started {
  url: string;
  adopted: boolean;
  initialised: boolean;
  child: ChildProcess;
}

const living = new Set<ChildProcess>();

/** Starts the embedded PostgreSQL in a process of its own, perhaps as another user or with another environment. */
export async function startInChild(
  dataDir: string,
  options: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Started> {
  const child = spawn(process.execPath, [join(__dirname, 'postgresChild.ts'), dataDir], {
    ...options,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  living.add(child);
  child.once('exit', () => living.delete(child));
  let said = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (!said) throw new Error(`It did not start: ${complaint}`);
  return { ...(JSON.parse(said) as Omit<Started, 'child'>), child };
}

/** Ends it with a clean stop of its server. */
export async function endChild({ child }: Started): Promise<void> {
  await end(child);
}

/** Ends those that a failed test left. */
export async function endChildren(): Promise<void> {
  await Promise.all([...living].map(end));
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.stdin?.end();
  await exited;
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
