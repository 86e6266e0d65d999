import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '../domain/backoff.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure, RetryableFailure } from '../failure.ts';
import type { PubSubClient } from '../salesforce/changeStream/pubSubClient.ts';
import { STREAM_SILENT, STREAM_UNAVAILABLE } from '../salesforce/changeStream/translateStreamError.ts';
import type { StreamState } from '../store/workerStates.ts';
import { holdAlone } from '../store/soleHolder.ts';
import { receiveCrmChanges, streamCursor } from './receiveCrmChanges.ts';

export interface FollowOptions {
  client: PubSubClient;
  topic: string;
  /** For the lock that lets only one worker subscribe. */
  databaseUrl: string;
  silenceMs?: number;
  /** How soon an org without a change stream is asked again. */
  askAgainMs?: number;
}

const LONGEST_PAUSE_MS = 60_000;
// Change Data Capture may be switched on, or a permission given, while the worker runs.
const ASK_AGAIN_MS = 10 * 60_000;

/** `run` around `receiveCrmChanges`: one worker at a time subscribes, and again whenever the stream broke off. */
export class CrmChangeFollower {
  private readonly engine: Engine;
  private readonly options: FollowOptions;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private attempts = 0;
  private unavailable = false;
  private holds = false;
  private answeredAt: number | null = null;

  constructor(engine: Engine, options: FollowOptions) {
    this.engine = engine;
    this.options = options;
  }

  start(): void {
    this.running = this.run();
  }

  /** Ends after the event in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.options.client.close();
  }

  state(): StreamState {
    const role = this.unavailable ? 'unavailable' : this.holds ? 'subscribed' : 'waiting';
    return { topic: this.options.topic, role, answeredAt: this.answeredAt };
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.holdAndFollow();
      } catch (error) {
        this.engine.log.error({ error }, 'The lock of the change stream cannot be had. It is tried again.');
        await this.rest(LONGEST_PAUSE_MS / 10);
      }
    }
  }

  private async holdAndFollow(): Promise<void> {
    const name = streamCursor(this.options.topic);
    const hold = await holdAlone(this.options.databaseUrl, { name, signal: this.stopping.signal });
    if (!hold) return;
    this.engine.log.info({ topic: this.options.topic }, "This worker follows the org's changes.");
    const signal = AbortSignal.any([this.stopping.signal, hold.lost]);
    this.holds = true;
    try {
      while (!signal.aborted) await this.followOnce(signal);
    } finally {
      this.holds = false;
      await hold.release();
    }
  }

  /** One subscription, and the pause that its end calls for. */
  private async followOnce(signal: AbortSignal): Promise<void> {
    const { client, topic, silenceMs } = this.options;
    const startedAt = this.engine.now().getTime();
    try {
      const onAnswer = () => this.noteLife();
      await receiveCrmChanges(this.engine, { client, topic, signal, silenceMs, onAnswer });
    } catch (error) {
      if (this.engine.now().getTime() - startedAt > LONGEST_PAUSE_MS) this.attempts = 0;
      await this.rest(this.pauseAfter(error), signal);
    }
  }

  private noteLife(): void {
    if (this.unavailable) this.engine.log.info('The org gives out its change stream now.');
    this.unavailable = false;
    this.attempts = 0;
    this.answeredAt = this.engine.now().getTime();
  }

  private pauseAfter(error: unknown): number {
    const { log } = this.engine;
    if (error instanceof PermanentFailure && error.code === STREAM_UNAVAILABLE) {
      if (!this.unavailable) log.warn(`${error.message} Until then changes are found by the sweep alone.`);
      this.unavailable = true;
      return this.options.askAgainMs ?? ASK_AGAIN_MS;
    }
    // A quiet org is no failure. If it is a dead connection, the next one tells by failing.
    if (error instanceof RetryableFailure && error.code === STREAM_SILENT) {
      log.debug(error.message);
      return 0;
    }
    const pauseMs = Math.min(LONGEST_PAUSE_MS, backoffMs(this.attempts, this.engine.random()));
    this.attempts += 1;
    // A session that ended and a server that was replaced are all in a day's work.
    if (error instanceof RetryableFailure && this.attempts === 1) log.info({ error, pauseMs }, error.message);
    else log.error({ error, pauseMs }, 'The change stream cannot be read. It is tried again.');
    return pauseMs;
  }

  private async rest(ms: number, signal = this.stopping.signal): Promise<void> {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
}
