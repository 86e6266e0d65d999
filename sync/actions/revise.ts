import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import { advanceCommand } from '../store/commands.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { draftRevisions, noteRevisions } from '../store/revisions.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { reviseInvoice } from '../stripe/writeInvoice.ts';
import type { StepContext } from './carryOut.ts';
import { noteNewInvoice } from './newInvoice.ts';

/** Makes a draft that is to replace the invoice; one at a time, so that it is clear which one will. */
export async function revise(
  engine: Engine,
  { command, stripe, crm }: StepContext,
  key: string,
): Promise<StripeInvoice> {
  // What was asked for before an interruption may have come to pass, and is then no second one.
  if (!command.state.asked) {
    await refuseSecondRevision(engine, stripe, crm.name);
    await advanceCommand(engine.database, command, { stage: command.stage, state: { asked: true } });
  }
  const draft = await reviseInvoice(engine.stripe, { id: stripe.id, orgId: engine.org.orgId ?? '' }, key);
  await noteNewInvoice(engine, command, draft);
  await noteRevisions(engine.database, [draft]);
  return stripe;
}

async function refuseSecondRevision(
  engine: Engine,
  { id, number }: StripeInvoice,
  name: string,
): Promise<void> {
  for (const revision of await draftRevisions(engine.database, id)) {
    const there = await readStripeInvoice(engine.stripe, revision);
    if (there?.status !== 'draft') continue;
    const records = await crmIdsOf(engine.database, 'invoice', [revision]);
    throw new PermanentFailure({
      code: 'revised',
      stage: 'decide',
      message: `${number ?? name} has a revision already that is still a draft: ${records.get(revision) ?? revision}. Edit that one, or delete it.`,
    });
  }
}
