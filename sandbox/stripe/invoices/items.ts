import { refused } from '../api/errors.ts';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { InvoiceItem, StoredInvoice, StoredLine, TaxRate } from '../wire.ts';
import type { Priced } from './pricedItem.ts';

export interface ItemFields {
  customer: string;
  currency: string;
  description: string | null;
  metadata: Record<string, string>;
  period: { start: number; end: number } | undefined;
  discountable: boolean | undefined;
  priced: Priced;
  tax_rates?: TaxRate[];
}

/** Stripe's limit: docs.stripe.com/invoicing/overview. */
const MOST_ITEMS = 250;

/** A pending item; `attach` puts it on an invoice. */
export function makeItem(sandbox: Sandbox, fields: ItemFields): InvoiceItem {
  const item = newItem(sandbox, fields);
  sandbox.items.put(item);
  return item;
}

/** Not stored: what a line is made like that stands for no item. */
export function newItem(sandbox: Sandbox, fields: ItemFields): InvoiceItem {
  const now = sandbox.clock();
  return {
    id: newId('ii'),
    object: 'invoiceitem',
    ...fields.priced,
    currency: fields.currency,
    customer: fields.customer,
    customer_account: null,
    date: now,
    description: fields.description,
    // "Defaults to false for prorations or negative line items, and true for all other line items."
    discountable: fields.discountable ?? fields.priced.amount >= 0,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: fields.metadata,
    parent: null,
    period: fields.period ?? { start: now, end: now },
    proration: false,
    tax_rates: fields.tax_rates ?? [],
    test_clock: sandbox.customers.get(fields.customer)?.test_clock ?? null,
  };
}

/**
 * Puts items on a draft, below the lines that are there. Stripe does not document the order: one published account of a
 * live test has the newest line first, so nothing may depend on it; lines are told apart by id and metadata.
 */
export function attach(
  sandbox: Sandbox,
  invoice: StoredInvoice,
  items: readonly InvoiceItem[],
): StoredLine[] {
  const present = sandbox.by.lineOfInvoice.all(invoice.id);
  if (present.length + items.length > MOST_ITEMS)
    throw refused(`An invoice can have at most ${MOST_ITEMS} invoice items.`);
  const bottom = Math.max(0, ...present.map((line) => line.position));
  return items.map((item, index) => {
    const line = lineFor({ ...item, invoice: invoice.id }, { id: newId('il'), position: bottom + 1 + index });
    sandbox.items.put({ ...item, invoice: invoice.id });
    sandbox.lines.put(line);
    return line;
  });
}

/** The line of an item repeats what the item says. */
export function lineFor(
  item: InvoiceItem & { invoice: string | null },
  { id, position }: { id: string; position: number },
): StoredLine {
  return {
    id,
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: item.discounts,
    invoice: item.invoice ?? '',
    livemode: false,
    metadata: item.metadata,
    parent: {
      type: 'invoice_item_details',
      invoice_item_details: {
        invoice_item: item.id,
        proration: item.proration,
        proration_details: { credited_items: null },
        subscription: item.parent?.subscription_details?.subscription ?? null,
      },
      subscription_item_details: null,
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: item.parent?.subscription_details?.subscription ?? null,
    subtotal: item.amount,
    taxes: [],
    position,
    ...(item.tax_rates.length > 0 && { tax_rates: item.tax_rates }),
  };
}

/** Stores a changed item and its line. */
export function saveItem(sandbox: Sandbox, item: InvoiceItem): void {
  sandbox.items.put(item);
  const line = sandbox.by.lineOfItem.first(item.id);
  if (line) sandbox.lines.put(lineFor(item, line));
}

export function itemOfLine(sandbox: Sandbox, line: StoredLine): InvoiceItem {
  const id = line.parent?.invoice_item_details?.invoice_item ?? '';
  if (line.parent?.type === 'subscription_item_details')
    throw refused('You cannot change a line of a subscription; change the subscription instead.');
  const item = sandbox.items.get(id);
  if (!item) throw new Error(`Line ${line.id} has lost its invoice item ${id}.`);
  return item;
}

/** Recorded: an item without a description takes the name of its product. */
export function describe(
  sandbox: Sandbox,
  description: string | null | undefined,
  priced: Priced,
): string | null {
  if (description) return description;
  const product = priced.pricing.price_details.product;
  return sandbox.inline.get(product) ? null : (sandbox.products.get(product)?.name ?? null);
}
