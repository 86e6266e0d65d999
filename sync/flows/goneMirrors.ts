import { orgObjects } from '../domain/entity.ts';
import type { Convergence, Engine } from '../engine.ts';
import { readFates } from '../salesforce/readFates.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { goneInOrg, noteCrmGone } from '../store/tombstones.ts';
import type { MirrorKind, Mirrored } from './convergeMirrors.ts';

/**
 * Of records that the org had and has no more, those that are not to be made again: a person deleted them, and a
 * restored one goes on. One that cannot be seen at all counts as deleted too, because making it anew could double it.
 */
export async function deletedMirrors(
  engine: Engine,
  kind: MirrorKind,
  { records, anyRead }: { records: ClaimedRecord[]; anyRead: boolean },
): Promise<Set<ClaimedRecord>> {
  // Without anything to write nothing was looked for in the org.
  if (records.length === 0 || !anyRead) return new Set();
  const fates = await readFates(
    engine.org,
    orgObjects[kind.entity],
    records.map(({ crmId }) => crmId!),
  );
  const deleted = records.filter(({ crmId }) => fates.get(crmId!)?.deleted !== false);
  for (const record of deleted) await noteCrmGone(engine.database, record);
  return new Set(deleted);
}

export const deletedMirror = (record: ClaimedRecord): Convergence => ({
  record,
  kind: 'synced',
  base: record.base,
  changes: [],
  conflicts: [],
  gone: 'The record was deleted in Salesforce. It is not made again.',
});

export interface MirrorParents {
  of(mirrored: Mirrored): Record<string, unknown>;
  /** Whether its invoice was deleted in the org. */
  invoiceIsGone(mirrored: Mirrored): boolean;
}

/**
 * Parents by their own external ids: no need to know the org's ids, and no call to find them out. Only a customer whose
 * Account was merged is named by the Account that stayed, and one whose Account was deleted not at all.
 */
export async function parentsOf({ database }: Engine, mirrored: Mirrored[]): Promise<MirrorParents> {
  const goneInvoices = await goneInOrg(
    database,
    'invoice',
    mirrored.flatMap(({ invoiceId }) => invoiceId ?? []),
  );
  const goneCustomers = await goneInOrg(
    database,
    'customer',
    mirrored.flatMap(({ customerId }) => customerId ?? []),
  );
  return {
    of: ({ invoiceId, customerId }) => {
      const gone = customerId ? goneCustomers.get(customerId) : undefined;
      return {
        ...(invoiceId ? { Invoice__r: { Stripe_Invoice_Id__c: invoiceId } } : {}),
        ...(gone?.mergedInto ? { Account__c: gone.mergedInto } : {}),
        ...(customerId && !gone ? { Account__r: { Stripe_Customer_Id__c: customerId } } : {}),
      };
    },
    invoiceIsGone: ({ invoiceId }) => invoiceId !== null && goneInvoices.has(invoiceId),
  };
}
