import { status } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServiceError } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { Actor } from '../org.ts';
import type { Topic } from './channels.ts';
import type { EventLog, LoggedEvent } from './eventLog.ts';
import { grpcError } from './grpcError.ts';
import type { ConsumerEvent, FetchRequest, FetchResponse } from './messages.ts';

export type SubscriptionParts = {
  log: EventLog;
  keepAliveMs: number;
  topicOf(name: string): Topic | undefined;
  /** Throws when the session that opened the call is over. */
  authenticate(): Actor;
  encode(event: LoggedEvent, actor: Actor): ConsumerEvent | undefined;
};

// Pub/Sub API guide: a client may ask for at most 100 events at once.
const maxRequested = 100;
const batchSize = 100;

/** One Subscribe call: it sends as many events as the client has asked for, and a sign of life when there are none. */
export class Subscription {
  readonly #call: ServerDuplexStream<FetchRequest, FetchResponse>;
  readonly #parts: SubscriptionParts;
  readonly #rpcId = randomUUID();
  #topic: Topic | undefined;
  #actor: Actor | undefined;
  #position = 0;
  #pending = 0;
  #keepAlive: NodeJS.Timeout | undefined;
  #silent = false;

  constructor(call: ServerDuplexStream<FetchRequest, FetchResponse>, parts: SubscriptionParts) {
    this.#call = call;
    this.#parts = parts;
    call.on('data', (request: FetchRequest) => {
      const error = this.#request(request);
      if (error) this.end(error);
    });
  }

  get summary(): { topic: string; pending: number } {
    return { topic: this.#topic?.name ?? '', pending: this.#pending };
  }

  /** A silent stream stays open and says nothing, as one does whose network path is gone. */
  set silent(silent: boolean) {
    this.#silent = silent;
    this.pump();
  }

  end(error?: ServiceError): void {
    clearInterval(this.#keepAlive);
    this.#pending = 0;
    if (error) this.#call.emit('error', error);
    else this.#call.end();
  }

  /** Sends what is there, as far as the client asked for it. */
  pump(): void {
    if (this.#silent || !this.#topic || !this.#actor) return;
    while (this.#pending > 0) {
      const events = this.#parts.log.after(this.#position, batchSize);
      if (events.length === 0) return;
      const batch: ConsumerEvent[] = [];
      for (const event of events) {
        if (batch.length >= this.#pending) break;
        this.#position = event.position;
        const encoded = this.#topic.entities.has(event.entity) && this.#parts.encode(event, this.#actor);
        if (encoded) batch.push(...Array.from({ length: event.copies }, () => encoded));
      }
      if (batch.length === 0) continue;
      this.#pending = Math.max(0, this.#pending - batch.length);
      this.#send(batch);
    }
  }

  #request(request: FetchRequest): ServiceError | undefined {
    try {
      this.#actor = this.#parts.authenticate();
    } catch (error) {
      return error as ServiceError;
    }
    if (!this.#topic) {
      const refused = this.#start(request);
      if (refused) return refused;
    } else if (request.topicName && request.topicName !== this.#topic.name) {
      return this.#refuse(`The topic of a stream cannot change from ${this.#topic.name}.`);
    }
    if (request.numRequested < 1 || request.numRequested > maxRequested)
      return this.#refuse(`num_requested must be between 1 and ${maxRequested}.`);
    this.#pending += request.numRequested;
    this.pump();
    return undefined;
  }

  #start({ topicName, replayPreset, replayId }: FetchRequest): ServiceError | undefined {
    const { log, topicOf, keepAliveMs } = this.#parts;
    const topic = topicOf(topicName);
    if (!topic) return grpcError(status.NOT_FOUND, `There is no topic ${topicName}.`, { rpcId: this.#rpcId });
    const position =
      replayPreset === 'CUSTOM'
        ? log.position(replayId)
        : replayPreset === 'EARLIEST'
          ? log.earliest
          : log.tip;
    if (typeof position === 'string') {
      const errorCode = position === 'corrupted' ? 'replayid.corrupted' : 'replayid.validation.failed';
      return this.#refuse(
        'The Replay ID validation failed. Ensure that the Replay ID is valid.',
        `subscription.fetch.${errorCode}`,
      );
    }
    this.#position = position;
    this.#topic = topic;
    this.#keepAlive = setInterval(() => {
      if (!this.#silent) this.#send([]);
    }, keepAliveMs);
    return undefined;
  }

  #refuse(message: string, errorCode?: string): ServiceError {
    return grpcError(status.INVALID_ARGUMENT, message, {
      rpcId: this.#rpcId,
      ...(errorCode && { errorCode }),
    });
  }

  #send(events: ConsumerEvent[]): void {
    this.#call.write({
      events,
      latestReplayId: events.at(-1)?.replayId ?? this.#parts.log.replayId(this.#caughtUp()),
      rpcId: this.#rpcId,
      pendingNumRequested: this.#pending,
    });
  }

  /** Of an empty response the client may go on from the tip, unless events still wait to be asked for. */
  #caughtUp(): number {
    const { log } = this.#parts;
    const waits = log.after(this.#position, Infinity).some(({ entity }) => this.#topic!.entities.has(entity));
    return waits ? this.#position : log.tip;
  }
}
