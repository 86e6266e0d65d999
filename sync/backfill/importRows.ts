import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import type { Engine } from '../engine.ts';
import type { SyncFailure } from '../failure.ts';
import { nextLeaseOwner } from '../leases.ts';
import { bulkUpsert, type BulkRow } from '../salesforce/bulkUpsert.ts';
import type { WriteResult } from '../salesforce/writeRecords.ts';
import { noteJob } from '../store/backfillRuns.ts';
import { noteSnapshots } from '../store/crmSnapshots.ts';
import { holdForImport, settleImported, type HeldRecord, type Imported } from '../store/importedRecords.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { checkpoint, note, type BackfillContext, type Effect } from './context.ts';

/** An object of Stripe that the org shall have, or the reason why it cannot. */
export interface ImportItem {
  stripeId: string;
  /** Of the org's new record. */
  fields: BulkRow;
  failure?: SyncFailure;
  /** What both sides say once it is there; asked for after `finish`. */
  base(crmId: string): unknown;
  /** What the org's record says then; with an empty id, what it is about to say. */
  snapshot?(crmId: string): unknown;
  /** Fields of what hangs on it, for the table and the CSV. */
  more?(): Effect['fields'];
}

export interface ImportKind<T extends ImportItem> {
  entity: SyncEntity;
  externalId: string;
  /** Writes what hangs on the new records, e.g. lines; may set `failure`. */
  finish?(context: BackfillContext, items: (T & { crmId: string })[]): Promise<void>;
  /** In a dry run: tells of those that the org has although they are in no pair, and returns them. */
  exists?(context: BackfillContext, items: T[]): Promise<Set<T>>;
}

/**
 * Makes records in the org for a chunk of objects of Stripe that are in no pair, and stores the pairs together with
 * the run's new position. Others are left to the engine, which merges instead of overwriting.
 */
export async function importRows<T extends ImportItem>(
  context: BackfillContext,
  kind: ImportKind<T>,
  { items, position }: { items: T[]; position: Record<string, unknown> },
): Promise<void> {
  const { engine, run } = context;
  const { entity } = kind;
  if (context.dry) return tellOnly(context, kind, { items, position });
  const lease = { owner: nextLeaseOwner(engine), seconds: engine.settings.leaseSeconds };
  const stripeIds = items.map(({ stripeId }) => stripeId);
  const held = await holdForImport(engine.database, { entity, stripeIds }, lease);
  const taken = [...new Map(items.map((item) => [item.stripeId, item])).values()].filter((item) => {
    if (held.has(item.stripeId)) return true;
    note(context, { entity, outcome: 'skip', stripeId: item.stripeId, crmId: null, fields: [], note: KNOWN });
    return false;
  });
  const writable = taken.filter(({ failure }) => !failure);
  await noteNew(engine, writable, { held, owner: lease.owner });
  const answers = await bulkUpsert(
    engine.org,
    {
      object: orgObjects[entity],
      externalId: kind.externalId,
      onJob: (job) => noteJob(engine.database, run.id, job),
    },
    writable.map(({ fields }) => fields),
  );
  const made = writable.flatMap((item, index) => withId(item, answers[index]!));
  await kind.finish?.(context, made);
  const crmIds = new Map(made.map(({ stripeId, crmId }) => [stripeId, crmId]));
  const imported = taken.map((item) =>
    outcome(held.get(item.stripeId)!, { item, crmId: crmIds.get(item.stripeId), entity }),
  );
  for (const [index, item] of taken.entries()) tell(context, entity, { item, one: imported[index]! });
  await checkpoint(context, position, (client) =>
    settleImported(client, { entity, owner: lease.owner, origin: `backfill ${run.id}` }, imported),
  );
}

/** What the org will say of them: its change events may be here before all that hangs on the records is written. */
async function noteNew(
  { database }: Engine,
  items: ImportItem[],
  { held, owner }: { held: Map<string, HeldRecord>; owner: string },
): Promise<void> {
  const noted = items.flatMap(({ stripeId, snapshot }) => {
    const record = { id: held.get(stripeId)!.id, leaseOwner: owner };
    return snapshot ? [{ record, crmSnapshot: snapshot(''), crmWrites: [] }] : [];
  });
  await noteSnapshots(database, noted);
}

/** A dry run: which of them would be made, which are known, and which wait for something else. */
async function tellOnly<T extends ImportItem>(
  context: BackfillContext,
  { entity, exists }: ImportKind<T>,
  { items, position }: { items: T[]; position: Record<string, unknown> },
): Promise<void> {
  const known = await crmIdsOf(
    context.engine.database,
    entity,
    items.map(({ stripeId }) => stripeId),
  );
  const there = (await exists?.(context, items)) ?? new Set<T>();
  const made: T[] = [];
  for (const item of items) {
    const { stripeId, failure } = item;
    const of = { entity, stripeId, crmId: known.get(stripeId) ?? null };
    if (of.crmId) note(context, { ...of, outcome: 'skip', fields: [], note: KNOWN });
    else if (there.has(item)) continue;
    else if (failure) note(context, { ...of, outcome: 'ambiguous', fields: [], note: failure.message });
    else {
      note(context, {
        ...of,
        outcome: 'create',
        fields: [...newFields(item.fields), ...(item.more?.() ?? [])],
      });
      made.push(item);
    }
  }
  await context.dry!.notePairs(
    entity,
    made.map(({ stripeId }) => ({ stripeId, crmId: '' })),
  );
  await checkpoint(context, position);
}

export const KNOWN = 'known already: the engine keeps it in sync';

function withId<T extends ImportItem>(item: T, answer: WriteResult): (T & { crmId: string })[] {
  if ('failure' in answer) {
    item.failure = answer.failure;
    return [];
  }
  return [Object.assign(item, { crmId: answer.id })];
}

function outcome(
  record: HeldRecord,
  { item, crmId, entity }: { item: ImportItem; crmId: string | undefined; entity: SyncEntity },
): Imported {
  if (item.failure || !crmId) return { record, failure: item.failure! };
  const crmSnapshot = item.snapshot?.(crmId) ?? null;
  return { record, crmId, base: item.base(crmId), crmSnapshot, object: orgObjects[entity] };
}

function tell(
  context: BackfillContext,
  entity: SyncEntity,
  { item, one }: { item: ImportItem; one: Imported },
): void {
  const { stripeId } = item;
  if ('failure' in one) {
    note(context, {
      entity,
      outcome: 'failed',
      stripeId,
      crmId: null,
      fields: [],
      note: one.failure.message,
    });
  } else {
    const fields = [...newFields(item.fields), ...(item.more?.() ?? [])];
    note(context, { entity, outcome: 'create', stripeId, crmId: one.crmId, fields });
  }
}

/** What a new record says, for the table and the CSV. */
export function newFields(fields: BulkRow): Effect['fields'] {
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([field, to]) => ({ side: 'salesforce' as const, field, from: null, to }));
}
