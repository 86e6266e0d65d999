import type { DraftEdit } from '../domain/draftEdit.ts';
import type { LineTerms, StripeInvoice } from '../domain/invoice.ts';
import { same } from '../domain/merge.ts';
import { otherOfLine } from '../domain/otherValue.ts';
import { pairLines } from '../domain/planStripeInvoice.ts';
import type { Convergence, Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import { convergeInvoices } from '../flows/convergeInvoices.ts';
import { refuseUnchargeable } from '../flows/writeInvoiceToStripe.ts';
import { advanceCommand } from '../store/commands.ts';
import type { Command } from '../store/entities.ts';
import { noteSettled, type KeptConflict } from '../store/openConflicts.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { carryOut } from './carryOut.ts';
import { finalInStripe } from './fieldInOrg.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

export interface LineDecision {
  command: Command;
  conflict: KeptConflict;
  isOpen: boolean;
  /** Takes the note off the record. */
  close: () => void;
}

/**
 * Brings a line back that one side had deleted, or deletes after all what one side had kept. It is done in Stripe, as an edit
 * of the draft under a key of the command, and the org follows: so a decision that was broken off anywhere is made once.
 */
export async function takeLine(
  engine: Engine,
  record: ClaimedRecord,
  decision: LineDecision,
): Promise<{ convergence: Convergence; refusal?: PermanentFailure }> {
  const { command, conflict, close } = decision;
  let refusal: PermanentFailure | undefined = refused(
    'crm_record_gone',
    'The invoice is not in the org any more.',
  );
  const [convergence] = await convergeInvoices(engine, [record], {
    afterStripe: async (_, { crm, stripe }) => {
      try {
        const decided = await once(engine, { command, action: 'edit', record, crm, stripe }, decision);
        await noteSettled(engine.database, conflict.id, { how: 'use-other', by: command.acting_user });
        close();
        refusal = undefined;
        return decided;
      } catch (error) {
        // The org is brought up to date all the same: what has happened meanwhile is often the reason.
        if (!(error instanceof PermanentFailure)) throw error;
        refusal = error;
        return stripe;
      }
    },
  });
  return { convergence: convergence!, ...(refusal && { refusal }) };
}

async function once(
  engine: Engine,
  context: StepContext,
  { command, conflict, isOpen }: LineDecision,
): Promise<StripeInvoice> {
  // Another press has decided the same.
  if (conflict.settledHow === 'use-other' && !command.state.edit) return context.stripe;
  if (!command.state.edit) {
    const edit = planned(context, conflict);
    if (!edit) return context.stripe;
    if (!isOpen) throw editedSince();
    await advanceCommand(engine.database, command, { state: { edit } });
  }
  return carryOut(engine, context);
}

/** What has to be written to the draft; undefined where it says so already. */
function planned({ crm, stripe, ...context }: StepContext, conflict: KeptConflict): DraftEdit | undefined {
  if (stripe.status !== 'draft') throw finalInStripe();
  const { id, currency, otherDiscounts } = stripe;
  const edit: DraftEdit = {
    draft: { id, currency, otherDiscounts },
    update: {},
    updateLines: [],
    addLines: [],
    removeLines: [],
  };
  const lineId = conflict.field.split('.')[1];
  const pair = pairLines(crm.lines, stripe.lines).find(({ crmLine }) => crmLine?.id === lineId);
  if (otherOfLine(conflict) === 'line') {
    if (pair) throw editedSince();
    const terms = (conflict.winner === 'salesforce' ? conflict.stripe : conflict.crm) as LineTerms;
    refuseUnchargeable({ name: nameOf({ crm, stripe, ...context }), currency }, [terms]);
    return { ...edit, addLines: [terms] };
  }
  if (!pair?.crmLine) return undefined;
  if (!same(pair.crmLine.terms, conflict.crm)) throw editedSince();
  return pair.stripeLine && { ...edit, removeLines: [pair.stripeLine.id] };
}

const editedSince = () =>
  refused(
    'conflict_settled',
    'The line has been edited since, or the conflict was settled already. What stands there now stays; change it by hand if it is wrong.',
  );
