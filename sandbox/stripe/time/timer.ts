import { ownCall } from '../api/call.ts';
import type { Sandbox } from '../sandbox.ts';
import { invoiceTasks } from './invoiceTasks.ts';
import type { Task } from './task.ts';

const EVERY_MS = 1000;

/** Does what is due: each task in one transaction, in the order of their times, as if it had been done then. */
export class Timer {
  readonly #sandbox: Sandbox;
  readonly #committed: () => void;
  readonly #failed = new Set<string>();
  #interval: NodeJS.Timeout | undefined;

  /** `committed` is called after each transaction, when its events may be sent. */
  constructor(sandbox: Sandbox, committed: () => void) {
    this.#sandbox = sandbox;
    this.#committed = committed;
  }

  start(): void {
    this.#interval = setInterval(() => this.run(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#interval);
  }

  /** All that is due by the wall clock now. */
  run(): void {
    while (this.#runNext(null, this.#sandbox.time.wall()) !== undefined);
  }

  /** The next task until then is done; its time, or undefined when there is none. */
  #runNext(clock: string | null, until: number): number | undefined {
    const task = this.#earliest(clock);
    if (!task || task.at > until) return undefined;
    const { store, time } = this.#sandbox;
    try {
      store.transaction(() => time.at(task.at, () => task.run(ownCall(this.#sandbox))));
      this.#committed();
    } catch (error) {
      this.#failed.add(task.key);
      console.error(`Sandbox Stripe failed at what was due by itself (${task.key}):`, error);
    }
    return task.at;
  }

  #earliest(clock: string | null): Task | undefined {
    let first: Task | undefined;
    for (const task of invoiceTasks(this.#sandbox, clock))
      if ((!first || task.at < first.at) && !this.#failed.has(task.key)) first = task;
    return first;
  }
}
