import { priorities, type Priority } from './priority.ts';

export interface LimiterOptions {
  /** Calls a second of all processes together while nobody complains; null where only the number at once is limited. */
  perSecond: number | null;
  /** Calls in flight for events and background work together. */
  atOnce: number;
  now?: () => number;
}

export interface LimiterState {
  /** What is allowed now: less than `mostPerSecond` for a while after the other side has complained. */
  perSecond: number | null;
  mostPerSecond: number | null;
  inFlight: number;
  waiting: Record<Priority, number>;
  /** When the other side last asked for fewer calls, in milliseconds since 1970. */
  slowedDownAt: number | null;
}

interface Waiting {
  priority: Priority;
  admit(release: () => void): void;
}

// Beside what others may use, so that a person never waits for the end of somebody else's call.
const RESERVED_FOR_PEOPLE = 4;
// A quarter of a second's calls may come at once: 20 a second and 5 more stay within Stripe's 25 for test keys.
const BURST_SECONDS = 0.25;
// Halved at each complaint, at most once a second (calls in flight complain together); whole again after 20 s of peace.
const COMPLAINTS_APART_MS = 1_000;
const RECOVERY_SECONDS = 20;

/**
 * Lets calls pass one by one: people before events before background work, so many a second and so many at once.
 * The rate adapts as TCP does: a complaint halves it, peace raises it steadily (AIMD).
 */
export class Limiter {
  private readonly options: LimiterOptions;
  private readonly now: () => number;
  private readonly waiting: Record<Priority, Waiting[]> = { person: [], event: [], background: [] };
  private inFlight = 0;
  private processes = 1;
  private perSecond: number;
  private tokens: number;
  private filledAt: number;
  private pausedUntil = 0;
  private slowedDownAt: number | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: LimiterOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.perSecond = options.perSecond ?? Infinity;
    this.tokens = this.burst;
    this.filledAt = this.now();
  }

  /** Resolves when the call may be made, with what must be called when it has ended. */
  admit(priority: Priority): Promise<() => void> {
    return new Promise((resolve) => {
      this.waiting[priority].push({ priority, admit: resolve });
      this.admitWaiting();
    });
  }

  /** The other side asked for fewer calls: nobody calls for `pauseMs`, and then fewer a second. */
  slowDown(pauseMs: number): void {
    const now = this.now();
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
    if (this.slowedDownAt === null || now - this.slowedDownAt >= COMPLAINTS_APART_MS) {
      this.fill();
      this.perSecond = Math.max(1, this.perSecond / 2);
      this.tokens = Math.min(this.tokens, this.burst);
    }
    this.slowedDownAt = now;
  }

  /** So many processes use the rate, this one included: each has its part of it. */
  shareAmong(processes: number): void {
    if (processes === this.processes || processes < 1) return;
    this.fill();
    this.perSecond *= this.processes / processes;
    this.processes = processes;
    this.tokens = Math.min(this.tokens, this.burst);
    this.admitWaiting();
  }

  state(): LimiterState {
    this.fill();
    const most = this.most;
    return {
      perSecond: most === null ? null : Math.round(this.perSecond * 10) / 10,
      mostPerSecond: most === null ? null : Math.round(most * 10) / 10,
      inFlight: this.inFlight,
      waiting: {
        person: this.waiting.person.length,
        event: this.waiting.event.length,
        background: this.waiting.background.length,
      },
      slowedDownAt: this.slowedDownAt,
    };
  }

  /** This process's part of the rate. */
  private get most(): number | null {
    return this.options.perSecond === null ? null : this.options.perSecond / this.processes;
  }

  private get burst(): number {
    return Math.max(1, this.perSecond * BURST_SECONDS);
  }

  private admitWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.fill();
    for (;;) {
      const next = this.next();
      if (!next) return;
      const pauseMs = this.pauseFor(next.priority);
      if (pauseMs > 0) {
        this.timer = setTimeout(() => this.admitWaiting(), pauseMs);
        return;
      }
      this.waiting[next.priority].shift();
      this.tokens -= 1;
      this.inFlight += 1;
      next.admit(this.releaseOnce());
    }
  }

  /** The first in line for whom there is room. */
  private next(): Waiting | undefined {
    return priorities
      .filter((priority) => this.inFlight < this.mostInFlight(priority))
      .flatMap((priority) => this.waiting[priority].slice(0, 1))[0];
  }

  private mostInFlight(priority: Priority): number {
    return this.options.atOnce + (priority === 'person' ? RESERVED_FOR_PEOPLE : 0);
  }

  /** People may overdraw by one burst: what they take, the others give back. */
  private pauseFor(priority: Priority): number {
    const paused = this.pausedUntil - this.now();
    if (paused > 0) return paused;
    if (this.options.perSecond === null) return 0;
    const needed = priority === 'person' ? 1 - this.burst : 1;
    // Rounded up, so that the timer does not come a hair too early and once more.
    return this.tokens >= needed ? 0 : Math.ceil(((needed - this.tokens) / this.perSecond) * 1000);
  }

  private releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.inFlight -= 1;
      this.admitWaiting();
    };
  }

  private fill(): void {
    const most = this.most;
    const now = this.now();
    const seconds = (now - this.filledAt) / 1000;
    this.filledAt = now;
    if (most === null) return;
    this.tokens = Math.min(this.burst, this.tokens + seconds * this.perSecond);
    if (now >= this.pausedUntil) {
      this.perSecond = Math.min(most, this.perSecond + (seconds * most) / RECOVERY_SECONDS);
    }
  }
}
