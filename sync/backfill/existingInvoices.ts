import { orgObjects } from '../domain/entity.ts';
import { planCrmInvoice } from '../domain/planCrmInvoice.ts';
import { orgCurrencies } from '../salesforce/orgCurrencies.ts';
import { readCrmInvoices } from '../salesforce/readInvoices.ts';
import { refundedAmounts } from '../store/refunds.ts';
import { note, pairedIds, type BackfillContext } from './context.ts';
import type { InvoiceItem } from './invoicesFromStripe.ts';

const READ_AT_ONCE = 200;

/** In a dry run: invoices that the org has already, with the fields that would change there. */
export async function tellExisting<T extends InvoiceItem>(
  context: BackfillContext,
  items: T[],
): Promise<Set<T>> {
  const ids = items.map(({ stripeId }) => stripeId);
  const linked = await pairedIds(context, 'invoice', ids);
  const there = items.filter(({ stripeId }) => linked.has(stripeId));
  for (let start = 0; start < there.length; start += READ_AT_ONCE) {
    await tell(context, there.slice(start, start + READ_AT_ONCE));
  }
  return new Set(there);
}

async function tell(context: BackfillContext, items: InvoiceItem[]): Promise<void> {
  const { engine } = context;
  const reads = await readCrmInvoices(engine.org, {
    crmIds: [],
    stripeIds: items.map(({ stripeId }) => stripeId),
    defaultCurrency: engine.settings.defaultCurrency,
  });
  const ids = items.map(({ stripeId }) => stripeId);
  const currencies = await orgCurrencies(
    engine.org,
    items.map(({ invoice }) => invoice.currency),
  );
  const refunded = await refundedAmounts(engine.database, ids);
  for (const { stripeId, invoice } of items) {
    const read = reads.find((one) => one.stripeId === stripeId);
    const pair = { entity: 'invoice' as const, stripeId, crmId: read?.id ?? null };
    if (!read || 'failure' in read) {
      const words = read?.failure.message ?? `Its ${orgObjects.invoice} is gone.`;
      note(context, { ...pair, outcome: 'failed', fields: [], note: words });
      continue;
    }
    const plan = planCrmInvoice(read.invoice, invoice, {
      sentAt: null,
      amountRefunded: refunded.get(stripeId) ?? 0,
      productOf: () => null,
      taxRateOf: () => null,
      touch: false,
      conflictNote: null,
      currencies,
      now: engine.now().toISOString(),
    });
    const fields = plan.changes.map(({ side, field, from, to }) => ({ side, field, from, to }));
    note(context, { ...pair, outcome: fields.length > 0 ? 'update' : 'skip', fields });
  }
}
