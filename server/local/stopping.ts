/** Ends what was started, the last first. Steps may be added while it is already stopping; they are then done as well. */
export class Closers {
  stopping = false;
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  async close(): Promise<void> {
    this.stopping = true;
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step();
  }
}

/**
 * Ctrl-C reaches every process of the terminal, and npm hands it on once more; only a signal that comes later than that
 * is a person's second one.
 */
const SAME_KEYPRESS = 700;

export function onStopSignals({ stop, kill }: { stop: () => void; kill: () => void }): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        stop();
      } else if (Date.now() - first > SAME_KEYPRESS) {
        kill();
      }
    });
  }
}

/** npm killed with -9 cannot pass that on. Who starts without npm may well leave us running in the background. */
export function onNpmKilled(stop: () => void): void {
  if (!process.env['npm_lifecycle_event']) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}
