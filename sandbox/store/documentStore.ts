import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { MemoryCollection } from './memoryCollection.ts';
import type { Collection, Document, Journal } from './memoryCollection.ts';

export type { Collection, Document, Index } from './memoryCollection.ts';

/** Ending it a second time does nothing; a commit that fails leaves it open for a rollback. */
export type Transaction = { commit(): void; rollback(): void };

/**
 * Documents in memory, written through to one SQLite file. Reads never touch the file. A transaction is
 * collected in memory and reaches the file in one SQLite transaction when the outermost call ends, so a
 * process killed at any moment leaves either all of it or nothing.
 */
export class DocumentStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #collections = new Map<string, MemoryCollection<Document>>();
  readonly #journal: Journal = [];
  #depth = 0;
  #closed = false;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // NORMAL with WAL survives a killed process; only a power cut may lose the last commits, which a sandbox can bear.
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;
      CREATE TABLE IF NOT EXISTS document (seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL,
        body TEXT NOT NULL, UNIQUE (collection, id))`);
    this.#insert = this.#database.prepare(`INSERT INTO document (collection, id, body) VALUES (?, ?, ?)
      ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`);
    this.#remove = this.#database.prepare('DELETE FROM document WHERE collection = ? AND id = ?');
  }

  /** The collection of this name; it is read from the file the first time it is asked for. */
  collection<T extends { id: string }>(name: string): Collection<T> {
    let found = this.#collections.get(name);
    if (!found) {
      found = new MemoryCollection<Document>(name, (change) => this.#write(change));
      const rows = this.#database.prepare('SELECT body FROM document WHERE collection = ? ORDER BY seq');
      for (const row of rows.iterate(name)) found.load(JSON.parse(String(row['body'])) as Document);
      this.#collections.set(name, found);
    }
    return found as unknown as Collection<T>;
  }

  /**
   * Runs synchronous work; a throw undoes all its puts and deletes, in memory and in the file. A nested call joins
   * the outer transaction, and when only the nested one throws (and the outer one catches) only its part is undone.
   */
  transaction<R>(work: () => R): R {
    const transaction = this.begin();
    try {
      const result = work();
      if (isThenable(result)) {
        throw new Error('DocumentStore.transaction takes synchronous work only; it got a promise.');
      }
      transaction.commit();
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  /** For work that ends elsewhere; whoever begins must end it before any other work can begin. */
  begin(): Transaction {
    const mark = this.#journal.length;
    this.#depth += 1;
    let open = true;
    const end = (finish: () => void) => {
      if (!open) return;
      finish();
      open = false;
      this.#depth -= 1;
    };
    return {
      commit: () => end(() => this.#depth === 1 && this.#commit()),
      rollback: () => end(() => this.#undo(mark)),
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #write(change: Journal[number]): void {
    if (this.#closed)
      throw new Error(`The document store is closed; "${change.collection.name}" was not written.`);
    this.#journal.push(change);
    if (this.#depth > 0) return;
    try {
      this.#commit();
    } catch (error) {
      this.#undo(0);
      throw error;
    }
  }

  #commit(): void {
    if (this.#journal.length === 0) return;
    this.#database.exec('BEGIN');
    try {
      for (const [collection, ids] of touched(this.#journal)) {
        for (const id of ids) {
          const doc = collection.get(id);
          if (doc) this.#insert.run(collection.name, id, JSON.stringify(doc));
          else this.#remove.run(collection.name, id);
        }
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#journal.length = 0;
  }

  #undo(mark: number): void {
    const unordered = new Set<MemoryCollection<Document>>();
    while (this.#journal.length > mark) {
      const change = this.#journal.pop()!;
      change.collection.restore(change.id, change.before);
      unordered.add(change.collection);
    }
    for (const collection of unordered) collection.sort();
  }
}

function touched(journal: Journal): Map<MemoryCollection<Document>, Set<string>> {
  const result = new Map<MemoryCollection<Document>, Set<string>>();
  for (const { collection, id } of journal) {
    const ids = result.get(collection);
    if (ids) ids.add(id);
    else result.set(collection, new Set([id]));
  }
  return result;
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
