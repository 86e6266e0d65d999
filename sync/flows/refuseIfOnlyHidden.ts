import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import type { Fate } from '../salesforce/readFates.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { wasToldDeleted } from '../store/tombstones.ts';

/** A record that a query does not find is deleted only if the Recycle Bin, we ourselves or an event of the org say so. */
export async function refuseIfOnlyHidden(
  { database }: Engine,
  record: ClaimedRecord,
  { fate, object }: { fate: Fate | undefined; object: string },
): Promise<void> {
  if (fate?.deleted || record.crmGoneAt) return;
  const types = [`${object} DELETE`, `${object} GAP_DELETE`, `${object} deleted`];
  if (await wasToldDeleted(database, { source: 'salesforce', types, id: record.crmId! })) return;
  throw new PermanentFailure({
    code: 'crm_record_gone',
    stage: 'read-crm',
    message: `${object === 'Invoice__c' ? 'Invoice' : object} ${record.crmId} is not in the org any more, or the integration user may not see it.`,
  });
}
