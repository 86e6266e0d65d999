import type { FieldChange, FieldConflict } from '../domain/change.ts';
import { raiseWords, sendWords, syncWords } from '../domain/commandWords.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { toMajorUnits } from '../domain/money.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';
import { convergeInvoices } from '../flows/convergeInvoices.ts';
import { busy, claimWhenFree } from '../flows/claimWhenFree.ts';
import { internalFailure } from '../flows/convergeDue.ts';
import { settleAll } from '../flows/settle.ts';
import type { Command } from '../store/entities.ts';
import { changesOfCommand } from '../store/history.ts';
import { forgetRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import { sendStep } from './sendInvoice.ts';
import { toldChange, toldConflict, toldDeleted, type ToldChange, type ToldConflict } from './told.ts';

/** What a finished command answers; amounts in major units, as the org shows them. */
export interface CommandResult {
  message: string;
  invoice: {
    id: string;
    stripeId: string;
    status: string;
    number: string | null;
    total: number;
    currency: string;
    hostedInvoiceUrl: string | null;
  };
  changes: ToldChange[];
  conflicts: ToldConflict[];
}

// The event that the last command caused may be in work on the same record.
const PATIENCE_MS = 10_000;

/** Carries out one command on one invoice. Every kind first brings both sides together. */
export async function invoiceCommand(engine: Engine, command: Command): Promise<CommandResult> {
  const record = await claimWhenFree(engine, 'invoice', { crmId: command.crm_id, patienceMs: PATIENCE_MS });
  if (!record) throw busy('invoice');

  const seen: Seen = {};
  const convergence = await converge(engine, record, { command, seen });
  if (convergence.kind === 'failed' && isNobodys(convergence)) await forgetRecord(engine.database, record);
  else await settleAll(engine, [convergence], { commandId: command.id });
  if (convergence.kind === 'failed') throw convergence.failure;
  if (seen.refusal) throw seen.refusal;
  if (convergence.gone) throw toldDeleted(convergence.gone);
  const told = (await changesOfCommand(engine.database, command.id)).get(record.id) ?? [];
  return answer(command, { ...convergence, changes: told }, seen.invoice!);
}

interface Seen {
  invoice?: StripeInvoice;
  refusal?: SyncFailure;
}

/**
 * Converges the record with the command's own step between the two sides. A refusal of that step does not keep
 * the org's record from being brought up to date: that it was behind is often why the step was asked for.
 */
async function converge(
  engine: Engine,
  record: ClaimedRecord,
  { command, seen }: { command: Command; seen: Seen },
): Promise<Convergence> {
  try {
    const [convergence] = await convergeInvoices(engine, [record], {
      touch: true,
      acknowledged: command.kind === 'sync',
      afterStripe: async (_, { crm, stripe }) => {
        seen.invoice = stripe;
        if (command.kind !== 'send') return stripe;
        try {
          seen.invoice = await sendStep(engine, { command, record, crm, stripe });
        } catch (error) {
          if (!(error instanceof PermanentFailure)) throw error;
          seen.refusal = error;
        }
        return seen.invoice;
      },
    });
    return convergence!;
  } catch (error) {
    return { record, kind: 'failed', failure: isSyncFailure(error) ? error : internalFailure(error) };
  }
}

/** An id that is in neither system and has never been synced: somebody mistyped it. */
const isNobodys = ({ record, failure }: Extract<Convergence, { kind: 'failed' }>) =>
  failure.code === 'crm_record_gone' && record.stripeId === null && record.base === null;

function answer(
  command: Command,
  { changes, conflicts }: { changes: FieldChange[]; conflicts: FieldConflict[] },
  invoice: StripeInvoice,
): CommandResult {
  const words = {
    raise: () => raiseWords(invoice),
    send: () => sendWords(invoice),
    sync: () => syncWords(changes, conflicts),
  };
  return {
    message: words[command.kind](),
    invoice: {
      id: command.crm_id,
      stripeId: invoice.id,
      status: invoice.status.charAt(0).toUpperCase() + invoice.status.slice(1),
      number: invoice.number,
      total: toMajorUnits(invoice.total, invoice.currency),
      currency: invoice.currency.toUpperCase(),
      hostedInvoiceUrl: invoice.hostedInvoiceUrl,
    },
    changes: changes.map(toldChange),
    conflicts: conflicts.map(toldConflict),
  };
}
