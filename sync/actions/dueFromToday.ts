import { randomUUID } from 'node:crypto';
import { dueBy } from '../domain/paymentTerms.ts';
import type { Engine } from '../engine.ts';
import { accountDay } from '../stripe/accountZone.ts';
import { updateInvoice } from '../stripe/writeInvoice.ts';
import type { StepContext } from './stepContext.ts';

/**
 * The customer has as long to pay as the terms say from the day on which the invoice becomes final, however long it was a
 * draft. Stripe's own `days_until_due` counts from the making of the draft. Said twice it is the same, so any key will do.
 */
export async function dueFromToday(engine: Engine, { stripe }: Pick<StepContext, 'stripe'>): Promise<void> {
  const { paymentTerms, dueDate } = stripe.terms;
  if (stripe.status !== 'draft' || !paymentTerms) return;
  const due = dueBy(paymentTerms, await accountDay(engine.stripe, engine.now()));
  if (due === dueDate) return;
  await updateInvoice(engine.stripe, { draft: stripe, change: { dueDate: due } }, `due-${randomUUID()}`);
}
