import { adoptLink, knownLinks } from '../store/paymentLinks.ts';
import { markAllDirty } from '../store/syncRecords.ts';
import { linkAmount, ourPaymentLinks } from '../stripe/paymentLinks.ts';
import { pairedIds, type BackfillContext } from './context.ts';

/**
 * Takes up payment links that an installation before this one has made, as after the loss of its database, and has the engine
 * look at all that are active: what was paid through them meanwhile counts, or is given back.
 */
export async function linksFromStripe(context: BackfillContext): Promise<void> {
  const { engine, dry, signal } = context;
  if (dry) return;
  const { database, stripe } = engine;
  const found = await ourPaymentLinks(stripe);
  const invoices = await pairedIds(
    context,
    'invoice',
    found.map(({ invoice }) => invoice),
  );
  const known = await knownLinks(
    database,
    found.map(({ stripeId }) => stripeId),
  );
  for (const link of found) {
    if (signal.aborted) return;
    const { stripeId, invoice, orgId, customerId, active } = link;
    const crmId = invoices.get(invoice);
    if (!crmId || (known.has(stripeId) && !active)) continue;
    const asks = known.has(stripeId) ? null : await linkAmount(stripe, stripeId);
    if (asks)
      await adoptLink(database, {
        ...link,
        ...asks,
        params: { name: '', crmId, orgId, customerId },
        closedWhy: active ? null : 'switched_off',
      });
    await markAllDirty(database, 'invoice', { stripeIds: [invoice] });
  }
}
