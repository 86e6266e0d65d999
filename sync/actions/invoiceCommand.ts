import type { FieldChange, FieldConflict } from '../domain/change.ts';
import { commandWords } from '../domain/commandWords.ts';
import type { Moved } from '../domain/moneyWords.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { toMajorUnits } from '../domain/money.ts';
import type { Convergence, Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, type SyncFailure } from '../failure.ts';
import { convergeInvoices } from '../flows/convergeInvoices.ts';
import { asFailure } from '../flows/asFailure.ts';
import { busy, claimWhenFree } from '../flows/claimWhenFree.ts';
import { convergeAll, internalFailure } from '../flows/convergeDue.ts';
import { settleAll } from '../flows/settle.ts';
import { deleteRecords } from '../salesforce/writeRecords.ts';
import type { Command, InvoiceCommandKind } from '../store/entities.ts';
import { changesOfCommand } from '../store/history.ts';
import { shownLinks } from '../store/paymentLinks.ts';
import { forgetRecord, type ClaimedRecord } from '../store/syncRecords.ts';
import type { CopiedCoupons } from '../stripe/couponsToCopy.ts';
import { carryOut } from './carryOut.ts';
import { newInvoiceInOrg, type NewInvoice } from './newInvoice.ts';
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
    /** Through which the customer can pay it; null where nobody can, or where there is none. */
    paymentLinkUrl: string | null;
  } | null;
  /** The record that was made beside it, by a revision or a duplicate. */
  newInvoice: NewInvoice | null;
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
  let convergence = await converge(engine, record, { command, seen });
  const isToDelete = command.kind === 'delete' && !seen.refusal;
  if (isToDelete && convergence.kind === 'synced' && !convergence.gone)
    convergence = await deleteInOrg(engine, record);
  if (convergence.kind === 'failed' && isNobodys(convergence)) await forgetRecord(engine.database, record);
  else await settleAll(engine, [convergence], { commandId: command.id });
  if (convergence.kind === 'failed') throw convergence.failure;
  if (seen.refusal) throw seen.refusal;
  if (convergence.gone && !isToDelete) throw toldDeleted(convergence.gone);
  const told = (await changesOfCommand(engine.database, command.id)).get(record.id) ?? [];
  const newInvoice = await newInvoiceInOrg(engine, command);
  const invoice = convergence.gone ? null : (seen.invoice ?? null);
  const links = await shownLinks(engine.database, invoice ? [invoice.id] : []);
  const paymentLinkUrl = (invoice && links.get(invoice.id)?.url) ?? null;
  return { ...answer(command, { ...convergence, changes: told }, { invoice, paymentLinkUrl }), newInvoice };
}

/** Decisions about conflicts are `settleConflict`'s. */
const kindOf = ({ kind }: Command) => kind as InvoiceCommandKind;

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
        const action = kindOf(command);
        if (action === 'raise' || action === 'sync') return stripe;
        try {
          seen.invoice = await carryOut(engine, { command, action, record, crm, stripe });
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

/** The org's record goes to the Recycle Bin, and Stripe's draft after it. */
async function deleteInOrg(engine: Engine, record: ClaimedRecord): Promise<Convergence> {
  const failure = await asFailure(async () => {
    const [answer] = await deleteRecords(engine.org, [record.crmId!]);
    if (answer && 'failure' in answer) throw answer.failure;
  });
  if (failure) return { record, kind: 'failed', failure };
  record.crmUnsure = true;
  return (await convergeAll(engine, 'invoice', { records: [record] }))[0]!;
}

/** An id that is in neither system and has never been synced: somebody mistyped it. */
const isNobodys = ({ record, failure }: Extract<Convergence, { kind: 'failed' }>) =>
  failure.code === 'crm_record_gone' && record.stripeId === null && record.base === null;

function answer(
  command: Command,
  { changes, conflicts, gone }: { changes: FieldChange[]; conflicts: FieldConflict[]; gone?: string },
  { invoice, paymentLinkUrl }: { invoice: StripeInvoice | null; paymentLinkUrl: string | null },
): Omit<CommandResult, 'newInvoice'> {
  return {
    message: invoice
      ? commandWords(kindOf(command), {
          invoice,
          changes,
          conflicts,
          moved: command.state.moved as Moved,
          left: (command.state.coupons as CopiedCoupons | undefined)?.left,
        })
      : gone!,
    invoice: invoice && {
      id: command.crm_id,
      stripeId: invoice.id,
      status: invoice.status.charAt(0).toUpperCase() + invoice.status.slice(1),
      number: invoice.number,
      total: toMajorUnits(invoice.total, invoice.currency),
      currency: invoice.currency.toUpperCase(),
      hostedInvoiceUrl: invoice.hostedInvoiceUrl,
      paymentLinkUrl,
    },
    changes: changes.map(toldChange),
    conflicts: conflicts.map(toldConflict),
  };
}
