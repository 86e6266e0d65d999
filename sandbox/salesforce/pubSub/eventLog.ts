import { randomUUID } from 'node:crypto';
import type { Collection, DocumentStore } from '../../store/documentStore.ts';
import type { Commit, Org } from '../org.ts';
import { eventsOf } from './changeEvent.ts';
import type { ChangeEvent, EventType } from './changeEvent.ts';
import type { EventSchema } from './eventSchema.ts';
import { decodeReplayId, encodeReplayId } from './replayId.ts';

export type LoggedEvent = ChangeEvent & {
  /** The position as text. */
  id: string;
  position: number;
  eventId: string;
  /** How often each subscriber gets it. */
  copies: number;
};
type StreamState = { id: string; stream: string; last: number; purged: number; commits: number };

export type LogOptions = {
  /** How long after its commit an event reaches subscribers. */
  publishLagMs: number;
  retentionHours: number;
  now: () => Date;
  schemaOf(objectName: string): EventSchema | undefined;
};

/** What happens to the next events instead of the ordinary; tests order it. */
export type Disturbances = { gap: number; drop: number; duplicate: number };

const overflowRecordId = '000000000000000AAA';

/** The change events of the org in order, stored in the transaction of their changes and kept for the retention time. */
export class EventLog {
  readonly next: Disturbances = { gap: 0, drop: 0, duplicate: 0 };
  readonly #org: Org;
  readonly #events: Collection<LoggedEvent>;
  readonly #states: Collection<StreamState>;
  readonly #options: LogOptions;
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Those that subscribers can get, in order. */
  #published: LoggedEvent[];
  #uncommitted: LoggedEvent[] = [];
  #tip: number;

  constructor(store: DocumentStore, org: Org, options: LogOptions) {
    this.#org = org;
    this.#options = options;
    this.#events = store.collection<LoggedEvent>('changeEvent');
    this.#states = store.collection<StreamState>('changeStream');
    if (!this.#states.get('state'))
      this.#states.put({ id: 'state', stream: randomUUID(), last: 1000, purged: 1000, commits: 10_000_000 });
    // What had not been published when the last process ended is published now.
    this.#published = [...this.#events.values()];
    this.#tip = this.#state.last;
    org.onCommitting((commit) => this.#record(commit));
    org.onCommit(() => this.#publishLater());
  }

  get size(): number {
    return this.#published.length;
  }

  /** How many transactions are committed whose events subscribers cannot get yet. */
  get unpublished(): number {
    return this.#timers.size;
  }

  /** Position of the newest event that subscribers can get. */
  get tip(): number {
    return this.#tip;
  }

  get earliest(): number {
    this.#purge();
    return this.#state.purged;
  }

  /** The next events after a position, at most so many. */
  after(position: number, max: number): LoggedEvent[] {
    const from = firstAfter(this.#published, position);
    return this.#published.slice(from, from + max);
  }

  onPublish(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  replayId(position: number): Buffer {
    return encodeReplayId(this.#state.stream, position);
  }

  /** The position to go on from; `unknown` when it was purged or never given out here, `corrupted` for other bytes. */
  position(replayId: Buffer): number | 'unknown' | 'corrupted' {
    this.#purge();
    const position = decodeReplayId(this.#state.stream, replayId);
    if (position === undefined) return 'corrupted';
    if (position === 'foreign' || position < this.#state.purged || position > this.#state.last)
      return 'unknown';
    return position;
  }

  /** An event without a change, in a transaction of its own. */
  inject(event: { entity: string; changeType: EventType; recordIds?: string[] }): void {
    this.#org.transaction(() => {
      this.#uncommitted = [];
      const commitNumber = this.#nextCommit();
      this.#append({
        recordIds: [overflowRecordId],
        ...event,
        origin: '',
        transactionKey: randomUUID(),
        sequence: 1,
        commitTimestamp: this.#options.now().getTime(),
        commitNumber,
        commitUser: '',
        values: {},
        changed: [],
      });
    });
    this.#publishLater();
  }

  /** Forgets all events, as after the retention time; no replay id given out so far is good any more. */
  expire(): void {
    const { last } = this.#state;
    this.close();
    this.#org.transaction(() => {
      for (const { id } of [...this.#events.values()]) this.#events.delete(id);
      this.#states.put({ ...this.#state, last: last + 1, purged: last + 1 });
    });
    this.#published = [];
    this.#tip = last + 1;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  get #state(): StreamState {
    return this.#states.get('state')!;
  }

  #record(commit: Commit): void {
    this.#uncommitted = [];
    const { schemaOf } = this.#options;
    if (!commit.changes.some(({ objectApiName }) => schemaOf(objectApiName))) return;
    const events = eventsOf(commit, { org: this.#org, schemaOf, commitNumber: this.#nextCommit() });
    for (const event of events) {
      if (this.#disturbs('drop')) continue;
      const gap = this.#disturbs('gap');
      this.#append(gap ? asGap(event) : event, this.#disturbs('duplicate') ? 2 : 1);
    }
  }

  #disturbs(kind: keyof Disturbances): boolean {
    if (this.next[kind] <= 0) return false;
    this.next[kind] -= 1;
    return true;
  }

  #nextCommit(): number {
    const state = { ...this.#state, commits: this.#state.commits + 1 };
    this.#states.put(state);
    return state.commits;
  }

  #append(event: ChangeEvent, copies = 1): void {
    const position = this.#state.last + 1;
    this.#states.put({ ...this.#state, last: position });
    const logged = { ...event, id: String(position), position, eventId: randomUUID(), copies };
    this.#events.put(logged);
    this.#uncommitted.push(logged);
  }

  #publishLater(): void {
    const events = this.#uncommitted.splice(0);
    if (events.length === 0) return;
    const { publishLagMs } = this.#options;
    if (publishLagMs === 0) return this.#publish(events);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#publish(events);
    }, publishLagMs);
    this.#timers.add(timer);
  }

  #publish(events: LoggedEvent[]): void {
    this.#purge();
    this.#published.push(...events);
    this.#tip = events.at(-1)!.position;
    for (const listener of this.#listeners) listener();
  }

  #purge(): void {
    const before = this.#options.now().getTime() - this.#options.retentionHours * 3_600_000;
    const kept = this.#published.findIndex(({ commitTimestamp }) => commitTimestamp >= before);
    const old = this.#published.splice(0, kept === -1 ? this.#published.length : kept);
    if (old.length === 0) return;
    this.#org.transaction(() => {
      for (const { id } of old) this.#events.delete(id);
      this.#states.put({ ...this.#state, purged: old.at(-1)!.position });
    });
  }
}

/** A gap event tells only which records changed, because the change itself could not be captured. */
function asGap({ values: _lost, changed: _named, changeType, ...event }: ChangeEvent): ChangeEvent {
  return { ...event, changeType: `GAP_${changeType}` as EventType, values: {}, changed: [] };
}

/** Index of the first event behind a position; events are in order. */
function firstAfter(events: LoggedEvent[], position: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.position > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
