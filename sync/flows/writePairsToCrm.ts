import { conflictWords } from '../domain/conflictWords.ts';
import type { FieldChange } from '../domain/change.ts';
import { pairSnapshot } from '../domain/crmSnapshot.ts';
import { fieldKey, stillOpenValues, withPairOverwritings } from '../domain/overwritten.ts';
import type { TrackedObject } from '../domain/trackedFields.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, type SyncFailure } from '../failure.ts';
import { updateRecords, type WriteResult } from '../salesforce/writeRecords.ts';
import { noteSnapshots } from '../store/crmSnapshots.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { busy } from './claimWhenFree.ts';
import type { Merged, PairKind } from './convergePairs.ts';

interface Write<T> {
  one: Merged<T>;
  fields: Record<string, unknown>;
}

/** Writes what differs to the org, in bulk, and says how each record has ended. */
export async function writePairsToCrm<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  {
    records,
    merged,
    asked,
  }: { records: ClaimedRecord[]; merged: (Merged<T> | SyncFailure)[]; asked: boolean },
): Promise<Convergence[]> {
  const writes = merged.flatMap((one): Write<T>[] => {
    if (isSyncFailure(one)) return [];
    const fields = crmChange(kind, one);
    return asked || Object.keys(fields).length > 0 ? [{ one, fields }] : [];
  });
  const answers = await write(engine, kind, writes);
  const now = engine.now().toISOString();
  return merged.map((one, index): Convergence => {
    const record = records[index]!;
    if (isSyncFailure(one)) return { record, kind: 'failed', failure: one };
    const fields = writes.find((each) => each.one === one)?.fields ?? {};
    const answer = answers.get(one);
    if (answer && 'failure' in answer) return { record, kind: 'failed', failure: answer.failure };
    return {
      record,
      kind: 'synced',
      base: one.plan ? one.plan.value : one.crm.terms,
      crmSnapshot: snapshotOf(kind, { one, fields }),
      crmTold: stillOpenValues(
        { told: record.crmTold, writes: record.crmWrites },
        { valueOf: (key) => valueAt(one, key), now },
      ),
      conflicts: one.plan?.conflicts ?? [],
      openConflicts: one.openConflicts,
      changes: changes(kind, one, fields),
    };
  });
}

/** The events of our own writes come back; what they say is noted first, so that they are known for what they are. */
async function write<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  writes: Write<T>[],
): Promise<Map<Merged<T>, WriteResult>> {
  const at = engine.now().toISOString();
  for (const { one, fields } of writes) {
    const { record, crm } = one;
    const written = { id: crm.id, before: crm.fields, fields, at };
    record.crmWrites = withPairOverwritings(record.crmWrites, kind.object, written);
  }
  const ours = await noteSnapshots(
    engine.database,
    writes.map(({ one, fields }) => ({
      record: one.record,
      crmSnapshot: snapshotOf(kind, { one, fields }),
      crmWrites: one.record.crmWrites,
    })),
  );
  const possible = writes.filter(({ one }) => ours.has(one.record.id));
  const answers = await updateRecords(
    engine.org,
    possible.map(({ one, fields }) => ({
      object: kind.object,
      id: one.crm.id,
      fields: { ...fields, Last_Synced_At__c: at },
    })),
  );
  const lost: WriteResult = { failure: busy(kind.entity) };
  return new Map(
    writes.map(({ one }) => [one, answers[possible.findIndex((each) => each.one === one)] ?? lost]),
  );
}

const snapshotOf = <T extends object>(kind: PairKind<T>, { one, fields }: Write<T>) =>
  pairSnapshot(kind.object as TrackedObject, one.crm.fields, fields);

function valueAt<T>({ crm }: Merged<T>, key: string): unknown {
  const field = Object.keys(crm.fields).find((each) => fieldKey(crm.id, each) === key);
  return field === undefined ? null : (crm.fields[field] ?? null);
}

function crmChange<T extends object>(
  kind: PairKind<T>,
  { crm, stripe, plan, openConflicts }: Merged<T>,
): Record<string, unknown> {
  const wanted: Record<string, unknown> = {
    ...kind.crmFields(plan?.crmChange ?? {}, crm),
    [kind.externalId]: stripe.id,
    Sync_Status__c: openConflicts.length > 0 ? 'Conflict' : 'Synced',
    Sync_Error__c: conflictWords(openConflicts),
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => (crm.fields[field] ?? null) !== value),
  );
}

function changes<T extends object>(
  kind: PairKind<T>,
  { crm, stripe, plan }: Merged<T>,
  crmFields: Record<string, unknown>,
): FieldChange[] {
  const inStripe = plan
    ? Object.entries(plan.stripeChange).map(([field, to]) => ({
        field,
        from: stripe.terms[field as keyof T] as unknown,
        to,
      }))
    : [{ field: kind.entity, from: null, to: stripe.id }];
  const inOrg = Object.entries(crmFields)
    .filter(([field]) => !field.startsWith('Sync_'))
    .map(([field, to]) => ({ field, from: crm.fields[field] ?? null, to }));
  return [
    ...inStripe.map((change): FieldChange => ({
      side: 'stripe',
      object: kind.entity,
      objectId: stripe.id,
      ...change,
    })),
    ...inOrg.map((change): FieldChange => ({
      side: 'salesforce',
      object: kind.object,
      objectId: crm.id,
      ...change,
    })),
  ];
}
