import type Stripe from 'stripe';
import type { Side } from '../domain/change.ts';
import type { SyncEntity } from '../domain/entity.ts';
import { stillOpen, type OpenConflict } from '../domain/openConflict.ts';
import { overwrittenConflicts } from '../domain/overwrittenInStripe.ts';
import { same } from '../domain/merge.ts';
import { agreedLast, type Past } from '../domain/past.ts';
import { restorePair } from '../domain/restorePair.ts';
import { changeTo, planPair, type PairPlan, type PairSide } from '../domain/planPair.ts';
import type { Convergence, Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import type { SalesforceOrg } from '../salesforce/connection.ts';
import { keepConflicts } from '../store/openConflicts.ts';
import { toLongId } from '../domain/salesforceId.ts';
import { linkRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { noteStripeBack } from '../store/tombstones.ts';
import { noteWriting } from '../store/writings.ts';
import { asFailure } from './asFailure.ts';
import { mapConcurrently } from './concurrency.ts';
import { followGonePairs, insteadOfGone, pairIsBack, refuseIfTaken } from './gonePairs.ts';
import { awaitingMerge, mergePending } from './mergedAccounts.ts';
import { overwrittenOf } from './overwrittenOf.ts';
import { createOnce, updateOnce } from './writeOnce.ts';
import { writePairsToCrm } from './writePairsToCrm.ts';

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
  /** What fields that `readCrm` gave, or others in their place, say. */
  termsOf(fields: Record<string, unknown>): T;
  readStripe(stripe: Stripe, id: string): Promise<PairSide<T> | null>;
  create(stripe: Stripe, made: { crmId: string; orgId: string; terms: T }, key: string): Promise<PairSide<T>>;
  update(stripe: Stripe, changed: { id: string; change: Partial<T> }, key: string): Promise<PairSide<T>>;
  /** `crm` is the org's record as it is; left out for one that is made. */
  crmFields(change: Partial<T>, crm?: Pick<CrmSide<T>, 'fields'>): Record<string, unknown>;
  /** What becomes of Stripe's object when the org's record is deleted; left out where it stays as it is. */
  whenGone?: Partial<T>;
  /** Has Stripe's object name another record of the org; left out where records are never merged. */
  repoint?(stripe: Stripe, to: { id: string; crmId: string; orgId: string }, key: string): Promise<void>;
}

export interface CrmSide<T> extends PairSide<T> {
  fields: Record<string, unknown>;
}

/** The org's side of a record that is about to be made there. */
export const newRecord = <T>(terms: T): CrmSide<T> => ({ id: '', otherId: null, terms, fields: {} });

export interface PairWork {
  records: ClaimedRecord[];
  /** Somebody asked for this sync: its time is noted even if nothing differs, and earlier conflicts have been seen. */
  asked?: boolean;
}

export interface Merged<T> {
  record: ClaimedRecord;
  crm: CrmSide<T>;
  stripe: PairSide<T>;
  plan: PairPlan<T> | null;
  openConflicts: OpenConflict[];
}

interface MergeTask<T> {
  record: ClaimedRecord;
  crmSides: CrmSide<T>[];
  /** Accounts that take over a customer of another one instead of getting one of their own. */
  held: Set<string>;
  asked: boolean;
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
  const missing = records.filter(({ crmId, stripeId }) =>
    crmSides.every(({ id, otherId }) => (crmId ? id !== crmId : otherId !== stripeId)),
  );
  const gone = await followGonePairs(engine, kind, {
    records: missing,
    batch: { records, absorbed: new Set() },
  });
  const living = records.filter((record) => !gone.has(record));
  const held = kind.repoint
    ? await awaitingMerge(engine, accountsWithoutCustomer(living, crmSides))
    : new Set<string>();
  const merged = await mapConcurrently(living, STRIPE_CONCURRENCY, (record) =>
    asFailure(() => mergeOne(engine, kind, { record, crmSides, held, asked })),
  );
  const written = await writePairsToCrm(engine, kind, { records: living, merged, asked });
  return records.map((record) => gone.get(record) ?? written[living.indexOf(record)]!);
}

function accountsWithoutCustomer(records: ClaimedRecord[], crmSides: CrmSide<object>[]): string[] {
  const without = records.filter(({ stripeId, intents }) => !stripeId && !intents.create);
  return without.flatMap(({ crmId }) =>
    crmSides.filter(({ id, otherId }) => id === crmId && !otherId).map(({ id }) => id),
  );
}

async function mergeOne<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crmSides, held, asked }: MergeTask<T>,
): Promise<Merged<T>> {
  const crm = crmSides.find((side) =>
    record.crmId ? side.id === record.crmId : side.otherId === record.stripeId,
  );
  if (!crm) throw unpaired(kind, record);
  if (record.crmGoneAt) await pairIsBack(engine, kind, { record, crm });
  const known = await stripeOf(engine, kind, { record, crm });
  if (!known && held.has(crm.id)) throw mergePending();
  const stripe = known ?? (await make(engine, kind, { record, crm }));
  if (!known && same(stripe.terms, crm.terms)) return { record, crm, stripe, plan: null, openConflicts: [] };
  if (record.stripeId !== stripe.id || record.crmId !== crm.id) {
    if (!record.stripeId) await refuseIfTaken(engine, kind, { record, stripeId: stripe.id });
    await linkRecord(engine.database, record, { stripeId: stripe.id, crmId: crm.id });
  }
  await repointIfStale(engine, kind, { record, crm, stripe });
  const said = restorePair(
    crm,
    agreedLast<T>(known ? pastOf(record) : { base: stripe.terms }, stripe.terms),
    {
      told: record.crmTold,
      termsOf: kind.termsOf,
    },
  );
  const merge = planPair(said.base, { crm: said.terms, stripe: stripe.terms }, kind.owners);
  const overwritten = overwrittenConflicts(
    await overwrittenOf(engine, record, { now: stripe.terms }),
    merge.value,
  );
  const plan = {
    ...merge,
    crmChange: changeTo(crm.terms, merge.value),
    conflicts: [...merge.conflicts, ...overwritten],
  };
  await keepConflicts(engine.database, record, plan.conflicts);
  const openConflicts = stillOpen(record.openConflicts, {
    valueOf: (field) => plan.value[field as keyof T],
    acknowledged: asked,
  });
  if (Object.keys(plan.stripeChange).length === 0) return { record, crm, stripe, plan, openConflicts };
  await noteWriting(engine.database, record, plan.stripeChange);
  const updated = await updateOnce(engine, record, {
    operation: 'update',
    params: plan.stripeChange,
    over: { read: stripe.terms, written: plan.stripeChange },
    send: (key) => kind.update(engine.stripe, { id: stripe.id, change: plan.stripeChange }, key),
  });
  return { record, crm, stripe: { ...updated, terms: stripe.terms }, plan, openConflicts };
}

/** Stripe may have told of what we made before we had noted its id: it was made with the terms of the noted request. */
function pastOf<T>({ base, intents }: ClaimedRecord): Past<T> {
  const made = intents.create?.params as { terms: T } | undefined;
  return {
    base: base as T | null,
    first: (intents.first as T | undefined) ?? made?.terms,
    writing: intents.writing as Partial<T> | undefined,
  };
}

/** Made in Stripe by a request that may have been noted before the org's record was edited: with the terms of that request. */
async function make<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crm }: { record: ClaimedRecord; crm: CrmSide<T> },
): Promise<PairSide<T>> {
  let sent = crm.terms;
  const made = await createOnce(engine, record, {
    params: { crmId: crm.id, orgId: engine.org.orgId ?? '', terms: crm.terms },
    send: (params, key) => {
      sent = params.terms;
      return kind.create(engine.stripe, params, key);
    },
  });
  await linkRecord(engine.database, record, { stripeId: made.id, crmId: crm.id, first: sent });
  return { ...made, terms: sent };
}

/** Stripe's side; null where one is to be made. */
async function stripeOf<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crm }: { record: ClaimedRecord; crm: CrmSide<T> },
): Promise<PairSide<T> | null> {
  const stripeId = record.stripeId ?? crm.otherId;
  if (!stripeId) return null;
  const stripe = await kind.readStripe(engine.stripe, stripeId);
  if (stripe && record.stripeGoneAt) await noteStripeBack(engine.database, record);
  if (stripe) return stripe;
  const instead = await insteadOfGone(engine, kind, { record, crm });
  return instead ? stripeOf(engine, kind, { record, crm }) : null;
}

/** After a merge, or its undoing, Stripe's object still names the record that it belonged to before. */
async function repointIfStale<T extends object>(
  engine: Engine,
  kind: PairKind<T>,
  { record, crm, stripe }: { record: ClaimedRecord; crm: CrmSide<T>; stripe: PairSide<T> },
): Promise<void> {
  if (!kind.repoint || stripe.otherId === null || toLongId(stripe.otherId) === crm.id) return;
  const to = { id: stripe.id, crmId: crm.id, orgId: engine.org.orgId ?? '' };
  await updateOnce(engine, record, {
    operation: 'repoint',
    params: crm.id,
    send: (key) => kind.repoint!(engine.stripe, to, key),
  });
}

const unpaired = <T extends object>(kind: PairKind<T>, record: ClaimedRecord) =>
  new PermanentFailure({
    code: 'unpaired',
    stage: 'decide',
    message: kind.unpaired(record.stripeId!),
  });
