import type { Call } from '../api/call.ts';
import { changedMetadata, metadata, pageRules } from '../api/commonRules.ts';
import { missingReference, parameterMissing, resourceMissing } from '../api/errors.ts';
import { page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { clearable, flag, hash, list, oneOf, required, text } from '../api/rules.ts';
import { discountRules } from '../discounts/discounts.ts';
import { changedItem, period, removeItem, withDiscounts } from '../resources/invoiceItems.ts';
import { namedTaxRates, taxRateIds } from '../taxes/taxRates.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice, StoredLine } from '../wire.ts';
import { announceUpdate, invoiceInPath, refuseUnlessDraft } from './editable.ts';
import { linesOf, showInvoice, showLine } from './invoiceObject.ts';
import { attach, describe, itemOfLine, makeItem, saveItem } from './items.ts';
import { priceRules, priced } from './pricedItem.ts';

const lineRules = {
  ...priceRules,
  description: clearable(text()),
  discountable: flag,
  discounts: discountRules,
  metadata,
  period,
  tax_rates: taxRateIds,
};
const { unit_amount_decimal: _notForLines, ...withoutUnit } = lineRules;
/** Taxes that were worked out elsewhere. */
const unsupported = ['tax_amounts'];

const addRules = {
  lines: required(list(hash({ ...withoutUnit, invoice_item: text() }, unsupported))),
  invoice_metadata: metadata,
};
const updateRules = {
  lines: required(list(hash({ ...withoutUnit, id: required(text()) }, unsupported))),
  invoice_metadata: metadata,
};
const removeRules = {
  lines: required(list(hash({ id: required(text()), behavior: required(oneOf('delete', 'unassign')) }))),
  invoice_metadata: metadata,
};

export const lineRoutes = [
  route('POST', '/v1/invoices/:invoice/add_lines', { parameters: addRules, run: addLines }),
  route('POST', '/v1/invoices/:invoice/update_lines', { parameters: updateRules, run: updateLines }),
  route('POST', '/v1/invoices/:invoice/remove_lines', { parameters: removeRules, run: removeLines }),
  route('GET', '/v1/invoices/:invoice/lines', {
    parameters: pageRules,
    run(call, values) {
      const { id } = invoiceInPath(call, 'invoice');
      return page(linesOf(call.sandbox, id), values, {
        url: `/v1/invoices/${id}/lines`,
        kind: 'line_item',
        show: showLine,
      });
    },
  }),
  route('POST', '/v1/invoices/:invoice/lines/:line', {
    parameters: withoutUnit,
    unsupported,
    run(call, values) {
      const { invoice, before } = draft(call);
      const id = call.path['line'] ?? '';
      const line = lineOf(call, invoice, id);
      if (!line) throw resourceMissing('line item', id, 'line_item_id');
      changeLine(call, line, values);
      announceUpdate(call, before);
      return showLine(linesOf(call.sandbox, invoice.id).find((one) => one.id === line.id)!);
    },
  }),
];

function addLines(call: Call, values: Values<typeof addRules>): object {
  const { sandbox } = call;
  const { invoice, before } = draft(call);
  const items = values.lines.map((line, index) =>
    pendingItem(call, invoice, { ...line, within: `lines[${index}]` }),
  );
  const added = attach(sandbox, invoice, items);
  keepMetadata(call, invoice, values.invoice_metadata);
  added.forEach((line, index) => {
    if (values.lines[index]?.invoice_item === undefined)
      emit(call, 'invoiceitem.created', itemOfLine(sandbox, line));
  });
  return announceUpdate(call, before);
}

type AddedLine = Values<typeof addRules>['lines'][number] & { within: string };

/** A new item, or a pending one of the same customer that the line names. */
function pendingItem(call: Call, invoice: StoredInvoice, line: AddedLine) {
  const { sandbox } = call;
  const { within } = line;
  if (line.invoice_item !== undefined) {
    const item = sandbox.items.get(line.invoice_item);
    if (!item || item.invoice !== null || item.customer !== invoice.customer)
      throw missingReference('Invoice Item', line.invoice_item, `${within}[invoice_item]`);
    return changedItem(call, item, line);
  }
  const price = priced(sandbox, line, {
    currency: invoice.currency,
    description: line.description ?? null,
    within,
  });
  if (!price) throw parameterMissing(`${within}[amount]`);
  const item = makeItem(sandbox, {
    customer: invoice.customer,
    currency: invoice.currency,
    description: describe(sandbox, line.description, price),
    metadata: changedMetadata({}, line.metadata),
    period: line.period,
    discountable: line.discountable,
    priced: price,
    tax_rates: namedTaxRates(sandbox, line.tax_rates, { current: [], param: `${within}[tax_rates]` }),
  });
  return withDiscounts(call, item, line);
}

function updateLines(call: Call, values: Values<typeof updateRules>): object {
  const { invoice, before } = draft(call);
  values.lines.forEach((change, index) => {
    const within = `lines[${index}]`;
    const line = lineOf(call, invoice, change.id);
    if (!line) throw missingReference('line item', change.id, `${within}[id]`);
    changeLine(call, line, { ...change, within });
  });
  keepMetadata(call, invoice, values.invoice_metadata);
  return announceUpdate(call, before);
}

function changeLine(
  call: Call,
  line: StoredLine,
  values: Partial<Values<typeof withoutUnit>> & { within?: string },
): void {
  saveItem(call.sandbox, changedItem(call, itemOfLine(call.sandbox, line), values));
}

function removeLines(call: Call, values: Values<typeof removeRules>): object {
  const { sandbox } = call;
  const { invoice, before } = draft(call);
  values.lines.forEach(({ id, behavior }, index) => {
    const line = lineOf(call, invoice, id);
    if (!line) throw missingReference('line item', id, `lines[${index}][id]`);
    const item = itemOfLine(sandbox, line);
    if (behavior === 'delete') return removeItem(call, item);
    sandbox.lines.delete(line.id);
    sandbox.items.put({ ...item, invoice: null });
  });
  keepMetadata(call, invoice, values.invoice_metadata);
  return announceUpdate(call, before);
}

function draft(call: Call) {
  const invoice = invoiceInPath(call, 'invoice');
  refuseUnlessDraft(invoice);
  return { invoice, before: showInvoice(call.sandbox, invoice) };
}

function keepMetadata(
  { sandbox }: Call,
  invoice: StoredInvoice,
  change: Values<typeof addRules>['invoice_metadata'],
): void {
  if (change !== undefined)
    sandbox.invoices.put({ ...invoice, metadata: changedMetadata(invoice.metadata, change) });
}

function lineOf({ sandbox }: Call, invoice: StoredInvoice, id: string): StoredLine | undefined {
  const line = sandbox.lines.get(id);
  return line?.invoice === invoice.id ? line : undefined;
}
