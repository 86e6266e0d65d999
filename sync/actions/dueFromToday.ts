import { randomUUID } from 'node:crypto';
import { dueBy } from '../domain/paymentTerms.ts';
import type { Engine } from '../engine.ts';
import { writeOver } from '../flows/writeOnce.ts';
import { accountDay } from '../stripe/accountZone.ts';
import { updateInvoice } from '../stripe/writeInvoice.ts';
import type { StepContext } from './stepContext.ts';

/**
 * The customer has as long to pay as the terms say from the day on which the invoice becomes final, however long it was a
 * draft. Stripe's own `days_until_due` counts from the making of the draft. Said twice it is the same, so any key will do.
 */
export async function dueFromToday(
  engine: Engine,
  { record, stripe }: Pick<StepContext, 'record' | 'stripe'>,
): Promise<void> {
  const { paymentTerms, dueDate } = stripe.terms;
  if (stripe.status !== 'draft' || !paymentTerms) return;
  const due = dueBy(paymentTerms, await accountDay(engine.stripe, engine.now()));
  if (due === dueDate) return;
  const change = { dueDate: due };
  await writeOver(engine, record, {
    key: `due-${randomUUID()}`,
    over: { read: stripe.terms, written: change },
    send: (key) => updateInvoice(engine.stripe, { draft: stripe, change }, key),
  });
}
