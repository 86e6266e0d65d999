import { randomBytes } from 'node:crypto';
import type { Actor } from '../org.ts';
import type { Topic } from '../pubSub/channels.ts';
import type { CometdParts } from './cometdRoutes.ts';
import { jsonEvent } from './jsonEvent.ts';

/** A Bayeux message, in either direction. */
export type Message = {
  channel: string;
  id?: string;
  clientId?: string;
  subscription?: string;
  advice?: { timeout?: number; interval?: number; reconnect?: string };
  ext?: { replay?: Record<string, number> | boolean; [name: string]: unknown };
  data?: unknown;
  error?: string;
  successful?: boolean;
  [name: string]: unknown;
};

// Streaming API guide: a connect request is answered after 110 seconds at the latest.
const connectMs = 110_000;
const maxBatch = 100;
const tip = -1;
const allRetained = -2;

/** One client after its handshake: what it subscribed to, and where it stands in the log. */
export class CometdClient {
  readonly id = randomBytes(12).toString('hex');
  readonly #parts: CometdParts & { actor: Actor };
  readonly #subscriptions = new Map<string, { topic: Topic; position: number }>();
  #wake: (() => void) | undefined;
  #connections = 0;
  readonly #stopListening: () => void;

  constructor(parts: CometdParts & { actor: Actor }) {
    this.#parts = parts;
    this.#stopListening = parts.log.onPublish(() => this.#wake?.());
  }

  handshake(): Message {
    return {
      channel: '/meta/handshake',
      clientId: this.id,
      version: '1.0',
      minimumVersion: '1.0',
      supportedConnectionTypes: ['long-polling'],
      ext: { replay: true, 'payload.format': true },
      successful: true,
    };
  }

  /** An error text, or undefined when it worked. Without a replay id it begins at the tip. */
  subscribe({ subscription = '', ext }: Message): string | undefined {
    const { channels, log } = this.#parts;
    const topic = channels.topic(subscription);
    if (!topic) return `403:denied_by_security_policy:create_denied:${subscription}`;
    const replay = typeof ext?.replay === 'object' ? (ext.replay[subscription] ?? tip) : tip;
    const position = replay === tip ? log.tip : replay === allRetained ? log.earliest : replay;
    if (position < log.earliest || position > log.tip)
      return `400::The replayId {${replay}} you provided was invalid. Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
    this.#subscriptions.set(subscription, { topic, position });
    this.#wake?.();
    return undefined;
  }

  unsubscribe(subscription: string): void {
    this.#subscriptions.delete(subscription);
  }

  /** Waits until there are events, at most as long as the client wants. A later connect takes this one's place. */
  async connect(timeoutMs = connectMs): Promise<Message[]> {
    const connection = (this.#connections += 1);
    this.#wake?.();
    const until = Date.now() + Math.min(timeoutMs, connectMs);
    while (connection === this.#connections) {
      const events = this.#take();
      if (events.length > 0 || Date.now() >= until) return events;
      await this.#sleep(until - Date.now());
    }
    return [];
  }

  close(): void {
    this.#stopListening();
    this.#connections += 1;
    this.#wake?.();
  }

  #take(): Message[] {
    const { org, log, schemas, actor } = this.#parts;
    return [...this.#subscriptions].flatMap(([channel, subscription]) =>
      log.after(subscription.position, maxBatch).flatMap((event) => {
        subscription.position = event.position;
        const object = org.schema.object(event.entity);
        const wanted = subscription.topic.entities.has(event.entity);
        if (!wanted || !object || !actor.access.object(object).read) return [];
        const viewer = { object, schema: schemas.of(object), access: actor.access };
        return Array.from({ length: event.copies }, () => ({ channel, data: jsonEvent(event, viewer) }));
      }),
    );
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
