/**
 * Two clocks: the wall clock, which stamps events and webhooks, and the time that objects live in. They differ for
 * customers of a test clock, whose time stands still, and while something is made up for that was due earlier.
 */
export class SandboxTime {
  readonly wall: () => number;
  #frozen: number | null = null;

  constructor(wall: () => number) {
    this.wall = wall;
  }

  readonly now = (): number => this.#frozen ?? this.wall();

  /** Runs synchronous work at another time; null is the wall clock. */
  at<R>(time: number | null, work: () => R): R {
    const before = this.#frozen;
    this.#frozen = time;
    try {
      return work();
    } finally {
      this.#frozen = before;
    }
  }
}

export const HOUR = 60 * 60;
export const DAY = 24 * HOUR;
