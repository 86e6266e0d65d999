import { setTimeout as sleep } from 'node:timers/promises';
import { orgObjects, type SyncEntity } from '../domain/entity.ts';
import { nextLeaseOwner, type Convergence, type Engine } from '../engine.ts';
import { mapConcurrently } from '../flows/concurrency.ts';
import { convergeInvoices } from '../flows/convergeInvoices.ts';
import { convergePairs } from '../flows/convergePairs.ts';
import { customerKind } from '../flows/customerKind.ts';
import { productKind } from '../flows/productKind.ts';
import { settleAll } from '../flows/settle.ts';
import { soqlString } from '../salesforce/connection.ts';
import { claimRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { markForBackfill, statesOf } from '../store/markedRecords.ts';
import { checkpoint, countsOf, note, type BackfillContext } from './context.ts';

interface Source {
  entity: SyncEntity;
  /** Records that Stripe does not have. */
  condition: string;
  converge(engine: Engine, records: ClaimedRecord[]): Promise<Convergence[]>;
}

const SOURCES: readonly Source[] = [
  {
    entity: 'customer',
    condition: 'Stripe_Customer_Id__c = null',
    converge: (engine, records) => convergePairs(engine, customerKind, { records }),
  },
  {
    entity: 'product',
    condition: 'Stripe_Product_Id__c = null',
    converge: (engine, records) => convergePairs(engine, productKind, { records }),
  },
  {
    entity: 'invoice',
    condition: `Stripe_Invoice_Id__c = null AND Status__c = 'Draft'`,
    converge: (engine, records) => convergeInvoices(engine, records),
  },
];

const RECORDS_AT_ONCE = 200;

/** Brings the org's records that Stripe lacks over there, a chunk after the other: by the engine, and after people's work. */
export async function backfillFromSalesforce(context: BackfillContext): Promise<void> {
  const { run, signal } = context;
  const begin = SOURCES.findIndex(({ entity }) => entity === run.phase);
  for (const source of SOURCES.slice(Math.max(0, begin))) {
    if (!run.options.entities.includes(source.entity)) continue;
    if (run.phase !== source.entity) {
      run.phase = source.entity;
      await checkpoint(context, null);
    }
    await bringOver(context, source);
    if (signal.aborted) return;
  }
}

async function bringOver(context: BackfillContext, source: Source): Promise<void> {
  const { engine, run, signal } = context;
  const { entity } = source;
  const condition = [source.condition, run.options.where && `(${run.options.where})`]
    .filter(Boolean)
    .join(' AND ');
  const counts = countsOf(context, entity);
  counts.total ??= await countOf(engine, `${orgObjects[entity]} WHERE ${condition}`);
  let after = String(run.position?.['after'] ?? '');
  while (!signal.aborted) {
    const rows = await engine.org.query<{ Id: string }>(
      `SELECT Id FROM ${orgObjects[entity]} WHERE ${condition}` +
        `${after ? ` AND Id > ${soqlString(after)}` : ''} ORDER BY Id LIMIT ${RECORDS_AT_ONCE}`,
    );
    if (rows.length === 0) return;
    const crmIds = rows.map(({ Id }) => Id);
    after = crmIds.at(-1)!;
    counts.read += crmIds.length;
    if (context.dry) {
      for (const crmId of crmIds)
        note(context, { entity, outcome: 'create', stripeId: null, crmId, fields: [] });
    } else await convergeChunk(context, source, crmIds);
    await checkpoint(context, { after });
  }
}

/**
 * Marks them, which no kill can undo, and converges them here. They are not due for a while, so that they do not queue
 * before people's work in a worker; what a worker holds all the same is waited for.
 */
async function convergeChunk(context: BackfillContext, source: Source, crmIds: string[]): Promise<void> {
  const { engine } = context;
  const { entity } = source;
  await markForBackfill(engine.database, { entity, crmIds, dueInSeconds: 2 * engine.settings.leaseSeconds });
  const owner = nextLeaseOwner(engine);
  const { leaseSeconds } = engine.settings;
  const claims = await mapConcurrently(crmIds, 8, (crmId) =>
    claimRecord(engine.database, entity, { crmId, owner, leaseSeconds }),
  );
  const convergences = await source.converge(
    engine,
    claims.filter((record) => record !== undefined),
  );
  await settleAll(engine, convergences);
  for (const record of await settledStates(engine, entity, crmIds)) {
    const { crmId, stripeId, state, message } = record;
    const made = convergences.find((one) => one.record.crmId === crmId);
    const changes = made?.kind === 'synced' ? made.changes : [];
    // Stripe's own news of what was just made there marks it again at once.
    const isThere = made?.kind === 'synced' || (!made && state !== 'parked' && stripeId !== null);
    note(context, {
      entity,
      outcome: isThere ? 'create' : state === 'parked' ? 'ambiguous' : 'failed',
      stripeId,
      crmId,
      fields: changes.map(({ side, field, from, to }) => ({ side, field, from, to })),
      ...(message ? { note: message } : {}),
    });
  }
}

const LOOK_AGAIN_MS = 200;
const PATIENCE_MS = 60_000;

async function settledStates(engine: Engine, entity: SyncEntity, crmIds: string[]) {
  const deadline = engine.now().getTime() + PATIENCE_MS;
  for (;;) {
    const states = await statesOf(engine.database, entity, crmIds);
    if (states.every(({ isHeld }) => !isHeld) || engine.now().getTime() > deadline) return states;
    await sleep(LOOK_AGAIN_MS);
  }
}

async function countOf({ org }: Engine, from: string): Promise<number> {
  const path = `/query?q=${encodeURIComponent(`SELECT COUNT() FROM ${from}`)}`;
  return (await org.request<{ totalSize: number }>('GET', path)).totalSize;
}
