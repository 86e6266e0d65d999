import { setImmediate as breathe } from 'node:timers/promises';
import { ownCall } from '../api/call.ts';
import { sessionTasks } from '../checkout/sessionTasks.ts';
import { debitTasks } from '../payments/debitTasks.ts';
import { refundTasks } from '../payments/refundAnswers.ts';
import type { Sandbox } from '../sandbox.ts';
import { subscriptionTasks } from '../subscriptions/subscriptionTasks.ts';
import { emit } from '../webhooks/events.ts';
import type { TestClock } from '../wire.ts';
import { invoiceTasks } from './invoiceTasks.ts';
import type { Task } from './task.ts';
import { testClockTasks } from './testClockRoutes.ts';

const EVERY_MS = 1000;
const SOURCES = [invoiceTasks, debitTasks, refundTasks, sessionTasks, subscriptionTasks, testClockTasks];

/** Does what is due: each task in one transaction, in the order of their times, as if it had been done then. */
export class Timer {
  readonly #sandbox: Sandbox;
  readonly #committed: () => void;
  readonly #failed = new Set<string>();
  #interval: NodeJS.Timeout | undefined;
  #advancing = false;
  #stopped = false;

  /** `committed` is called after each transaction, when its events may be sent. */
  constructor(sandbox: Sandbox, committed: () => void) {
    this.#sandbox = sandbox;
    this.#committed = committed;
  }

  /** Also takes up the test clocks that an earlier process left advancing. */
  start(): void {
    this.#interval = setInterval(() => this.run(), EVERY_MS).unref();
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#interval);
  }

  /** All that is due by the wall clock now. */
  run(): void {
    while (this.#runNext(null, this.#sandbox.time.wall()) !== undefined);
  }

  /** Advances the test clocks that are to be advanced, after the answer that says so. */
  wake(): void {
    if (this.#advancing || this.#sandbox.testClocks.size === 0) return;
    this.#advancing = true;
    void this.#advance().finally(() => (this.#advancing = false));
  }

  async #advance(): Promise<void> {
    for (;;) {
      await breathe();
      const clock = [...this.#sandbox.testClocks.values()].find(({ status }) => status === 'advancing');
      if (!clock || this.#stopped) return;
      this.#step(clock);
    }
  }

  #step(clock: TestClock): void {
    const { store, testClocks } = this.#sandbox;
    const target = clock.status_details.advancing?.target_frozen_time ?? clock.frozen_time;
    const reached = this.#runNext(clock.id, target);
    if (reached !== undefined)
      return testClocks.put({ ...clock, frozen_time: Math.max(clock.frozen_time, reached) });
    const ready: TestClock = { ...clock, frozen_time: target, status: 'ready', status_details: {} };
    store.transaction(() => {
      testClocks.put(ready);
      emit(ownCall(this.#sandbox), 'test_helpers.test_clock.ready', ready);
    });
    this.#committed();
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
    for (const tasksOf of SOURCES)
      for (const task of tasksOf(this.#sandbox, clock))
        if ((!first || task.at < first.at) && !this.#failed.has(task.key)) first = task;
    return first;
  }
}
