import type { Call } from '../api/call.ts';
import { changedMetadata, currency, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { StripeError, invalidParameter, missingReference, parameterMissing, refused } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, required, text, timestamp } from '../api/rules.ts';
import { discountRules, redeemed } from '../discounts/discounts.ts';
import { adoptCurrency } from '../invoices/customerCurrency.ts';
import { announceUpdate, refuseUnlessDraft } from '../invoices/editable.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import type { ShownInvoice } from '../invoices/invoiceObject.ts';
import { attach, describe, makeItem, saveItem } from '../invoices/items.ts';
import { priceRules, priced } from '../invoices/pricedItem.ts';
import { emit } from '../webhooks/events.ts';
import type { InvoiceItem, StoredInvoice } from '../wire.ts';
import { namedTaxRates, taxRateIds } from '../taxes/taxRates.ts';
import { namedCustomer } from './customers.ts';

export const period = hash({ start: required(timestamp), end: required(timestamp) });
const common = {
  ...priceRules,
  description: clearable(text()),
  discountable: flag,
  discounts: discountRules,
  metadata,
  period,
  tax_rates: taxRateIds,
};
const createParameters = { ...common, customer: required(text()), currency, invoice: text() };
/** They are for Stripe Tax, which works out the rates by itself. */
const unsupported = ['tax_behavior', 'tax_code'];

export const invoiceItemRoutes = [
  route('POST', '/v1/invoiceitems', {
    parameters: createParameters,
    unsupported: [...unsupported, 'customer_account', 'subscription'],
    run: createItem,
  }),
  route('GET', '/v1/invoiceitems/:item', { parameters: {}, run: (call) => found(call) }),
  route('POST', '/v1/invoiceitems/:item', {
    parameters: common,
    unsupported: [...unsupported, 'invoicing_rules'],
    run: updateItem,
  }),
  route('DELETE', '/v1/invoiceitems/:item', { parameters: {}, run: deleteItem }),
  route('GET', '/v1/invoiceitems', {
    parameters: { ...pageRules, created: timeRange, customer: text(), invoice: text(), pending: flag },
    unsupported: ['customer_account'],
    run({ sandbox }, values) {
      const { invoice, customer, pending } = values;
      const { itemOfInvoice, itemOfCustomer } = sandbox.by;
      const all =
        invoice !== undefined
          ? itemOfInvoice.all(invoice)
          : customer !== undefined
            ? itemOfCustomer.all(customer)
            : sandbox.items.values();
      const wanted = newestFirst(all).filter(
        (one) =>
          inRange(one.date, values.created) &&
          (customer ?? one.customer) === one.customer &&
          (pending === undefined || pending === (one.invoice === null)),
      );
      return page(wanted, values, { url: '/v1/invoiceitems', kind: 'invoiceitem', show: (one) => one });
    },
  }),
];

function createItem(call: Call, values: Values<typeof createParameters>): object {
  const { sandbox } = call;
  const customer = namedCustomer(sandbox, values.customer);
  const invoice = values.invoice === undefined ? undefined : openDraft(call, values.invoice, customer.id);
  const money = invoice?.currency ?? values.currency ?? values.price_data?.currency;
  const currencyOfItem = money ?? priceCurrency(call, values) ?? customer.currency ?? 'usd';
  if (values.currency !== undefined && values.currency !== currencyOfItem)
    throw invalidParameter(
      `You cannot combine currencies on a single invoice: the invoice uses ${currencyOfItem}, and the item is in ${values.currency}.`,
      'currency',
    );
  const price = priced(sandbox, values, {
    currency: currencyOfItem,
    description: values.description ?? null,
  });
  if (!price) throw parameterMissing('amount');
  const before = invoice && showInvoice(sandbox, invoice);
  const bare = makeItem(sandbox, {
    customer: customer.id,
    currency: currencyOfItem,
    description: describe(sandbox, values.description, price),
    metadata: changedMetadata({}, values.metadata),
    period: values.period,
    discountable: values.discountable,
    priced: price,
    tax_rates: namedTaxRates(sandbox, values.tax_rates, { current: [], param: 'tax_rates' }),
  });
  const item = withDiscounts(call, bare, values);
  if (invoice) attach(sandbox, invoice, [item]);
  adoptCurrency(call, customer.id, currencyOfItem);
  const made = sandbox.items.get(item.id)!;
  emit(call, 'invoiceitem.created', made);
  if (before) announceUpdate(call, before);
  return made;
}

function priceCurrency(call: Call, values: Values<typeof createParameters>): string | undefined {
  return values.pricing?.price === undefined
    ? undefined
    : call.sandbox.prices.get(values.pricing.price)?.currency;
}

function openDraft(call: Call, id: string, customer: string): StoredInvoice {
  const invoice = call.sandbox.invoices.get(id);
  if (!invoice) throw missingReference('invoice', id, 'invoice');
  refuseUnlessDraft(invoice);
  if (invoice.customer !== customer)
    throw refused(`The invoice ${id} belongs to another customer than the invoice item (${customer}).`, {
      param: 'invoice',
    });
  return invoice;
}

function updateItem(call: Call, values: Values<typeof common>): object {
  const { sandbox } = call;
  const item = found(call);
  const before = invoiceOf(call, item, 'updated');
  saveItem(sandbox, changedItem(call, item, values));
  if (before) announceUpdate(call, before);
  return sandbox.items.get(item.id)!;
}

/** Puts discounts on an item that was just made, or that is being changed. */
export function withDiscounts(
  call: Call,
  item: InvoiceItem,
  values: { discounts?: Values<typeof common>['discounts']; within?: string | undefined },
): InvoiceItem {
  const { within } = values;
  const { id, customer, currency: money, discounts: current } = item;
  const target = { customer, currency: money, invoice: null, invoice_item: id, current };
  const param = within ? `${within}[discounts]` : 'discounts';
  return { ...item, discounts: redeemed(call, values.discounts, { ...target, param }) };
}

/** Also used when the line of the item is changed. `within` goes before the names of parameters in errors. */
export function changedItem(
  call: Call,
  item: InvoiceItem,
  values: Partial<Values<typeof common>> & { within?: string },
): InvoiceItem {
  const description = values.description === undefined ? item.description : values.description;
  const { within } = values;
  const { sandbox } = call;
  const price = priced(sandbox, values, { currency: item.currency, description, within, current: item });
  const { current, param } = {
    current: item.tax_rates,
    param: within ? `${within}[tax_rates]` : 'tax_rates',
  };
  return {
    ...withDiscounts(call, item, values),
    ...price,
    description,
    discountable: values.discountable ?? item.discountable,
    period: values.period ?? item.period,
    metadata: changedMetadata(item.metadata, values.metadata),
    tax_rates: namedTaxRates(sandbox, values.tax_rates, { current, param }),
  };
}

function deleteItem(call: Call): object {
  const item = found(call);
  const before = invoiceOf(call, item, 'deleted');
  removeItem(call, item);
  if (before) announceUpdate(call, before);
  return { id: item.id, object: 'invoiceitem', deleted: true };
}

/** Removes the item and its line. */
export function removeItem(call: Call, item: InvoiceItem): void {
  const { sandbox } = call;
  const line = sandbox.by.lineOfItem.first(item.id);
  if (line) sandbox.lines.delete(line.id);
  sandbox.items.delete(item.id);
  emit(call, 'invoiceitem.deleted', item);
}

/** The draft that the item is on, as it is before the change; undefined for a pending item. */
function invoiceOf(call: Call, item: InvoiceItem, what: 'updated' | 'deleted'): ShownInvoice | undefined {
  if (item.invoice === null) return undefined;
  const invoice = call.sandbox.invoices.get(item.invoice);
  // Recorded: items of a deleted draft stay attached to it.
  if (!invoice) throw refused('This invoice item has been deleted.');
  if (invoice.status !== 'draft')
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'invoice_not_editable',
        message: `This invoice item cannot be ${what} because it is attached to an invoice that is no longer editable.`,
      },
      { replayable: true },
    );
  return showInvoice(call.sandbox, invoice);
}

function found(call: Call): InvoiceItem {
  const id = call.path['item'] ?? '';
  const item = call.sandbox.items.get(id);
  if (!item)
    throw new StripeError(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No such Invoice Item: '${id}'(livemode=false)`,
      param: 'id',
    });
  return item;
}
