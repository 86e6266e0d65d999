import type { CrmInvoice } from '../domain/invoice.ts';
import { fieldKey, stillOpenValues, type ToldValues } from '../domain/overwritten.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';

/** What the org has told and its record did not say when it was read. */
export function openValues(record: ClaimedRecord, crm: CrmInvoice, now: Date): ToldValues {
  const said = new Map(
    [crm, ...crm.lines].flatMap(({ id, fields }) =>
      Object.entries(fields).map(([field, value]) => [fieldKey(id, field), value] as const),
    ),
  );
  return stillOpenValues(
    { told: record.crmTold, writes: record.crmWrites },
    { valueOf: (key) => said.get(key) ?? null, now: now.toISOString() },
  );
}
