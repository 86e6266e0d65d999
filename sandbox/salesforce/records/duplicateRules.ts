import { OrgError } from '../orgError.ts';
import type { Org } from '../org.ts';
import type { StoredRecord } from './storedRecord.ts';

/** A duplicate rule with exact matching: records of an object that agree in all these fields are duplicates. */
export type DuplicateRule = {
  object: string;
  fields: string[];
  /** An alert lets a client save that says so in Sforce-Duplicate-Rule-Header; a block lets nobody. */
  action: 'Alert' | 'Block';
};

/** Refuses a record that a rule finds again among the others; an update only when it changed what the rule compares. */
export function refuseDuplicates(org: Org, record: StoredRecord, changed?: string[]): void {
  for (const { object, fields, action } of org.duplicateRules) {
    if (object !== record.object || (action === 'Alert' && org.call.allowDuplicates)) continue;
    if (changed && !changed.some((name) => fields.includes(name))) continue;
    const key = keyOf(record, fields);
    if (key === undefined) continue;
    for (const other of org.records.values(object)) {
      if (other.deleted || other.id === record.id || keyOf(other, fields) !== key) continue;
      throw new OrgError('DUPLICATES_DETECTED', 'Use one of these records?', { fields: [] });
    }
  }
}

/** Without regard to case; undefined when a compared field is empty. */
function keyOf({ values }: StoredRecord, fields: string[]): string | undefined {
  const parts = fields.map((name) => values[name] ?? null);
  return parts.includes(null) ? undefined : JSON.stringify(parts).toLowerCase();
}
