import type { FieldConflict } from '../domain/change.ts';
import { conflictSentence } from '../domain/conflictWords.ts';
import { fieldLabel } from '../domain/fieldLabel.ts';
import { same } from '../domain/merge.ts';
import { isWholeLine, otherOfLine } from '../domain/otherValue.ts';
import { withPairOverwritings } from '../domain/overwritten.ts';
import { syncWords } from '../domain/commandWords.ts';
import type { Convergence, Engine } from '../engine.ts';
import type { PermanentFailure } from '../failure.ts';
import { busy, claimWhenFree } from '../flows/claimWhenFree.ts';
import { convergeAll } from '../flows/convergeDue.ts';
import { settleAll } from '../flows/settle.ts';
import { updateRecords } from '../salesforce/writeRecords.ts';
import { noteSnapshots } from '../store/crmSnapshots.ts';
import type { Command, ConflictDecision } from '../store/entities.ts';
import { changesOfCommand } from '../store/history.ts';
import { release } from '../store/mergedCustomers.ts';
import { findConflict, noteSettled, type KeptConflict } from '../store/openConflicts.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { fieldInOrg, type FieldInOrg } from './fieldInOrg.ts';
import { refused } from './stepContext.ts';
import { takeLine } from './takeLine.ts';
import { toldChange, toldConflict, type ToldChange, type ToldConflict } from './told.ts';

export interface SettledConflict {
  message: string;
  changes: ToldChange[];
  conflicts: ToldConflict[];
}

const PATIENCE_MS = 10_000;

/**
 * What a person has decided about a conflict. `use-other` writes the value that was replaced into the org's record, as an
 * edit, and converges: so it goes to Stripe like any edit; whole lines are `takeLine`'s. `dismiss` takes the note away and
 * changes nothing. A command that was broken off anywhere does the same again.
 */
export async function settleConflict(
  engine: Engine,
  command: Command,
  how: ConflictDecision,
): Promise<SettledConflict> {
  const conflict = await findConflict(engine.database, String(command.params.conflict));
  if (!conflict?.crmId) throw refused('unknown_conflict', 'There is no such conflict any more.');
  const { entity, crmId } = conflict;
  const record = await claimWhenFree(engine, entity, { crmId, patienceMs: PATIENCE_MS });
  if (!record) throw busy(entity);
  const { convergence, refusal } = await carriedOut(engine, record, { command, how, conflict });
  await settleAll(engine, [convergence], { commandId: command.id });
  if (convergence.kind === 'failed') throw convergence.failure;
  if (refusal) throw refusal;
  await noteSettled(engine.database, conflict.id, { how, by: command.acting_user });
  return answer(engine, { command, how, conflict, convergence });
}

async function carriedOut(
  engine: Engine,
  record: ClaimedRecord,
  { command, how, conflict }: { command: Command; how: ConflictDecision; conflict: KeptConflict },
): Promise<{ convergence: Convergence; refusal?: PermanentFailure }> {
  const isOpen = record.openConflicts.some((one) => isSame(one, conflict));
  const close = () => {
    record.openConflicts = record.openConflicts.filter((one) => !isSame(one, conflict));
  };
  try {
    if (how === 'dismiss') close();
    else {
      if (isStripes(conflict)) throw belongsToStripe(conflict);
      if (isLine(conflict)) return await takeLine(engine, record, { command, conflict, isOpen, close });
      await useOther(engine, record, { conflict, isOpen });
    }
  } catch (error) {
    // A refusal is no failure of the record.
    await release(engine.database, record);
    throw error;
  }
  // What has just been written there, or the note that has to go, is in no snapshot.
  record.crmUnsure = true;
  const [convergence] = await convergeAll(engine, conflict.entity, { records: [record] });
  return { convergence: convergence! };
}

const isLine = ({ entity, field }: KeptConflict) => entity === 'invoice' && isWholeLine(field);

const isStripes = (conflict: KeptConflict) =>
  isLine(conflict) ? otherOfLine(conflict) === null : conflict.winner === 'stripe';

const labelOf = (conflict: KeptConflict) =>
  isLine(conflict) ? 'The line' : fieldLabel(conflict.field.split('.').at(-1)!);

const belongsToStripe = (conflict: KeptConflict) =>
  refused(
    'wrong_state',
    `${labelOf(conflict)} belongs to Stripe there, and what Stripe says stays. Where it is an invoice that is wrong, revise it, or void it and raise a new one.`,
  );

const isSame = (one: FieldConflict, other: FieldConflict) =>
  one.field === other.field &&
  same(one.stripe ?? null, other.stripe ?? null) &&
  same(one.crm ?? null, other.crm ?? null);

async function useOther(
  engine: Engine,
  record: ClaimedRecord,
  { conflict, isOpen }: { conflict: KeptConflict; isOpen: boolean },
): Promise<void> {
  const field = await fieldInOrg(engine, conflict);
  // A try before this one has written it.
  if (same(field.value, conflict.stripe ?? null)) return;
  if (!isOpen || !same(field.value, conflict.crm ?? null)) {
    throw refused(
      'conflict_settled',
      `${labelOf(conflict)} has been edited since, or the conflict was settled already. What stands there now stays; enter the other value by hand if it is the right one.`,
    );
  }
  await write(engine, record, field);
}

/** As an edit of the org's record. Whoever edits the same field at this moment is noticed: see `sync/domain/overwritten.ts`. */
async function write(engine: Engine, record: ClaimedRecord, field: FieldInOrg): Promise<void> {
  const { object, id, before, fields } = field;
  const at = engine.now().toISOString();
  record.crmWrites = withPairOverwritings(record.crmWrites, object, { id, before, fields, at });
  const noted = { record, crmSnapshot: record.crmSnapshot, crmWrites: record.crmWrites };
  const ours = await noteSnapshots(engine.database, [noted]);
  if (!ours.has(record.id)) throw busy(record.entity);
  const [written] = await updateRecords(engine.org, [{ object, id, fields }]);
  if (written && 'failure' in written) throw written.failure;
}

async function answer(
  engine: Engine,
  {
    command,
    how,
    conflict,
    convergence,
  }: {
    command: Command;
    how: ConflictDecision;
    conflict: KeptConflict;
    convergence: Exclude<Convergence, { kind: 'failed' }>;
  },
): Promise<SettledConflict> {
  const { record, conflicts } = convergence;
  const changes = (await changesOfCommand(engine.database, command.id)).get(record.id) ?? [];
  const told = { changes: changes.map(toldChange), conflicts: conflicts.map(toldConflict) };
  const again = conflicts.find(({ field }) => field === conflict.field);
  if (again && how === 'use-other') {
    const words = `The other value could not be kept. ${conflictSentence(again)}`;
    return { ...told, message: words };
  }
  return {
    ...told,
    message:
      how === 'dismiss'
        ? 'The note is gone. Both sides stay as they are.'
        : `${takenWords(conflict)} ${syncWords(changes, conflicts)}`,
  };
}

function takenWords(conflict: KeptConflict): string {
  if (!isLine(conflict)) return 'The other value was taken.';
  return otherOfLine(conflict) === 'line'
    ? 'The line is on both sides again.'
    : 'The line is deleted on both sides.';
}
