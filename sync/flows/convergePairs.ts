import type Stripe from 'stripe';
import type { FieldChange, Side } from '../domain/change.ts';
import type { SyncEntity } from '../domain/entity.ts';
import { conflictWords } from '../domain/conflictWords.ts';
import { stillOpen, type OpenConflict } from '../domain/openConflict.ts';
import { planPair, type PairPlan, type PairSide } from '../domain/planPair.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';
import type { SalesforceOrg } from '../salesforce/connection.ts';
import { updateRecords } from '../salesforce/writeRecords.ts';
import { keepConflicts } from '../store/openConflicts.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { mapConcurrently } from './concurrency.ts';
import { createOnce, updateOnce } from './writeOnce.ts';

export const STRIPE_CONCURRENCY = 8;

/** What differs between the entities whose fields mean the same on both sides. */
export interface PairKind<T extends object> {
  entity: SyncEntity;
  object: string;
  externalId: string;
  owners: { readonly [K in keyof T]: Side };
  /** Where nobody in the org is paired with the Stripe object: what a person has to do. */
  unpaired(stripeId: string): string;
  readCrm(org: SalesforceOrg, keys: { crmIds: string[]; stripeIds: string[] }): Promise<CrmSide<T>[]>;
  readStripe(stripe: Stripe, id: string): Promise<PairSide<T> | null>;
  create(stripe: Stripe, made: { crmId: string; orgId: string; terms: T }, key: string): Promise<PairSide<T>>;
  update(stripe: Stripe, changed: { id: string; change: Partial<T> }, key: string): Promise<PairSide<T>>;
  crmFields(change: Partial<T>): Record<string, unknown>;
}

export interface CrmSide<T> extends PairSide<T> {
  fields: Record<string, unknown>;
}

export interface PairWork {
  records: ClaimedRecord[];
  /** Somebody asked for this sync: its time is noted even if nothing differs, and earlier conflicts have been seen. */
  asked?: boolean;
}

interface Merged<T> {
  record: ClaimedRecord;
  crm: CrmSide<T>;
  stripe: PairSide<T>;
  plan: PairPlan<T> | null;
  openConflicts: OpenConflict[];
}

/** Converges claimed records of one kind: read both sides, merge, write Stripe one by one, the org in bulk. */
export async function convergePairs<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { records, asked = false }: PairWork,
): Promise<Convergence[]> {
  const crmSides = await kind.readCrm(engine.org, {
    crmIds: records.flatMap(({ crmId }) => crmId ?? []),
    stripeIds: records.flatMap(({ crmId, stripeId }) => (crmId ? [] : (stripeId ?? []))),
  });
  const merged = await mapConcurrently(records, STRIPE_CONCURRENCY, (record) =>
    mergeOne(engine, kind, { record, crmSides, asked }).catch((error: unknown): SyncFailure => {
      if (isSyncFailure(error)) return error;
      throw error;
    }),
  );
  return writeCrm(engine, kind, { records, merged, asked });
}

async function mergeOne<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crmSides, asked }: { record: ClaimedRecord; crmSides: CrmSide<T>[]; asked: boolean },
): Promise<Merged<T>> {
  const crm = crmSides.find((side) =>
    record.crmId ? side.id === record.crmId : side.otherId === record.stripeId,
  );
  if (!crm) throw gone(kind, record);
  const stripeId = record.stripeId ?? crm.otherId;
  const stripe = stripeId ? await kind.readStripe(engine.stripe, stripeId) : null;
  if (stripeId && !stripe) {
    throw new PermanentFailure({
      code: 'stripe_record_gone',
      stage: 'read-stripe',
      message: `${stripeId} is no longer in Stripe. Clear ${kind.externalId} on the ${kind.object} to have a new one made.`,
    });
  }
  if (!stripe) {
    const made = await createOnce(engine, record, {
      params: { crmId: crm.id, orgId: engine.org.orgId ?? '', terms: crm.terms },
      send: (params, key) => kind.create(engine.stripe, params, key),
    });
    await linkRecord(engine.database, record, { stripeId: made.id, crmId: crm.id });
    return { record, crm, stripe: made, plan: null, openConflicts: [] };
  }
  if (record.stripeId !== stripe.id || record.crmId !== crm.id) {
    await linkRecord(engine.database, record, { stripeId: stripe.id, crmId: crm.id });
  }
  const plan = planPair(
    (record.base as T | null) ?? null,
    { crm: crm.terms, stripe: stripe.terms },
    kind.owners,
  );
  await keepConflicts(engine.database, record, plan.conflicts);
  const openConflicts = stillOpen(record.openConflicts, {
    valueOf: (field) => plan.value[field as keyof T],
    acknowledged: asked,
  });
  if (Object.keys(plan.stripeChange).length === 0) return { record, crm, stripe, plan, openConflicts };
  const updated = await updateOnce(engine, record, {
    operation: 'update',
    params: plan.stripeChange,
    send: (key) => kind.update(engine.stripe, { id: stripe.id, change: plan.stripeChange }, key),
  });
  return { record, crm, stripe: { ...updated, terms: stripe.terms }, plan, openConflicts };
}

async function writeCrm<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  {
    records,
    merged,
    asked,
  }: { records: ClaimedRecord[]; merged: (Merged<T> | SyncFailure)[]; asked: boolean },
): Promise<Convergence[]> {
  const writes = merged.flatMap((one) => {
    if (isSyncFailure(one)) return [];
    const fields = crmChange(kind, one);
    return asked || Object.keys(fields).length > 0 ? [{ one, fields }] : [];
  });
  const answers = await updateRecords(
    engine.org,
    writes.map(({ one, fields }) => ({
      object: kind.object,
      id: one.crm.id,
      fields: { ...fields, Last_Synced_At__c: engine.now().toISOString() },
    })),
  );
  return merged.map((one, index): Convergence => {
    const record = records[index]!;
    if (isSyncFailure(one)) return { record, kind: 'failed', failure: one };
    const at = writes.findIndex((write) => write.one === one);
    const answer = at >= 0 ? answers[at] : undefined;
    if (answer && 'failure' in answer) return { record, kind: 'failed', failure: answer.failure };
    return {
      record,
      kind: 'synced',
      base: one.plan ? one.plan.value : one.crm.terms,
      conflicts: one.plan?.conflicts ?? [],
      openConflicts: one.openConflicts,
      changes: changes(kind, one, at >= 0 ? writes[at]!.fields : {}),
    };
  });
}

function crmChange<T extends object>(
  kind: PairKind<T>,
  { crm, stripe, plan, openConflicts }: Merged<T>,
): Record<string, unknown> {
  const wanted: Record<string, unknown> = {
    ...kind.crmFields(plan?.crmChange ?? {}),
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

function gone<T extends object>(kind: PairKind<T>, record: ClaimedRecord): PermanentFailure {
  return record.crmId
    ? new PermanentFailure({
        code: 'crm_record_gone',
        stage: 'read-crm',
        message: `${kind.object} ${record.crmId} is not in the org any more, or the integration user may not see it.`,
      })
    : new PermanentFailure({
        code: 'unpaired',
        stage: 'decide',
        message: kind.unpaired(record.stripeId!),
      });
}
