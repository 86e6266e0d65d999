import type { Call } from '../api/call.ts';
import { changedMetadata } from '../api/commonRules.ts';
import { missingReference, refused } from '../api/errors.ts';
import { given } from '../api/given.ts';
import type { Values } from '../api/parameters.ts';
import { HOUR } from '../time/sandboxTime.ts';
import { redeemed } from '../discounts/discounts.ts';
import type { Discounted } from '../discounts/discounts.ts';
import { namedAccountTaxIds } from '../taxes/taxIds.ts';
import { namedTaxRates } from '../taxes/taxRates.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredInvoice } from '../wire.ts';
import { collection, refuseWithoutEmail } from './collection.ts';
import { announceUpdate, invoiceInPath } from './editable.ts';
import { showInvoice } from './invoiceObject.ts';
import type { invoiceRules } from './invoiceRules.ts';

type UpdateValues = Values<typeof invoiceRules>;

/** What may still be changed after finalization; money, texts and dates may not. */
const KEPT_OPEN = new Set(['auto_advance', 'default_payment_method', 'metadata']);

export function updateInvoice(call: Call, values: UpdateValues): object {
  const { sandbox } = call;
  const invoice = invoiceInPath(call, 'id');
  const before = showInvoice(sandbox, invoice);
  const frozen = Object.keys(given(values)).find((name) => !KEPT_OPEN.has(name));
  if (invoice.status !== 'draft' && frozen !== undefined)
    throw refused("Finalized invoices can't be updated in this way", { param: frozen });
  const method = values.default_payment_method;
  if (method && !sandbox.paymentMethods.get(method))
    throw missingReference('PaymentMethod', method, 'default_payment_method');
  const after =
    invoice.status === 'draft' ? changedDraft(call, invoice, values) : changedOpen(call, invoice, values);
  if (after.collection_method !== invoice.collection_method) refuseWithoutEmail(call, after);
  sandbox.invoices.put(after);
  return announceUpdate(call, before);
}

function changedOpen(call: Call, invoice: StoredInvoice, values: UpdateValues): StoredInvoice {
  const { auto_advance = invoice.auto_advance, default_payment_method = invoice.default_payment_method } =
    values;
  return {
    ...invoice,
    auto_advance,
    default_payment_method,
    next_payment_attempt: nextAttempt(call, invoice, auto_advance),
    metadata: changedMetadata(invoice.metadata, values.metadata),
  };
}

/** Guessed: automatic collection that is turned on again charges an hour later, as after a finalization. */
function nextAttempt(call: Call, invoice: StoredInvoice, advance: boolean | undefined): number | null {
  if (advance === invoice.auto_advance) return invoice.next_payment_attempt;
  return advance && invoice.collection_method === 'charge_automatically' ? call.sandbox.clock() + HOUR : null;
}

function changedDraft(call: Call, invoice: StoredInvoice, values: UpdateValues): StoredInvoice {
  const { custom_fields, description, effective_at, footer, statement_descriptor } = values;
  const types = values.payment_settings?.payment_method_types;
  return {
    ...changedOpen(call, invoice, values),
    ...given({ custom_fields, description, effective_at, footer, statement_descriptor }),
    ...collection(call, values, invoice),
    account_tax_ids: namedAccountTaxIds(call.sandbox, values.account_tax_ids, invoice.account_tax_ids),
    default_tax_rates: namedTaxRates(call.sandbox, values.default_tax_rates, {
      current: invoice.default_tax_rates,
      param: 'default_tax_rates',
    }),
    discounts: redeemed(call, values.discounts, discountedBy(invoice)),
    wished_number: values.number === undefined ? invoice.wished_number : values.number,
    payment_settings: {
      ...invoice.payment_settings,
      ...(types !== undefined && { payment_method_types: types as 'card'[] | null }),
    },
    rendering: invoice.rendering && {
      ...invoice.rendering,
      ...given({ amount_tax_display: values.rendering?.amount_tax_display }),
      ...(values.rendering?.pdf?.page_size && { pdf: { page_size: values.rendering.pdf.page_size } }),
    },
  };
}

/** The invoice as what a coupon is redeemed for. */
export function discountedBy({ id, customer, currency, discounts }: StoredInvoice): Discounted {
  return { customer, currency, invoice: id, invoice_item: null, current: discounts, param: 'discounts' };
}

/** Only drafts; recorded: the items stay attached to what is gone. */
export function deleteInvoice(call: Call): object {
  const { sandbox } = call;
  const invoice = invoiceInPath(call, 'invoice');
  if (invoice.status !== 'draft') throw refused('You can only delete draft invoices.');
  if (invoice.parent?.subscription_details)
    throw refused('You can only delete one-off invoices; this invoice belongs to a subscription.');
  const shown = showInvoice(sandbox, invoice);
  for (const line of sandbox.by.lineOfInvoice.all(invoice.id)) sandbox.lines.delete(line.id);
  sandbox.invoices.delete(invoice.id);
  sandbox.deletedIds.put({ id: invoice.id });
  emit(call, 'invoice.deleted', shown);
  return { id: invoice.id, object: 'invoice', deleted: true };
}
