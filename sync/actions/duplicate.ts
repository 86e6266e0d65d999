import { copyOfInvoice, type InvoiceCopy } from '../domain/duplicateInvoice.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { advanceCommand } from '../store/commands.ts';
import { accountZone } from '../stripe/accountZone.ts';
import { couponsToCopy, type CopiedCoupons } from '../stripe/couponsToCopy.ts';
import { addLines, createInvoice } from '../stripe/writeInvoice.ts';
import { noteNewInvoice } from './newInvoice.ts';
import type { StepContext } from './stepContext.ts';

/**
 * Makes a draft with the same lines and terms in Stripe; the org gets it from there. What is copied is noted first: the
 * invoice may be edited, and the day may change, before an interrupted command goes on, and a key repeats one request only.
 */
export async function duplicate(
  engine: Engine,
  { command, stripe }: StepContext,
  key: string,
): Promise<StripeInvoice> {
  const zone = await accountZone(engine.stripe);
  const copy =
    (command.state.copy as InvoiceCopy | undefined) ?? copyOfInvoice(stripe, { now: engine.now(), zone });
  const coupons =
    (command.state.coupons as CopiedCoupons | undefined) ?? (await couponsToCopy(engine.stripe, stripe.id));
  await advanceCommand(engine.database, command, { state: { copy, coupons } });
  const orgId = engine.org.orgId ?? '';
  const draft = await createInvoice(
    engine.stripe,
    { ...copy, crmId: null, orgId, coupons: coupons.ofInvoice },
    key,
  );
  const lines = copy.lines.map((terms, index) => ({
    crmId: null,
    terms,
    coupons: coupons.ofLines[copy.lineIds?.[index] ?? ''] ?? [],
  }));
  if (lines.length > 0)
    await addLines(engine.stripe, { id: draft.id, currency: copy.currency, lines }, `${key}-lines`);
  await noteNewInvoice(engine, command, draft);
  return stripe;
}
