import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure, type SyncFailure } from '../failure.ts';
import { busy, claimWhenFree } from '../flows/claimWhenFree.ts';
import { convergeAll } from '../flows/convergeDue.ts';
import { settleAll } from '../flows/settle.ts';
import { advanceCommand } from '../store/commands.ts';
import type { Command } from '../store/entities.ts';
import { toldDeleted } from './told.ts';

/** The record that a command has made beside the one it was asked for. */
export interface NewInvoice {
  id: string;
  stripeId: string;
}

// The webhook that tells of the new draft may be in work on it.
const PATIENCE_MS = 10_000;

/** Keeps with the command which draft it has made in Stripe: whoever goes on with it makes no second one. */
export const noteNewInvoice = (engine: Engine, command: Command, { id }: StripeInvoice): Promise<void> =>
  advanceCommand(engine.database, command, { state: { made: id } });

/** The record of the org for the draft that the command has made; null for a command that makes none. */
export async function newInvoiceInOrg(engine: Engine, command: Command): Promise<NewInvoice | null> {
  const stripeId = command.state.made as string | undefined;
  if (!stripeId) return null;
  const record = await claimWhenFree(engine, 'invoice', { stripeId, patienceMs: PATIENCE_MS });
  if (!record) throw busy('invoice');
  const convergence = (await convergeAll(engine, 'invoice', { records: [record] }))[0]!;
  await settleAll(engine, [convergence], { commandId: command.id });
  if (convergence.kind === 'failed') throw inStripeOnly(stripeId, convergence.failure);
  if (convergence.gone) throw toldDeleted(convergence.gone);
  return { id: record.crmId!, stripeId };
}

const inStripeOnly = (stripeId: string, failure: SyncFailure) =>
  failure instanceof PermanentFailure
    ? new PermanentFailure({
        code: failure.code,
        stage: failure.stage,
        message: `The new draft ${stripeId} is in Stripe, but it could not be brought to Salesforce. ${failure.message}`,
        cause: failure,
      })
    : failure;
