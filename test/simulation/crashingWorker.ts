import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** One worker process at work and one that stands by, so that the first can be killed at any moment. */
export class CrashingWorker {
  private readonly environment: Record<string, string>;
  private working: ChildProcess | undefined;
  private standby: ChildProcess;

  constructor(environment: Record<string, string>) {
    this.environment = environment;
    this.standby = this.spawn();
  }

  async start(): Promise<void> {
    const next = this.standby;
    this.working = next;
    this.standby = this.spawn();
    await said(next, 'ready');
    const working = said(next, 'working');
    next.send('start');
    await working;
  }

  /** kill -9: nothing is settled, nothing is closed. */
  async kill(): Promise<void> {
    if (this.working) await end(this.working);
    this.working = undefined;
  }

  async stop(): Promise<void> {
    await this.kill();
    await end(this.standby);
  }

  private spawn(): ChildProcess {
    const child = fork(join(import.meta.dirname, 'workerProcess.ts'), {
      env: { PATH: process.env.PATH, ...this.environment },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    messages.set(child, new Set());
    child.on('message', (message) => messages.get(child)!.add(message));
    return child;
  }
}

const messages = new WeakMap<ChildProcess, Set<unknown>>();

async function said(child: ChildProcess, word: string): Promise<void> {
  while (!messages.get(child)!.has(word)) {
    if (child.exitCode !== null) throw new Error(`A worker ended by itself with ${child.exitCode}.`);
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
