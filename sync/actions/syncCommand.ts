import { syncWords } from '../domain/commandWords.ts';
import { syncEntities, type SyncEntity } from '../domain/entity.ts';
import type { Convergence, Engine } from '../engine.ts';
import { PermanentFailure, RetryableFailure, type SyncFailure } from '../failure.ts';
import { busy, claimWhenFree } from '../flows/claimWhenFree.ts';
import { convergeAll } from '../flows/convergeDue.ts';
import { settleAll } from '../flows/settle.ts';
import type { Command } from '../store/entities.ts';
import { changesOfCommand } from '../store/history.ts';
import { forgetRecord, markDirty, type ClaimedRecord } from '../store/syncRecords.ts';
import { identifyRecords } from './identifyRecords.ts';
import { toldChange, toldConflict, toldDeleted, type ToldChange, type ToldConflict } from './told.ts';

/** What a sync by hand did to one record. */
export interface SyncedRecord {
  /** The id that was asked for. */
  id: string;
  entity: SyncEntity | null;
  crmId: string | null;
  stripeId: string | null;
  status: 'done' | 'failed';
  /** Field by field what changed, that nothing differed, or why it failed and what to do. */
  message: string;
  code?: string;
  changes: ToldChange[];
  conflicts: ToldConflict[];
}

export type SyncResult =
  | { message: string; record: SyncedRecord; changes: ToldChange[]; conflicts: ToldConflict[] }
  | { message: string; records: SyncedRecord[] };

// Whoever holds a record is done within seconds, or its lease has run out.
const PATIENCE_MS = 10_000;

type Outcome = Convergence | { kind: 'failed'; record: null; failure: SyncFailure };

/** Brings both sides of one record together, or of each record of a list, and says what that changed where. */
export async function syncCommand(engine: Engine, command: Command): Promise<SyncResult> {
  const ids = command.ids ?? [command.crm_id];
  const entities =
    command.entity === 'list'
      ? await identifyRecords(engine, ids)
      : new Map([[command.crm_id, command.entity]]);
  const outcomes = new Map<string, Outcome>(
    ids.filter((id) => !entities.has(id)).map((id) => [id, unknown(id)]),
  );
  // Customers and products first: the invoices of the same list need them.
  for (const entity of syncEntities) {
    const ofEntity = ids.filter((id) => entities.get(id) === entity);
    if (ofEntity.length === 0) continue;
    for (const [id, outcome] of await syncAll(engine, entity, { ids: ofEntity, command }))
      outcomes.set(id, outcome);
  }
  const written = await changesOfCommand(engine.database, command.id);
  const records = ids.map((id) =>
    told(id, { entity: entities.get(id) ?? null, outcome: outcomes.get(id)!, written }),
  );
  if (command.entity === 'list') return { message: listWords(records), records };

  const [outcome] = outcomes.values();
  if (outcome!.kind === 'failed') throw outcome!.failure;
  if (outcome!.gone) throw toldDeleted(outcome!.gone);
  const [record] = records;
  const { message, changes, conflicts } = record!;
  return { message, record: record!, changes, conflicts };
}

async function syncAll(
  engine: Engine,
  entity: SyncEntity,
  { ids, command }: { ids: string[]; command: Command },
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const claimed = new Map<ClaimedRecord, string>();
  await Promise.all(
    ids.map(async (id) => {
      const key = id.includes('_') ? { stripeId: id } : { crmId: id };
      const record = await claimWhenFree(engine, entity, { ...key, patienceMs: PATIENCE_MS });
      if (record) claimed.set(record, id);
      else {
        await markDirty(engine.database, entity, { ...key, side: 'salesforce' });
        outcomes.set(id, { kind: 'failed', record: null, failure: busy(entity) });
      }
    }),
  );
  const convergences = await convergeAll(engine, entity, { records: [...claimed.keys()], asked: true });
  const nobodys = convergences.filter(isNobodys);
  for (const { record } of nobodys) await forgetRecord(engine.database, record);
  const kept = convergences.filter((one) => !nobodys.includes(one));
  await settleAll(engine, kept, { commandId: command.id });
  for (const convergence of convergences) outcomes.set(claimed.get(convergence.record)!, convergence);
  return outcomes;
}

const NOBODYS = new Set(['crm_record_gone', 'gone', 'unpaired']);

/** An id that has never been synced and is not there: somebody mistyped it. */
const isNobodys = (one: Convergence) =>
  one.kind === 'failed' &&
  NOBODYS.has(one.failure.code) &&
  one.record.base === null &&
  (one.record.stripeId === null || (one.record.crmId === null && one.failure.code === 'gone'));

function told(
  id: string,
  {
    entity,
    outcome,
    written,
  }: {
    entity: SyncEntity | null;
    outcome: Outcome;
    written: Awaited<ReturnType<typeof changesOfCommand>>;
  },
): SyncedRecord {
  const { record } = outcome;
  const pair = { id, entity, crmId: record?.crmId ?? null, stripeId: record?.stripeId ?? null };
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.failure;
    const again = outcome.failure instanceof RetryableFailure && !/by itself/.test(message);
    const words = again ? `${message} It is tried again by itself.` : message;
    return { ...pair, status: 'failed', code, message: words, changes: [], conflicts: [] };
  }
  const changes = written.get(outcome.record.id) ?? [];
  if (outcome.gone) {
    const told = { changes: changes.map(toldChange), conflicts: [] };
    return { ...pair, ...told, status: 'failed', code: 'deleted', message: outcome.gone };
  }
  return {
    ...pair,
    status: 'done',
    message: syncWords(changes, outcome.conflicts),
    changes: changes.map(toldChange),
    conflicts: outcome.conflicts.map(toldConflict),
  };
}

function listWords(records: SyncedRecord[]): string {
  const failed = records.filter(({ status }) => status === 'failed').length;
  const changed = records.filter(({ changes }) => changes.length > 0).length;
  const same = records.length - failed - changed;
  const parts = [
    changed > 0 ? `${changed} brought up to date` : '',
    same > 0 ? `${same} said the same on both sides` : '',
    failed > 0 ? `${failed} could not be synced` : '',
  ].filter(Boolean);
  return `Of ${records.length} ${records.length === 1 ? 'record' : 'records'}: ${parts.join(', ')}.`;
}

const unknown = (id: string): Outcome => ({
  kind: 'failed',
  record: null,
  failure: new PermanentFailure({
    code: 'unknown_record',
    stage: 'decide',
    message: `${id} is no Account, Product, Invoice or other record that is kept the same with Stripe. Check the id.`,
  }),
});
