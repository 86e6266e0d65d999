import type { Call } from '../api/call.ts';
import { makeItem } from '../invoices/items.ts';
import { pricedAt } from '../invoices/pricedItem.ts';
import { share } from '../money.ts';
import { formatShortDay } from '../pages/dates.ts';
import { billingSettings } from '../time/billingSettings.ts';
import { emit } from '../webhooks/events.ts';
import type { InvoiceItem, StoredSubscription, StoredSubscriptionItem } from '../wire.ts';
import { priceOf } from './subscriptionObject.ts';

/**
 * Pending items for a change within the period: the unused time of what was, credited, and the remaining time of what
 * is now. Prorated to the second, as docs.stripe.com/billing/subscriptions/prorations says.
 */
export function prorate(
  call: Call,
  subscription: StoredSubscription,
  { was, is }: { was: StoredSubscriptionItem | undefined; is: StoredSubscriptionItem | undefined },
): void {
  if (was) prorated(call, subscription, { item: was, sign: -1 });
  if (is) prorated(call, subscription, { item: is, sign: 1 });
}

function prorated(
  call: Call,
  subscription: StoredSubscription,
  { item, sign }: { item: StoredSubscriptionItem; sign: 1 | -1 },
): void {
  const { sandbox } = call;
  const now = sandbox.clock();
  const { current_period_start: start, current_period_end: end, quantity = 1 } = item;
  const price = priceOf(sandbox, item);
  const whole = pricedAt(price, String(quantity));
  const amount = sign * share(whole.amount, end - now, end - start);
  if (amount === 0) return;
  const what = `${quantity} × ${sandbox.products.get(price.product)?.name ?? ''}`;
  const pending = makeItem(sandbox, {
    customer: subscription.customer,
    currency: subscription.currency,
    description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${what} after ${formatShortDay(now, billingSettings(sandbox).timeZone)}`,
    metadata: item.metadata,
    period: { start: now, end },
    discountable: false,
    priced: {
      ...whole,
      amount,
      quantity: 1,
      quantity_decimal: '1',
      pricing: { ...whole.pricing, unit_amount_decimal: String(amount) },
    },
  });
  const linked: InvoiceItem = {
    ...pending,
    parent: {
      type: 'subscription_details',
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
    },
    proration: true,
  };
  sandbox.items.put(linked);
  emit(call, 'invoiceitem.created', linked);
}
