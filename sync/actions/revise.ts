import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { advanceCommand } from '../store/commands.ts';
import { crmIdsOf } from '../store/knownInOrg.ts';
import { draftRevisions, noteRevisions } from '../store/revisions.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { reviseInvoice } from '../stripe/writeInvoice.ts';
import { noteNewInvoice } from './newInvoice.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/** Makes a draft that is to replace the invoice; one at a time, so that it is clear which one will. */
export async function revise(engine: Engine, context: StepContext, key: string): Promise<StripeInvoice> {
  const { command, stripe } = context;
  // What was asked for before an interruption may have come to pass, and is then no second one.
  if (!command.state.asked) {
    await refuseSecondRevision(engine, context);
    await advanceCommand(engine.database, command, { state: { asked: true } });
  }
  const draft = await reviseInvoice(engine.stripe, { id: stripe.id, orgId: engine.org.orgId ?? '' }, key);
  await noteNewInvoice(engine, command, draft);
  await noteRevisions(engine.database, [draft]);
  return stripe;
}

async function refuseSecondRevision(engine: Engine, context: StepContext): Promise<void> {
  for (const revision of await draftRevisions(engine.database, context.stripe.id)) {
    const there = await readStripeInvoice(engine.stripe, revision);
    if (there?.status !== 'draft') continue;
    const records = await crmIdsOf(engine.database, 'invoice', [revision]);
    throw refused(
      'revised',
      `${nameOf(context)} has a revision already that is still a draft: ${records.get(revision) ?? revision}. Edit that one, or delete it.`,
    );
  }
}
