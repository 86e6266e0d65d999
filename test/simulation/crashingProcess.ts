import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { childEnvironment } from '../setup/childEnvironment.ts';

type Script = 'workerProcess.ts' | 'webProcess.ts';

/** One web or worker process at work and one that stands by, so that the first can be killed at any moment. */
export class CrashingProcess {
  private readonly script: Script;
  private readonly environment: Record<string, string>;
  private working: ChildProcess | undefined;
  private standby: ChildProcess;
  private turn: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(script: Script, environment: Record<string, string>) {
    this.script = script;
    this.environment = environment;
    this.standby = this.spawn();
  }

  /** Another one starts to work. */
  start(): Promise<void> {
    return this.inTurn(() => this.next());
  }

  /**
   * kill -9: nothing is settled, nothing is closed; then another one starts to work. `onceDead` is told the dead one's
   * process id, which its leases carry.
   */
  restart(onceDead: (pid: number) => Promise<void> = async () => {}): Promise<void> {
    return this.inTurn(async () => {
      const dead = this.working!;
      await end(dead);
      await onceDead(dead.pid!);
      await this.next();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.turn;
    if (this.working) await end(this.working);
    await end(this.standby);
  }

  private async next(): Promise<void> {
    if (this.stopped) return;
    const next = this.standby;
    this.working = next;
    this.standby = this.spawn();
    await said(next, 'ready');
    const working = said(next, 'working');
    next.send('start');
    await working;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private spawn(): ChildProcess {
    const child = fork(join(import.meta.dirname, this.script), {
      env: { ...childEnvironment, ...this.environment },
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
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`A process ended by itself with ${child.exitCode ?? child.signalCode}.`);
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
