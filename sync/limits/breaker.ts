export interface BreakerOptions {
  /** The longest pause between two looks at a side that is down. */
  longestPauseMs: number;
  now?: () => number;
  random?: () => number;
}

export interface BreakerState {
  /** `probing`: the pause is over, and the next call shows whether the side answers again. */
  state: 'closed' | 'open' | 'probing';
  /** Failures in a row, the last one included. */
  failures: number;
  /** Since when the side has not answered, and when it is tried next; milliseconds since 1970. */
  since: number | null;
  nextTryAt: number | null;
}

// One lost connection is no outage; a server that is down gives so many failures within a second or two.
const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 1_000;

/**
 * A circuit breaker: opens when one side has failed to answer several times in a row, and then lets one call through
 * after each pause. Only calls that got no answer, or an answer of a server in trouble, count; a refusal is an answer,
 * unless it is meant for all that we ask: then it opens at once.
 */
export class Breaker {
  private readonly options: BreakerOptions;
  private readonly now: () => number;
  private failures = 0;
  private openings = 0;
  private since: number | null = null;
  private openUntil: number | null = null;
  private probe: PromiseWithResolvers<void> | undefined;

  constructor(options: BreakerOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
  }

  /** Whether calls are refused at this moment without being tried. */
  get isOpen(): boolean {
    return this.state().state === 'open';
  }

  /** Whether the side is taken for down, also while it is being tried. */
  get isDown(): boolean {
    return this.openUntil !== null;
  }

  /** Waits while somebody else's call is the one that shows; false when the side is down. */
  async enter(): Promise<boolean> {
    while (this.openUntil !== null) {
      if (this.probe) await this.probe.promise;
      else if (this.now() < this.openUntil) return false;
      else {
        this.probe = Promise.withResolvers<void>();
        return true;
      }
    }
    return true;
  }

  /** The call that entered is not made after all, or its answer shows nothing: the next one is to show it. */
  stepBack(): void {
    this.endProbe();
  }

  succeeded(): void {
    this.failures = 0;
    this.openings = 0;
    this.since = null;
    this.openUntil = null;
    this.endProbe();
  }

  /** The side has refused us altogether: asking again and again would change nothing. */
  refused(): void {
    this.since ??= this.now();
    if (this.openUntil === null || this.probe) this.open();
    this.endProbe();
  }

  failed(): void {
    this.failures += 1;
    this.since ??= this.now();
    // A call that was under way when it opened says nothing new.
    if (this.openUntil !== null && !this.probe) return;
    if (this.probe || this.failures >= FAILURES_TO_OPEN) this.open();
    this.endProbe();
  }

  state(): BreakerState {
    const state =
      this.openUntil === null ? 'closed' : this.now() < this.openUntil && !this.probe ? 'open' : 'probing';
    return { state, failures: this.failures, since: this.since, nextTryAt: this.openUntil };
  }

  private open(): void {
    const full = Math.min(this.options.longestPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(this.openings, 20));
    this.openings += 1;
    // Spread, so that several processes do not come back together.
    this.openUntil = this.now() + full * (0.75 + 0.25 * (this.options.random ?? Math.random)());
  }

  private endProbe(): void {
    this.probe?.resolve();
    this.probe = undefined;
  }
}
