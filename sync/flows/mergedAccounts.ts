import type { FieldChange } from '../domain/change.ts';
import type { Engine } from '../engine.ts';
import { RetryableFailure } from '../failure.ts';
import { nextLeaseOwner } from '../leases.ts';
import { soqlList } from '../salesforce/connection.ts';
import { followMasters, readMergedInto } from '../salesforce/readFates.ts';
import { noteAlias, ownerOf, release, takeOver, unfollowedCustomers } from '../store/mergedCustomers.ts';
import { claimRecord, markAllDirty, markDirty, type ClaimedRecord } from '../store/syncRecords.ts';
import { noteCrmGone, noteStripeGone } from '../store/tombstones.ts';
import { busy } from './claimWhenFree.ts';
import type { PairKind } from './convergePairs.ts';
import { updateOnce } from './writeOnce.ts';

/** What was claimed together: the Account that stays may be among it. */
export interface MergeBatch {
  records: ClaimedRecord[];
  /** Rows that are no more, because another one has become theirs. */
  absorbed: Set<ClaimedRecord>;
}

interface Handover {
  record: ClaimedRecord;
  winner: ClaimedRecord;
  winnerId: string;
  batch: MergeBatch;
}

/**
 * Follows a merge of Accounts, over all merges that came after it. The Account that stayed takes over the customer if
 * it has none; otherwise the customer becomes a second name of it, so that its later invoices go there. Stripe is told
 * first; a worker that is killed anywhere in between does the same again.
 */
export async function mergeInto<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, masterId, batch }: { record: ClaimedRecord; masterId: string; batch: MergeBatch },
): Promise<FieldChange[]> {
  const { database } = engine;
  const winnerId = await followMasters(engine.org, masterId);
  // The one that stayed was deleted in its turn: nobody is left to take over.
  if (!winnerId || !record.stripeId) {
    await noteCrmGone(database, record, { mergedInto: winnerId });
    return [];
  }
  const claimedWithIt = batch.records.find(({ crmId }) => crmId === winnerId);
  const winner =
    claimedWithIt ??
    (await claimRecord(database, 'customer', {
      crmId: winnerId,
      owner: nextLeaseOwner(engine),
      leaseSeconds: engine.settings.leaseSeconds,
    }));
  if (!winner) throw busy('customer');
  try {
    return await handOver(engine, kind, { record, winner, winnerId, batch });
  } finally {
    if (!claimedWithIt) await release(database, winner);
    await markDirty(database, 'customer', { crmId: winnerId, side: 'salesforce' });
  }
}

async function handOver<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, winner, winnerId, batch }: Handover,
): Promise<FieldChange[]> {
  const { database } = engine;
  // A customer of its own may be in the making: whether it was made comes first.
  if (!winner.stripeId && winner.intents.create) throw busy('customer');
  const stripe = await kind.readStripe(engine.stripe, record.stripeId!);
  if (!stripe) {
    await noteStripeGone(database, record);
    await noteCrmGone(database, record, { mergedInto: winnerId });
    return [];
  }
  const lostId = record.crmId!;
  const own = winner.stripeId ?? (await customerNamedBy(engine, winnerId));
  const isRepointed = stripe.otherId === winnerId;
  if (!isRepointed) {
    const orgId = engine.org.orgId ?? '';
    await updateOnce(engine, record, {
      operation: 'repoint',
      params: winnerId,
      send: (key) => kind.repoint!(engine.stripe, { id: stripe.id, crmId: winnerId, orgId }, key),
    });
  }
  if (own && own !== record.stripeId) await noteAlias(database, { lost: record, winnerId });
  else {
    await takeOver(database, { lost: record, winner, winnerId });
    batch.absorbed.add(winner);
  }
  if (isRepointed) return [];
  return [
    {
      side: 'stripe',
      object: kind.entity,
      objectId: stripe.id,
      field: 'Account',
      from: stripe.otherId ?? lostId,
      to: winnerId,
    },
  ];
}

/** Where the Account that stayed has never been synced: what its own field says. */
async function customerNamedBy(engine: Engine, accountId: string): Promise<string | null> {
  const rows = await engine.org.query<{ Stripe_Customer_Id__c: string | null }>(
    `SELECT Stripe_Customer_Id__c FROM Account WHERE Id IN ${soqlList([accountId])}`,
  );
  return rows[0]?.Stripe_Customer_Id__c ?? null;
}

/**
 * Of Accounts that are about to get a customer, those into which one with a customer was merged: they take that one
 * over, so that there is never a second, whichever event came first.
 */
export async function awaitingMerge(engine: Engine, accountIds: string[]): Promise<Set<string>> {
  if (accountIds.length === 0) return new Set();
  const { database } = engine;
  const merged = await readMergedInto(engine.org, accountIds);
  // One that was paired by hand may have no row yet.
  for (const { id, stripeId } of merged) {
    if (stripeId && !(await ownerOf(database, 'customer', stripeId)))
      await markDirty(database, 'customer', { stripeId, crmId: id, side: 'salesforce' });
  }
  const unfollowed = await unfollowedCustomers(
    database,
    merged.map(({ id }) => id),
  );
  await markAllDirty(database, 'customer', { crmIds: [...unfollowed] });
  return new Set(merged.filter(({ id }) => unfollowed.has(id)).map(({ masterId }) => masterId));
}

export const mergePending = () =>
  new RetryableFailure(
    {
      code: 'merge_pending',
      stage: 'decide',
      message:
        'Another account was merged into this one, and its Stripe customer is being taken over. It is tried again by itself.',
    },
    500,
  );
