import { randomUUID } from 'node:crypto';
import type { ChangeType, Commit, Org, RecordChange } from '../org.ts';
import type { FieldValue } from '../records/storedRecord.ts';
import type { EventSchema } from './eventSchema.ts';

export type EventType =
  ChangeType | 'GAP_CREATE' | 'GAP_UPDATE' | 'GAP_DELETE' | 'GAP_UNDELETE' | 'GAP_OVERFLOW';

/** A change event before it is encoded for a subscriber, who may not see all its fields. */
export type ChangeEvent = {
  entity: string;
  recordIds: string[];
  changeType: EventType;
  origin: string;
  transactionKey: string;
  sequence: number;
  commitTimestamp: number;
  commitNumber: number;
  commitUser: string;
  values: Record<string, FieldValue>;
  changed: string[];
};

/** `schemaOf` knows no schema for objects whose changes make no events. */
export type EventSource = {
  org: Org;
  schemaOf(objectName: string): EventSchema | undefined;
  commitNumber: number;
};

/** The events of one transaction: one for each record, and equal ones merged into one with several record ids. */
export function eventsOf(commit: Commit, { org, schemaOf, commitNumber }: EventSource): ChangeEvent[] {
  const transactionKey = randomUUID();
  const merged = new Map<string, ChangeEvent>();
  for (const change of netChanges(commit.changes)) {
    const schema = schemaOf(change.objectApiName);
    if (!schema) continue;
    const content = contentOf(org, { change, schema });
    const key = JSON.stringify(content);
    const same = merged.get(key);
    if (same) same.recordIds.push(change.recordId);
    else
      merged.set(key, {
        ...content,
        recordIds: [change.recordId],
        origin: commit.origin,
        transactionKey,
        sequence: merged.size + 1,
        commitTimestamp: commit.at.getTime(),
        commitNumber,
      });
  }
  return [...merged.values()];
}

/** What remains of all changes of a record within the transaction. */
function netChanges(changes: RecordChange[]): RecordChange[] {
  const net = new Map<string, RecordChange>();
  for (const change of changes) {
    const before = net.get(change.recordId);
    const combined = before ? combine(before, change) : change;
    if (combined) net.set(change.recordId, combined);
    else net.delete(change.recordId);
  }
  return [...net.values()];
}

function combine(before: RecordChange, after: RecordChange): RecordChange | undefined {
  if (after.changeType === 'DELETE') return before.changeType === 'CREATE' ? undefined : after;
  if (after.changeType === 'UNDELETE') return before.changeType === 'DELETE' ? undefined : after;
  const changedFields = [...new Set([...before.changedFields, ...after.changedFields])];
  return { ...before, changedFields };
}

/** A new record comes with all it holds, a changed one with its changed fields, a deleted one with nothing. */
function contentOf(
  org: Org,
  { change, schema }: { change: RecordChange; schema: EventSchema },
): Pick<ChangeEvent, 'entity' | 'changeType' | 'commitUser' | 'values' | 'changed'> {
  const { objectApiName: entity, changeType } = change;
  const stored = org.records.get(change.recordId)?.values ?? {};
  const changed =
    changeType === 'UPDATE' ? change.changedFields.filter((name) => schema.slots.has(name)) : [];
  const shown = changeType === 'DELETE' || changeType === 'UPDATE' ? changed : [...schema.slots.keys()];
  const values: Record<string, FieldValue> = {};
  for (const name of shown) {
    const value = stored[name] ?? (schema.slots.get(name)!.field.type === 'boolean' ? false : null);
    if (value !== null) values[name] = value;
  }
  return { entity, changeType, commitUser: String(stored['LastModifiedById'] ?? ''), values, changed };
}
