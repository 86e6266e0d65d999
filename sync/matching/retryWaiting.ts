import type Stripe from 'stripe';
import { pagesOf } from '../audit/auditRow.ts';
import type { Engine } from '../engine.ts';
import { retryUnlinked, somethingWaits } from '../store/unpaired.ts';

/** Tries again what is parked because its customer had no Account: invoices, and what hangs on them. */
export async function retryWaiting({ database, stripe }: Engine, customer: string): Promise<void> {
  if (!(await somethingWaits(database))) return;
  const retry = async (pages: AsyncIterable<{ id: string }[]>) => {
    for await (const page of pages)
      await retryUnlinked(
        database,
        page.map(({ id }) => id),
      );
  };
  await retry(pagesOf((params) => stripe.invoices.list({ ...params, customer })));
  await retry(pagesOf((params) => stripe.creditNotes.list({ ...params, customer })));
  for await (const page of pagesOf((params) => stripe.paymentIntents.list({ ...params, customer }))) {
    const ids = page.map(({ id }) => id);
    if ((await retryUnlinked(database, ids)) === 0) continue;
    for (const id of ids) await retry(refundsOf(stripe, id));
  }
}

const refundsOf = (stripe: Stripe, payment_intent: string) =>
  pagesOf((params) => stripe.refunds.list({ ...params, payment_intent }));
