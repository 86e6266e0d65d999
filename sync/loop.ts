import type { Logger } from 'pino';

export interface LoopOptions {
  name: string;
  /** Does what is due and returns how much it did. */
  runOnce: () => Promise<number>;
  /** How long to sleep when there was nothing to do. */
  idleMs: number;
  log: Logger;
}

/**
 * `run` around `runOnce`: again at once while there is work, after `idleMs` or a wake-up when there is none.
 * An error is logged and followed by the idle pause; whatever was claimed comes back with its lease.
 */
export class Loop {
  private readonly options: LoopOptions;
  private wakeUp: (() => void) | undefined;
  private woken = false;
  private stopped = false;
  private running: Promise<void> | undefined;

  constructor(options: LoopOptions) {
    this.options = options;
  }

  start(): void {
    this.running = this.run();
  }

  /** There is work: do not sleep any longer. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** Ends after the work in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      let done = 0;
      try {
        done = await this.options.runOnce();
      } catch (error) {
        this.options.log.error(
          { error, loop: this.options.name },
          `${this.options.name} failed and is tried again.`,
        );
      }
      if (done === 0 && !this.woken && !this.stopped) await this.sleep();
    }
  }

  private sleep(): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.wakeUp = undefined;
        resolve();
      };
      const timer = setTimeout(finish, this.options.idleMs);
      this.wakeUp = finish;
    });
  }
}
