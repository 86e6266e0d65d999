import type { Call } from '../api/call.ts';
import { readParameters } from '../api/parameters.ts';
import { newId } from '../ids.ts';
import { refuseWithoutEmail } from '../invoices/collection.ts';
import { createRules, draftFor, takePendingItems } from '../invoices/create.ts';
import { adoptCurrency } from '../invoices/customerCurrency.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { lineFor, newItem } from '../invoices/items.ts';
import { pricedAt } from '../invoices/pricedItem.ts';
import { formatUnitPrice } from '../pages/money.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice, StoredLine, StoredSubscription, StoredSubscriptionItem } from '../wire.ts';
import { itemsOf, priceOf } from './subscriptionObject.ts';

export interface InvoiceOrder {
  reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update';
  /** Of the invoice: the time in which its pending items were collected. */
  period: { start: number; end: number };
  /** False when only what is pending is billed, as after a change within the period. */
  withItems?: boolean;
}

/** The draft for a period of a subscription, with what is pending for the customer. */
export function makeSubscriptionInvoice(
  call: Call,
  subscription: StoredSubscription,
  order: InvoiceOrder,
): StoredInvoice {
  const { sandbox } = call;
  const invoice = draftOf(call, subscription, order);
  refuseWithoutEmail(call, invoice);
  sandbox.invoices.put(invoice);
  if (order.withItems !== false)
    itemsOf(sandbox, subscription.id).forEach((item, index) =>
      sandbox.lines.put(lineOf(call, { subscription, item, invoice, position: index + 1 })),
    );
  if (order.reason !== 'subscription_create') takePendingItems(call, invoice);
  adoptCurrency(call, subscription.customer, invoice.currency);
  emit(call, 'invoice.created', showInvoice(sandbox, invoice));
  return invoice;
}

function draftOf(call: Call, subscription: StoredSubscription, order: InvoiceOrder): StoredInvoice {
  const { collection_method: method, days_until_due: days, default_payment_method: card } = subscription;
  const customer = call.sandbox.customers.get(subscription.customer);
  if (!customer) throw new Error(`Subscription ${subscription.id} has no customer any more.`);
  const values = readParameters(createRules, {
    customer: customer.id,
    currency: subscription.currency,
    collection_method: method,
    // Drafts of an unpaid subscription wait for somebody to decide.
    auto_advance: subscription.status === 'unpaid' ? 'false' : 'true',
    ...(method === 'send_invoice' && { days_until_due: String(days ?? 30) }),
    ...(card && { default_payment_method: card }),
  });
  return {
    ...draftFor(call, customer, { values, original: undefined }),
    billing_reason: order.reason,
    parent: {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
    },
    period_start: order.period.start,
    period_end: order.period.end,
  };
}

interface LineOrder {
  subscription: StoredSubscription;
  item: StoredSubscriptionItem;
  invoice: StoredInvoice;
  position: number;
}

/** Lines of a subscription stand for no invoice item. */
function lineOf({ sandbox }: Call, { subscription, item, invoice, position }: LineOrder): StoredLine {
  const price = priceOf(sandbox, item);
  const quantity = item.quantity ?? 1;
  const likeItem = newItem(sandbox, {
    customer: subscription.customer,
    currency: subscription.currency,
    description: `${quantity} × ${sandbox.products.get(price.product)?.name ?? ''} (at ${rate(price)})`,
    metadata: item.metadata,
    period: { start: item.current_period_start, end: item.current_period_end },
    discountable: true,
    priced: pricedAt(price, String(quantity)),
  });
  const line = lineFor({ ...likeItem, invoice: invoice.id }, { id: newId('il'), position });
  return {
    ...line,
    subscription: subscription.id,
    parent: {
      type: 'subscription_item_details',
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
    },
  };
}

/** "$19.99 / month" */
function rate({ unit_amount_decimal: unit, currency, recurring }: ReturnType<typeof priceOf>): string {
  const { interval = 'month', interval_count: count = 1 } = recurring ?? {};
  return `${formatUnitPrice(unit ?? '0', currency)} / ${count === 1 ? interval : `every ${count} ${interval}s`}`;
}
