export type Document = { id: string };

export interface Collection<T extends { id: string }> {
  get(id: string): T | undefined;
  put(doc: T): void;
  delete(id: string): void;
  /** In the order of first insertion, also after a restart. */
  values(): IterableIterator<T>;
  readonly size: number;
  /** Groups the documents by a key; kept current by every put, delete and rollback. */
  index(keyOf: (doc: T) => string | null | undefined): Index<T>;
}

export interface Index<T> {
  all(key: string): T[];
  first(key: string): T | undefined;
}

type Entry<T> = { doc: T; order: number };
export type Change = {
  collection: MemoryCollection<Document>;
  id: string;
  before: Entry<Document> | undefined;
};
export type Journal = Change[];

/** One collection's documents. It tells its store of every change together with what was there before. */
export class MemoryCollection<T extends Document> implements Collection<T> {
  readonly name: string;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #indexes: KeyIndex<T>[] = [];
  readonly #changed: (change: Change) => void;
  #nextOrder = 0;

  constructor(name: string, changed: (change: Change) => void) {
    this.name = name;
    this.#changed = changed;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): T | undefined {
    return this.#entries.get(id)?.doc;
  }

  *values(): IterableIterator<T> {
    for (const entry of this.#entries.values()) yield entry.doc;
  }

  put(doc: T): void {
    const before = this.#entries.get(doc.id);
    this.#place(doc.id, { doc: freeze(doc), order: before?.order ?? this.#nextOrder++ });
    this.#tell(doc.id, before);
  }

  delete(id: string): void {
    const before = this.#entries.get(id);
    if (!before) return;
    this.#place(id, undefined);
    this.#tell(id, before);
  }

  index(keyOf: (doc: T) => string | null | undefined): Index<T> {
    const index = new KeyIndex(keyOf);
    for (const { doc } of this.#entries.values()) index.move(undefined, doc);
    this.#indexes.push(index);
    return index;
  }

  /** Takes in a document that the file already holds. */
  load(doc: T): void {
    this.#place(doc.id, { doc: freeze(doc), order: this.#nextOrder++ });
  }

  /** Puts back what a rolled back change replaced. */
  restore(id: string, before: Entry<T> | undefined): void {
    this.#place(id, before);
  }

  /** A restored delete comes back at the end of the Map, so the order of insertion is made again after a rollback. */
  sort(): void {
    let last = -1;
    for (const { order } of this.#entries.values()) {
      if (order < last) return this.#rebuild();
      last = order;
    }
  }

  #rebuild(): void {
    const entries = [...this.#entries].sort(([, a], [, b]) => a.order - b.order);
    this.#entries.clear();
    for (const [id, entry] of entries) this.#entries.set(id, entry);
  }

  #place(id: string, entry: Entry<T> | undefined): void {
    const before = this.#entries.get(id);
    for (const index of this.#indexes) index.move(before?.doc, entry?.doc);
    if (entry) this.#entries.set(id, entry);
    else this.#entries.delete(id);
  }

  #tell(id: string, before: Entry<T> | undefined): void {
    this.#changed({ collection: this as unknown as MemoryCollection<Document>, id, before });
  }
}

class KeyIndex<T extends Document> implements Index<T> {
  readonly #keyOf: (doc: T) => string | null | undefined;
  readonly #groups = new Map<string, Map<string, T>>();

  constructor(keyOf: (doc: T) => string | null | undefined) {
    this.#keyOf = keyOf;
  }

  all(key: string): T[] {
    return [...(this.#groups.get(key)?.values() ?? [])];
  }

  first(key: string): T | undefined {
    return this.#groups.get(key)?.values().next().value;
  }

  move(before: T | undefined, after: T | undefined): void {
    const oldKey = before && this.#keyOf(before);
    const newKey = after && this.#keyOf(after);
    if (before && oldKey != null && oldKey !== newKey) {
      const group = this.#groups.get(oldKey);
      group?.delete(before.id);
      if (group?.size === 0) this.#groups.delete(oldKey);
    }
    if (!after || newKey == null) return;
    const group = this.#groups.get(newKey);
    if (group) group.set(after.id, after);
    else this.#groups.set(newKey, new Map([[after.id, after]]));
  }
}

/** Stored documents are shared with every reader, so a forgotten copy must fail at once and not corrupt a rollback. */
function freeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
