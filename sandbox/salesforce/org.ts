import type { DocumentStore, Transaction } from '../store/documentStore.ts';
import type { Access } from './access/access.ts';
import type { DuplicateRule } from './records/duplicateRules.ts';
import { RecordStore } from './records/recordStore.ts';
import { RowLocks } from './records/rowLocks.ts';
import type { Schema } from './schema/schema.ts';

/** Who acts: the user id stamped on records, and what that user may do. */
export type Actor = { userId: string; access: Access };

export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE';
export type RecordChange = {
  objectApiName: string;
  recordId: string;
  changeType: ChangeType;
  changedFields: string[];
};
export type Commit = { at: Date; changes: RecordChange[]; origin: string };
type Listener = (commit: Commit) => void;

/** One request of a client, within which all its transactions run. */
export type Call = {
  /** What a change event names as the source of the change. */
  origin: string;
  /** The client saves a record although an alerting duplicate rule finds others like it. */
  allowDuplicates: boolean;
};

/** The org's own work, and that of Apex. */
const internal: Call = { origin: '', allowDuplicates: false };

export type OrgParts = { id: string; name: string; schema: Schema; store: DocumentStore; now: () => Date };

/** The org's data: schema and records, changed in transactions whose changes are told to listeners after the commit. */
export class Org {
  readonly id: string;
  readonly name: string;
  readonly schema: Schema;
  readonly records: RecordStore;
  readonly locks = new RowLocks();
  duplicateRules: DuplicateRule[] = [];
  readonly #store: DocumentStore;
  readonly #now: () => Date;
  readonly #committing = new Set<Listener>();
  readonly #listeners = new Set<Listener>();
  readonly #changes: RecordChange[] = [];
  #depth = 0;
  #call = internal;
  #stampedAt: Date | undefined;

  constructor({ id, name, schema, store, now }: OrgParts) {
    this.id = id;
    this.name = name;
    this.schema = schema;
    this.records = new RecordStore(store, schema);
    this.#store = store;
    this.#now = now;
  }

  /** The platform keeps whole seconds; milliseconds are always .000. */
  now(): Date {
    const now = this.#stampedAt ?? this.#now();
    return new Date(Math.floor(now.getTime() / 1000) * 1000);
  }

  get call(): Call {
    return this.#call;
  }

  /** All or nothing; a nested call joins. */
  transaction<R>(work: () => R): R {
    const transaction = this.begin();
    try {
      const result = work();
      transaction.commit();
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  /** For Apex, whose DML ends with its method. Changes are told after the outermost commit. */
  begin(): Transaction {
    const mark = this.#changes.length;
    const inner = this.#store.begin();
    this.#depth += 1;
    let open = true;
    const end = (finish: () => void) => {
      if (!open) return;
      finish();
      open = false;
      this.#depth -= 1;
    };
    return {
      commit: () => {
        let commit: Commit | undefined;
        end(() => {
          if (this.#depth === 1) commit = this.#tellCommitting();
          inner.commit();
        });
        if (this.#depth > 0) return;
        this.#changes.length = 0;
        if (commit) for (const listener of this.#listeners) listener(commit);
      },
      rollback: () =>
        end(() => {
          inner.rollback();
          this.#changes.length = mark;
        }),
    };
  }

  noteChange(change: RecordChange): void {
    this.#changes.push(change);
  }

  /** Runs a client's work. With `stampedAt` it commits now what it stamps with that earlier moment. */
  withCall<R>(call: Call & { stampedAt?: Date }, work: () => R): R {
    this.#call = call;
    this.#stampedAt = call.stampedAt;
    try {
      return work();
    } finally {
      this.#call = internal;
      this.#stampedAt = undefined;
    }
  }

  /** Told as the last thing inside a transaction, for what must be stored together with the changes. */
  onCommitting(listener: Listener): void {
    this.#committing.add(listener);
  }

  /** Told after the commit. Returns how to stop listening. */
  onCommit(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tellCommitting(): Commit | undefined {
    if (this.#changes.length === 0) return undefined;
    const commit = { at: this.#now(), changes: [...this.#changes], origin: this.#call.origin };
    for (const listener of this.#committing) listener(commit);
    return commit;
  }
}
