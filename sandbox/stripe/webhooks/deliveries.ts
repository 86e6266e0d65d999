import { randomInt } from 'node:crypto';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Event, StoredEndpoint } from '../wire.ts';
import { Poster } from './post.ts';
import type { Outcome } from './post.ts';
import { signatureHeader } from './signature.ts';
import { acknowledged } from '../time/acknowledged.ts';
import { thinEvent, thinType } from './thinEvents.ts';
import type { StoredDelivery } from './storedDelivery.ts';

export interface Mode {
  /** `hold` keeps deliveries until they are released; `drop` loses them, as when a receiver was down for days. */
  mode: 'normal' | 'hold' | 'drop';
  /** How many more times each delivery is sent. */
  duplicates: number;
  /** Sends in random order within about a third of a second. */
  shuffle: boolean;
}

/** Real Stripe retries for three days with growing gaps; the first gaps are short here, because people wait. */
export const RETRY_DELAYS_MS = [1, 5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800].map((s) => s * 1000);

const MOST_IN_FLIGHT = 25;
const SHUFFLE_MS = 300;

/** Sends events to the webhook endpoints: signed, in parallel, again after failures, also after a restart. */
export class Deliveries {
  mode: Mode = { mode: 'normal', duplicates: 0, shuffle: false };
  readonly #sandbox: Sandbox;
  readonly #retryDelaysMs: readonly number[];
  readonly #poster = new Poster();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #ready: { id: string; done: () => void }[] = [];
  #announced: string[] = [];
  #inFlight = 0;
  #closed = false;

  constructor(sandbox: Sandbox, retryDelaysMs: readonly number[] = RETRY_DELAYS_MS) {
    this.#sandbox = sandbox;
    this.#retryDelaysMs = retryDelaysMs;
    sandbox.announce = (event) => this.#announce(event);
    sandbox.isAwaited = (type) => this.#endpointsFor({ type }).length > 0;
  }

  /** Takes up what an earlier process left pending. */
  resume(): void {
    for (const { id, status } of this.#sandbox.deliveries.values())
      if (status === 'pending') void this.#schedule(id);
  }

  /** Sends what committed transactions announced; what was rolled back is not in the store any more. */
  wake(): void {
    const announced = this.#announced;
    this.#announced = [];
    for (const id of announced)
      if (this.#sandbox.deliveries.get(id)?.status === 'pending') void this.#schedule(id);
  }

  /** Sends held deliveries: all at once, or those of the given events one after another. Resolves after the attempts. */
  async release(order?: readonly string[]): Promise<number> {
    const held = [...this.#sandbox.deliveries.values()].filter((one) => one.status === 'held');
    if (!order) {
      await Promise.all(held.map((one) => this.#send(one)));
      return held.length;
    }
    const chosen = order.flatMap((event) => held.filter((one) => one.event === event));
    for (const one of chosen) await this.#send(one);
    return chosen.length;
  }

  /** A new delivery of an old event to every enabled endpoint, whatever the mode. */
  resend(event: Event, times = 1): void {
    for (const endpoint of this.#endpointsFor(event))
      for (let copy = 0; copy < times; copy += 1)
        void this.#schedule(this.#put(event, endpoint, { attempt: 1, status: 'pending', delayMs: 0 }).id);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { done } of this.#ready.splice(0)) done();
    this.#poster.close();
  }

  #announce(event: Event): void {
    const endpoints = this.#endpointsFor(event);
    if (endpoints.length === 0) return;
    this.#sandbox.events.put({ ...event, pending_webhooks: endpoints.length });
    for (const endpoint of endpoints)
      for (let copy = 0; copy <= this.mode.duplicates; copy += 1)
        this.#announced.push(
          this.#put(event, endpoint, { attempt: 1, status: this.#statusOfNew(), delayMs: this.#delayOfNew() })
            .id,
        );
  }

  #endpointsFor(event: Pick<Event, 'type'>): StoredEndpoint[] {
    return [...this.#sandbox.endpoints.values()].filter(
      ({ status, enabled_events: types, payload }) =>
        status === 'enabled' &&
        (types.includes('*') || types.includes(payload === 'thin' ? thinType(event.type) : event.type)),
    );
  }

  #statusOfNew(): 'pending' | 'held' | 'dropped' {
    return ({ normal: 'pending', hold: 'held', drop: 'dropped' } as const)[this.mode.mode];
  }

  #delayOfNew(): number {
    return this.mode.shuffle ? randomInt(SHUFFLE_MS) : 0;
  }

  #put(
    event: Event,
    endpoint: StoredEndpoint,
    next: { attempt: number; status: 'pending' | 'held' | 'dropped'; delayMs: number },
  ): StoredDelivery {
    const { attempt, status, delayMs } = next;
    const dueAt = status === 'pending' ? Date.now() + delayMs : null;
    const delivery: StoredDelivery = {
      id: newId('dlv'),
      event: event.id,
      eventType: event.type,
      endpoint: endpoint.id,
      url: endpoint.url,
      attempt,
      status,
      httpStatus: null,
      error: null,
      created: this.#sandbox.clock(),
      nextAttemptAt: dueAt === null ? null : Math.ceil(dueAt / 1000),
      dueAt,
    };
    this.#sandbox.deliveries.put(delivery);
    return delivery;
  }

  #send(delivery: StoredDelivery): Promise<void> {
    this.#sandbox.deliveries.put({ ...delivery, status: 'pending', dueAt: Date.now() });
    return this.#schedule(delivery.id);
  }

  /** Resolves when the attempt was made, or will not be made by this process any more. */
  #schedule(id: string): Promise<void> {
    const dueAt = this.#sandbox.deliveries.get(id)?.dueAt ?? 0;
    return new Promise((done) => {
      const queue = (): void => {
        this.#ready.push({ id, done });
        this.#pump();
      };
      const wait = dueAt - Date.now();
      if (wait <= 0) return queue();
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        queue();
      }, wait);
      this.#timers.add(timer);
    });
  }

  #pump(): void {
    while (!this.#closed && this.#inFlight < MOST_IN_FLIGHT) {
      const next = this.#ready.shift();
      if (!next) return;
      this.#inFlight += 1;
      void this.#attempt(next.id).finally(() => {
        this.#inFlight -= 1;
        next.done();
        this.#pump();
      });
    }
  }

  async #attempt(id: string): Promise<void> {
    const delivery = this.#sandbox.deliveries.get(id);
    const event = delivery && this.#sandbox.events.get(delivery.event);
    if (!event || delivery.status !== 'pending') return;
    const endpoint = this.#sandbox.endpoints.get(delivery.endpoint);
    if (endpoint?.status !== 'enabled') {
      this.#sandbox.deliveries.put({ ...delivery, status: 'dropped', dueAt: null, nextAttemptAt: null });
      return;
    }
    const payload = JSON.stringify(endpoint.payload === 'thin' ? thinEvent(event) : event, null, 2);
    const signature = signatureHeader(payload, endpoint.secret, Math.floor(Date.now() / 1000));
    const outcome = await this.#poster.post(endpoint.url, payload, signature);
    // After a close the attempt stays pending: the next process makes it again, as at-least-once demands.
    if (!this.#closed) this.#finish(delivery, endpoint, outcome);
  }

  #finish(delivery: StoredDelivery, endpoint: StoredEndpoint, outcome: Outcome): void {
    const { sandbox, event } = { sandbox: this.#sandbox, event: this.#sandbox.events.get(delivery.event) };
    const { httpStatus } = outcome;
    const succeeded = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
    const retry = sandbox.store.transaction(() => {
      const earlier = sandbox.by.deliveryOfEvent
        .all(delivery.event)
        .some((one) => one.endpoint === endpoint.id && one.status === 'succeeded');
      sandbox.deliveries.put({
        ...delivery,
        ...outcome,
        url: endpoint.url,
        status: succeeded ? 'succeeded' : 'failed',
        dueAt: null,
        nextAttemptAt: null,
      });
      if (!event) return undefined;
      if (succeeded && !earlier) {
        const pending = Math.max(0, event.pending_webhooks - 1);
        sandbox.events.put({ ...event, pending_webhooks: pending });
        if (pending === 0) acknowledged(sandbox, event);
      }
      const delayMs = this.#retryDelaysMs[delivery.attempt - 1];
      if (succeeded || delayMs === undefined) return undefined;
      const attempt = delivery.attempt + 1;
      return this.#put(event, endpoint, { attempt, status: this.#statusOfNew(), delayMs });
    });
    if (retry?.status === 'pending') void this.#schedule(retry.id);
  }
}
