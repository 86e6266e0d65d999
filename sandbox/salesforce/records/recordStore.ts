import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { Schema } from '../schema/schema.ts';
import type { Collection, DocumentStore, Index } from '../../store/documentStore.ts';
import { makeRecordId } from '../recordId.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

type Counter = { id: string; last: number };

/** The records of all objects, with an index for every lookup and every external id. */
export class RecordStore {
  readonly #schema: Schema;
  readonly #collections = new Map<string, Collection<StoredRecord>>();
  readonly #indexes = new Map<string, Index<StoredRecord>>();
  readonly #counters: Collection<Counter>;

  constructor(store: DocumentStore, schema: Schema) {
    this.#schema = schema;
    this.#counters = store.collection<Counter>('counter');
    for (const object of schema.objects) {
      const collection = store.collection<StoredRecord>(`record:${object.name}`);
      this.#collections.set(object.name, collection);
      for (const field of object.fields) {
        if (!isIndexed(field)) continue;
        const index = collection.index((record) =>
          record.deleted ? undefined : indexKey(field, record.values[field.name]),
        );
        this.#indexes.set(`${object.name}.${field.name}`, index);
      }
    }
  }

  /** By 18-character id, also when it is deleted. */
  get(id: string): StoredRecord | undefined {
    const object = this.#schema.objectOfId(id);
    return object && this.#collection(object.name).get(id);
  }

  values(objectName: string): IterableIterator<StoredRecord> {
    return this.#collection(objectName).values();
  }

  put(record: StoredRecord): void {
    this.#collection(record.object).put(record);
  }

  /** For ever, as when the recycle bin is emptied. */
  remove(record: StoredRecord): void {
    this.#collection(record.object).delete(record.id);
  }

  count(objectName: string): number {
    return this.#collection(objectName).size;
  }

  /** Records that are not deleted and have this value, by an index; undefined when the field has none. */
  lookup(object: ObjectSchema, field: FieldDescribe, value: FieldValue): StoredRecord[] | undefined {
    if (field.type === 'id') {
      const record = typeof value === 'string' ? this.#collection(object.name).get(value) : undefined;
      return record && !record.deleted ? [record] : [];
    }
    const key = indexKey(field, value);
    return key === undefined ? undefined : this.#indexes.get(`${object.name}.${field.name}`)?.all(key);
  }

  nextId(object: ObjectSchema): string {
    for (;;) {
      const id = makeRecordId(object.keyPrefix, this.#next(`id:${object.name}`));
      // Records of an org's first day, such as the standard price book, have ids of their own.
      if (!this.get(id)) return id;
    }
  }

  /** Fills a display format such as INV-{000000} with the next number of the field. */
  nextAutoNumber(objectName: string, field: string, format: string): string {
    const next = String(this.#next(`autonumber:${objectName}.${field}`));
    return format.replace(/\{(0+)\}/, (_all, zeros: string) => next.padStart(zeros.length, '0'));
  }

  #next(id: string): number {
    const last = (this.#counters.get(id)?.last ?? 0) + 1;
    this.#counters.put({ id, last });
    return last;
  }

  #collection(objectName: string): Collection<StoredRecord> {
    const collection = this.#collections.get(objectName);
    if (!collection) throw new Error(`${objectName} is not an object of the sandbox org.`);
    return collection;
  }
}

function isIndexed(field: FieldDescribe): boolean {
  return (
    field.unique || field.externalId || field.type === 'reference' || (field.idLookup && field.type !== 'id')
  );
}

/** The text by which two values of a field count as the same; undefined for null. */
export function indexKey(field: FieldDescribe, value: FieldValue | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = String(value);
  return field.caseSensitive || field.type === 'reference' ? text : text.toLowerCase();
}
