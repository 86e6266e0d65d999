import { OrgError } from '../orgError.ts';
import type { Call, Org } from '../org.ts';
import type { StoredRecord } from './storedRecord.ts';

/**
 * Locks on rows between requests that run at the same time. Requests of the sandbox really run one after the other, so
 * locks matter only while tests order that a request takes `holdMs`: it keeps its locks and its answer for so long, and
 * another one that comes meanwhile is refused, as on the platform after its ten seconds of waiting.
 */
export class RowLocks {
  holdMs = 0;
  readonly #locks = new Map<string, { call: Call; until: number }>();

  /** Takes those parents that the platform locks with the record, and the record itself unless it is new. */
  take(org: Org, record: StoredRecord, { isNew = false } = {}): void {
    if (this.holdMs === 0) return;
    const now = Date.now();
    const ids = [...(isNew ? [] : [record.id]), ...lockedParents(org, record)];
    for (const id of ids) {
      const lock = this.#locks.get(id);
      if (!lock || lock.call === org.call || lock.until <= now) continue;
      throw new OrgError(
        'UNABLE_TO_LOCK_ROW',
        `unable to obtain exclusive access to this record or 1 records: ${id}`,
        { fields: [] },
      );
    }
    for (const id of ids) this.#locks.set(id, { call: org.call, until: now + this.holdMs });
  }
}

/** Masters, accounts, and lookups that restrict deletion (Record Locking Cheat Sheet). */
function lockedParents(org: Org, record: StoredRecord): string[] {
  const fields = org.schema.object(record.object)?.fields ?? [];
  return fields
    .filter(
      ({ type, cascadeDelete, restrictedDelete, referenceTo }) =>
        type === 'reference' && (cascadeDelete || restrictedDelete || referenceTo.includes('Account')),
    )
    .map(({ name }) => record.values[name])
    .filter((id): id is string => typeof id === 'string');
}
