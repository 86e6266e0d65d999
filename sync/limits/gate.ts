import { setTimeout as sleep } from 'node:timers/promises';
import { RetryableFailure, type SideRefusal, type SyncFailure } from '../failure.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { DailyBudget, type BudgetOptions, type BudgetState } from './dailyBudget.ts';
import { Limiter, type LimiterState } from './limiter.ts';
import { currentPriority } from './priority.ts';

/** What an answer, or none, says about the side; `again`: the same call may be made once more, without harm. */
export interface Verdict {
  /** `undecided`: an answer from which cannot be told whether the side does what it is asked (a login, an ended session). */
  kind: 'answered' | 'busy' | 'outage' | 'slow-down' | 'undecided';
  again?: boolean;
  /** What the side asked for (Retry-After). */
  retryAfterMs?: number | undefined;
}

/** The side refuses all that we ask; the call fails with this, however its SDK would have read the answer. */
export interface Refused {
  kind: 'refused';
  refusal: SideRefusal;
}

/** One call of the other side, as it is made on the wire. */
export interface Call<T> {
  send(): Promise<T>;
  judge(result: Result<T>): Verdict | Refused;
  /** Resolves when the answer has been read to its end: until then the call is in flight. */
  ended?(answer: T): Promise<unknown>;
  /** Lets go of an answer that nobody is going to read. */
  discard?(answer: T): void;
}

export type Result<T> = { answer: T } | { error: unknown };

export interface GateOptions {
  side: 'stripe' | 'salesforce';
  /** Calls a second; null where only the number at once is limited. */
  perSecond: number | null;
  atOnce: number;
  longestPauseMs: number;
  budget?: BudgetOptions;
}

export interface GateState {
  side: 'stripe' | 'salesforce';
  breaker: BreakerState;
  limiter: LimiterState;
  budget: BudgetState | null;
  /** Why the side refuses whatever we ask, in words; null while it does not. */
  refusal: string | null;
  /** Calls since the process began. */
  calls: number;
}

const UNAVAILABLE = {
  stripe: {
    code: 'stripe_unavailable',
    message: 'Stripe does not answer right now. It is tried again by itself.',
  },
  salesforce: {
    code: 'crm_unavailable',
    message: 'Salesforce cannot be reached. It is tried again by itself.',
  },
};

// What only failed in passing is tried again here, where it costs one call instead of a record's whole work.
const TRIES = { busy: 3, outage: 3, 'slow-down': 6 };
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** A call that was not made, because its side is down. */
export class CircuitOpen extends Error {
  override name = 'CircuitOpen';
}

/** Where every call of one side passes: its breaker, its daily budget, its rate and its calls at once. */
export class Gate {
  readonly side: 'stripe' | 'salesforce';
  readonly breaker: Breaker;
  readonly budget: DailyBudget | undefined;
  private readonly limiter: Limiter;
  /** Why no call may be made at all, until somebody has decided something. */
  stopped: SyncFailure | undefined;
  /** Why the side refuses whatever we ask; it is tried again after growing pauses. */
  refusal: SideRefusal | undefined;
  private calls = 0;

  constructor({ side, perSecond, atOnce, longestPauseMs, budget }: GateOptions) {
    this.side = side;
    this.limiter = new Limiter({ perSecond, atOnce });
    this.breaker = new Breaker({ longestPauseMs });
    this.budget = budget && new DailyBudget(budget);
  }

  /** Makes the call when its turn has come, and again where that may help. Refused at once while the side is down. */
  async send<T>(call: Call<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const { result, verdict } = await this.once(call);
      const pauseMs = pauseBeforeNext(tries, verdict);
      if (pauseMs === undefined || this.breaker.isDown) {
        if ('error' in result) throw result.error;
        return result.answer;
      }
      if ('answer' in result) call.discard?.(result.answer);
      await sleep(pauseMs);
    }
  }

  /** So many processes make calls of this side, this one included. */
  shareAmong(processes: number): void {
    this.limiter.shareAmong(processes);
  }

  /** From now on every call is refused with this failure, also those that wait. */
  stop(failure: SyncFailure): void {
    this.stopped = failure;
  }

  resume(): void {
    this.stopped = undefined;
  }

  /** The side refuses us altogether: nothing is asked but now and then, to see whether that is over. */
  refused(refusal: SideRefusal): void {
    this.refusal = refusal;
    this.breaker.refused();
  }

  state(): GateState {
    return {
      side: this.side,
      breaker: this.breaker.state(),
      limiter: this.limiter.state(),
      budget: this.budget?.state() ?? null,
      refusal: this.refusal?.message ?? null,
      calls: this.calls,
    };
  }

  private async once<T>(call: Call<T>): Promise<{ result: Result<T>; verdict: Verdict }> {
    if (this.stopped) throw this.stopped;
    if (this.breaker.isOpen) throw this.unavailable();
    this.keepToBudget();
    const release = await this.limiter.admit(currentPriority());
    const entered = await this.breaker.enter();
    if (!entered || this.stopped) {
      release();
      throw this.whyNot(entered);
    }
    this.calls += 1;
    const result = await call.send().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const verdict = call.judge(result);
    const ended = 'answer' in result ? call.ended?.(result.answer) : undefined;
    if (ended) void ended.then(release, release);
    else release();
    this.learn(verdict);
    if (verdict.kind !== 'refused') return { result, verdict };
    if ('answer' in result) call.discard?.(result.answer);
    throw verdict.refusal;
  }

  private learn(verdict: Verdict | Refused): void {
    if (verdict.kind === 'refused') return this.refused(verdict.refusal);
    if (verdict.kind === 'undecided') return this.breaker.stepBack();
    if (verdict.kind === 'outage') this.breaker.failed();
    else this.breaker.succeeded();
    this.refusal = undefined;
    if (verdict.kind === 'slow-down') this.limiter.slowDown(verdict.retryAfterMs ?? PAUSE_MS);
  }

  /** For a call that came through the breaker first: if it was the one that was to show, the next one is. */
  private whyNot(entered: boolean): SyncFailure {
    if (entered) this.breaker.stepBack();
    return this.stopped ?? this.unavailable();
  }

  private keepToBudget(): void {
    if (!this.budget || this.budget.allows(currentPriority())) return;
    throw new RetryableFailure({ code: 'crm_budget', stage: 'read-crm', message: this.budget.words });
  }

  private unavailable(): RetryableFailure {
    if (this.refusal) return this.refusal;
    const stage = this.side === 'stripe' ? 'read-stripe' : 'read-crm';
    return new RetryableFailure({ ...UNAVAILABLE[this.side], stage, cause: new CircuitOpen() });
  }
}

/** Undefined when there is to be no next try. A call that was asked to wait for long is better tried as other work. */
function pauseBeforeNext(tries: number, { kind, again, retryAfterMs = 0 }: Verdict): number | undefined {
  if (
    kind === 'answered' ||
    kind === 'undecided' ||
    !again ||
    tries >= TRIES[kind] ||
    retryAfterMs > LONGEST_PAUSE_MS
  )
    return undefined;
  return Math.max(retryAfterMs, PAUSE_MS * tries * (0.5 + 0.5 * Math.random()));
}
