import { same } from '../domain/merge.ts';
import { markDirty, linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import {
  noteCrmBack,
  noteCrmGone,
  noteStripeGone,
  unlinkStripe,
  wasToldDeleted,
} from '../store/tombstones.ts';
import { ownerOf } from '../store/mergedCustomers.ts';
import { noteWriting } from '../store/writings.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, RetryableFailure } from '../failure.ts';
import type { FieldChange } from '../domain/change.ts';
import { readFates, type Fate } from '../salesforce/readFates.ts';
import { whyMissing, type WhyMissing } from '../stripe/whyMissing.ts';
import { updateRecords } from '../salesforce/writeRecords.ts';
import { asFailure } from './asFailure.ts';
import { busy } from './claimWhenFree.ts';
import type { CrmSide, PairKind } from './convergePairs.ts';
import { mergeInto, type MergeBatch } from './mergedAccounts.ts';
import { refuseIfOnlyHidden } from './refuseIfOnlyHidden.ts';
import { createOnce, updateOnce } from './writeOnce.ts';

/**
 * Follows the deletion of an Account or a product in the org. Stripe's customer stays, because deleting it would cancel
 * its subscriptions; the product is archived; the customer of a merged Account goes to the Account that stayed.
 */
export async function followGonePairs<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { records, batch }: { records: ClaimedRecord[]; batch: MergeBatch },
): Promise<Map<ClaimedRecord, Convergence>> {
  if (records.length === 0) return new Map();
  const fates = await readFates(
    engine.org,
    kind.object,
    records.flatMap(({ crmId }) => crmId ?? []),
  );
  const followed = new Map<ClaimedRecord, Convergence>();
  // One after another: two of them may have been merged into the same one.
  for (const record of records) {
    const one = await asFailure(() =>
      record.crmId
        ? followOne(engine, kind, { record, fate: fates.get(record.crmId), batch })
        : followUnpaired(engine, kind, record),
    );
    if (isSyncFailure(one)) followed.set(record, { record, kind: 'failed', failure: one });
    else if (one) followed.set(record, one);
  }
  for (const record of batch.absorbed) followed.set(record, nothingLeft(record));
  return followed;
}

async function followOne<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, fate, batch }: { record: ClaimedRecord; fate: Fate | undefined; batch: MergeBatch },
): Promise<Convergence> {
  // It was made, or taken out of the Recycle Bin, between the two reads.
  if (fate && !fate.deleted) throw busy(kind.entity);
  await refuseIfOnlyHidden(engine, record, { fate, object: kind.object });
  await findOutWhatWasMade(engine, kind, record);
  const masterId = fate?.masterId ?? record.mergedInto;
  const changes =
    kind.repoint && masterId
      ? await mergeInto(engine, kind, { record, masterId, batch })
      : await archive(engine, kind, record);
  return {
    record,
    kind: 'synced',
    base: record.base,
    changes,
    conflicts: [],
    gone: `This ${kind.object === 'Product2' ? 'product' : 'account'} was deleted in Salesforce.`,
  };
}

/** The row of the Account that stayed: the one with the customer has become its row, and is looked at next. */
const nothingLeft = (record: ClaimedRecord): Convergence => ({
  record,
  kind: 'synced',
  base: null,
  changes: [],
  conflicts: [],
});

/** What was deleted in Stripe before anybody in the org was paired with it is nobody's concern. */
async function followUnpaired<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  record: ClaimedRecord,
): Promise<Convergence | undefined> {
  const told = { source: 'stripe' as const, types: [`${kind.entity}.deleted`], id: record.stripeId! };
  if (!record.stripeGoneAt && !(await wasToldDeleted(engine.database, told))) return undefined;
  if (await kind.readStripe(engine.stripe, record.stripeId!)) return undefined;
  await noteStripeGone(engine.database, record);
  const gone = `The ${kind.entity} ${record.stripeId} was deleted in Stripe.`;
  return { record, kind: 'synced', base: record.base, changes: [], conflicts: [], gone };
}

/** A worker may have been killed between Stripe's answer and its own note of it. */
async function findOutWhatWasMade<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  record: ClaimedRecord,
): Promise<void> {
  if (record.stripeId || !record.intents.create) return;
  const made = await createOnce(engine, record, {
    params: record.intents.create.params as { crmId: string; orgId: string; terms: T },
    send: (params, key) => kind.create(engine.stripe, params, key),
  });
  const { terms } = record.intents.create.params as { terms: T };
  await linkRecord(engine.database, record, { stripeId: made.id, first: terms });
}

/** Once: what a person does with Stripe's object afterwards stands. */
async function archive<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  record: ClaimedRecord,
): Promise<FieldChange[]> {
  const changes = record.crmGoneAt ? [] : await bring(engine, kind, { record, change: kind.whenGone });
  await noteCrmGone(engine.database, record);
  return changes;
}

/** Brings Stripe's object to a state that follows from a deletion or a restoration in the org. */
async function bring<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, change }: { record: ClaimedRecord; change: Partial<T> | undefined },
): Promise<FieldChange[]> {
  if (!change || !record.stripeId) return [];
  const stripe = await kind.readStripe(engine.stripe, record.stripeId);
  if (!stripe) {
    await noteStripeGone(engine.database, record);
    return [];
  }
  const fields = (Object.keys(change) as (keyof T & string)[]).filter(
    (field) => !same(stripe.terms[field], change[field]),
  );
  if (fields.length === 0) return [];
  await noteWriting(engine.database, record, change);
  await updateOnce(engine, record, {
    operation: 'gone',
    params: change,
    send: (key) => kind.update(engine.stripe, { id: stripe.id, change }, key),
  });
  return fields.map((field) => ({
    side: 'stripe',
    object: kind.entity,
    objectId: stripe.id,
    field,
    from: stripe.terms[field],
    to: change[field],
  }));
}

/** Somebody took the record out of the Recycle Bin: before both sides are merged, what its deletion did is undone. */
export async function pairIsBack<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crm }: { record: ClaimedRecord; crm: CrmSide<T> },
): Promise<void> {
  const change = Object.fromEntries(
    (Object.keys(kind.whenGone ?? {}) as (keyof T & string)[]).map((field) => [field, crm.terms[field]]),
  ) as Partial<T>;
  await bring(engine, kind, { record, change });
  await noteCrmBack(engine.database, record);
}

/**
 * What to do where Stripe's object is gone. It is never made anew in silence: the record says so, and whoever clears
 * the id there (null is returned) or enters another one (which is returned) decides.
 */
export async function insteadOfGone<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crm }: { record: ClaimedRecord; crm: CrmSide<T> },
): Promise<string | null> {
  const lost = (record.stripeId ?? crm.otherId)!;
  if (record.stripeId) {
    // After a settled sync the org's record held the id, so a person has taken it out.
    const cleared = crm.otherId === null && (record.stripeGoneAt !== null || record.base !== null);
    const replaced = crm.otherId !== null && crm.otherId !== record.stripeId;
    if (cleared || replaced) {
      await unlinkStripe(engine.database, record);
      return crm.otherId;
    }
    if (crm.otherId === null) await writeId(engine, kind, { crmId: crm.id, stripeId: lost });
    await noteStripeGone(engine.database, record);
  }
  const label = kind.externalId.replace(/__c$/, '').replaceAll('_', ' ');
  const why = record.stripeId ? 'deleted' : await whyMissing(engine.stripe, kind.entity, lost);
  throw new PermanentFailure({
    code: 'stripe_record_gone',
    stage: 'read-stripe',
    message: `${WHY_MISSING[why](kind.entity, lost)} Clear ${label} here to have a new one made, or enter the id of another one.`,
  });
}

const WHY_MISSING: Record<WhyMissing, (entity: string, id: string) => string> = {
  deleted: (entity, id) => `The ${entity} ${id} was deleted in Stripe.`,
  'of live mode': (entity, id) =>
    `The ${entity} ${id} is one of live mode, and Invoicebridge works in Stripe's test mode here.`,
  'of test mode': (entity, id) =>
    `The ${entity} ${id} is one of test mode, and Invoicebridge works in Stripe's live mode here.`,
  unknown: (entity, id) =>
    `Stripe knows no ${entity} ${id} in this account: it may be misspelt, deleted, or of another account.`,
};

/** A worker was killed before it had written the id: without it on the record nobody could clear it. */
async function writeId<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { crmId, stripeId }: { crmId: string; stripeId: string },
): Promise<void> {
  const [answer] = await updateRecords(engine.org, [
    { object: kind.object, id: crmId, fields: { [kind.externalId]: stripeId } },
  ]);
  if (answer && 'failure' in answer) throw answer.failure;
}

/** A Stripe object that the org's record names for the first time may still be paired with another record. */
export async function refuseIfTaken<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, stripeId }: { record: ClaimedRecord; stripeId: string },
): Promise<void> {
  const owner = await ownerOf(engine.database, kind.entity, stripeId);
  if (!owner || owner.id === record.id || owner.crmId === null || owner.crmGone) return;
  const fate = (await readFates(engine.org, kind.object, [owner.crmId])).get(owner.crmId);
  if (fate?.deleted) {
    await markDirty(engine.database, kind.entity, { crmId: owner.crmId, side: 'salesforce' });
    throw new RetryableFailure(
      {
        code: 'merge_pending',
        stage: 'decide',
        message: `The ${kind.entity} ${stripeId} is being taken over from a deleted record. It is tried again by itself.`,
      },
      500,
    );
  }
  throw new PermanentFailure({
    code: 'stripe_id_taken',
    stage: 'decide',
    message: `${stripeId} belongs to the ${kind.object} ${owner.crmId} already. Take the id out of this record, or delete the other one.`,
  });
}
