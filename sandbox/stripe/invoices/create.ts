import type { Call } from '../api/call.ts';
import { changedMetadata, currency } from '../api/commonRules.ts';
import { StripeError, missingReference, parameterMissing, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { newestFirst } from '../api/pagination.ts';
import { hash, oneOf, required, text } from '../api/rules.ts';
import { newId } from '../ids.ts';
import { namedCustomer } from '../resources/customers.ts';
import { copiedDiscounts, redeemed } from '../discounts/discounts.ts';
import { customerTaxIds, namedAccountTaxIds } from '../taxes/taxIds.ts';
import { namedTaxRates } from '../taxes/taxRates.ts';
import { emit } from '../webhooks/events.ts';
import type { Customer, StoredInvoice } from '../wire.ts';
import { collection, refuseWithoutEmail } from './collection.ts';
import { adoptCurrency } from './customerCurrency.ts';
import { copyOf, linesOf, showInvoice } from './invoiceObject.ts';
import { invoiceRules } from './invoiceRules.ts';
import { attach, makeItem } from './items.ts';
import { discountedBy } from './update.ts';
import { isPartlyPaid } from './void.ts';

export const createRules = {
  ...invoiceRules,
  currency,
  customer: text(),
  from_invoice: hash({ action: required(oneOf('revision')), invoice: required(text()) }),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
};

type CreateValues = Values<typeof createRules>;

/** A draft. Pending items stay where they are unless they are asked for; a revision copies an invoice. */
export function createInvoice(call: Call, values: CreateValues): object {
  const { sandbox } = call;
  const original = values.from_invoice && originalOf(call, values.from_invoice.invoice);
  const customerId = values.customer ?? original?.customer;
  if (customerId === undefined) throw parameterMissing('customer');
  const customer = namedCustomer(sandbox, customerId);
  const invoice = draftFor(call, customer, { values, original });
  refuseWithoutEmail(call, invoice);
  sandbox.invoices.put({ ...invoice, discounts: discountsFor(call, invoice, { values, original }) });
  if (original) copyLines(call, original, invoice);
  if (values.pending_invoice_items_behavior === 'include') takePendingItems(call, invoice);
  adoptCurrency(call, customer.id, invoice.currency);
  const shown = showInvoice(sandbox, sandbox.invoices.get(invoice.id)!);
  emit(call, 'invoice.created', shown);
  return shown;
}

/** Those of the request, or those of the invoice that is revised. */
function discountsFor(
  call: Call,
  invoice: StoredInvoice,
  { values, original }: { values: CreateValues; original: StoredInvoice | undefined },
): string[] {
  const target = discountedBy(invoice);
  if (original && values.discounts === undefined)
    return copiedDiscounts(call.sandbox, original.discounts, target);
  return redeemed(call, values.discounts, target);
}

/** Nothing of it is stored yet. */
export function draftFor(
  call: Call,
  customer: Customer,
  { values, original }: { values: CreateValues; original: StoredInvoice | undefined },
): StoredInvoice {
  const { sandbox } = call;
  const now = sandbox.clock();
  const base = original ?? {
    custom_fields: customer.invoice_settings.custom_fields,
    description: null,
    footer: customer.invoice_settings.footer,
    metadata: {},
    statement_descriptor: null,
  };
  const blank: StoredInvoice = {
    id: newId('in'),
    object: 'invoice',
    account_country: 'US',
    account_name: sandbox.account.name,
    account_tax_ids: namedAccountTaxIds(sandbox, values.account_tax_ids, original?.account_tax_ids ?? null),
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: original?.collection_method ?? 'charge_automatically',
    created: now,
    currency: values.currency ?? original?.currency ?? customer.currency ?? 'usd',
    custom_fields: values.custom_fields === undefined ? base.custom_fields : values.custom_fields,
    customer: customer.id,
    customer_account: null,
    ...copyOf(customer),
    customer_tax_ids: customerTaxIds(sandbox, customer.id),
    default_payment_method: values.default_payment_method ?? original?.default_payment_method ?? null,
    default_source: null,
    default_tax_rates: namedTaxRates(sandbox, values.default_tax_rates, {
      current: original?.default_tax_rates ?? [],
      param: 'default_tax_rates',
    }),
    description: values.description === undefined ? base.description : values.description,
    discounts: [],
    due_date: original?.due_date ?? null,
    effective_at: values.effective_at ?? null,
    ending_balance: null,
    footer: values.footer === undefined ? base.footer : values.footer,
    from_invoice: original ? { action: 'revision', invoice: original.id } : null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    livemode: false,
    metadata: changedMetadata(base.metadata, values.metadata),
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: methodTypes(
        values.payment_settings?.payment_method_types ?? original?.payment_settings.payment_method_types,
      ),
    },
    period_end: now,
    period_start: now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: {
      amount_tax_display:
        values.rendering?.amount_tax_display === undefined
          ? (original?.rendering?.amount_tax_display ?? null)
          : values.rendering.amount_tax_display,
      pdf: { page_size: values.rendering?.pdf?.page_size ?? original?.rendering?.pdf?.page_size ?? 'auto' },
      template: null,
      template_version: null,
    },
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: values.statement_descriptor ?? base.statement_descriptor,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: customer.test_clock,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: sandbox.isAwaited('invoice.created') ? null : now,
    token: null,
    wished_number: values.number ?? null,
  };
  return { ...blank, ...collection(call, values, blank) };
}

function methodTypes(
  types: readonly string[] | null | undefined,
): StoredInvoice['payment_settings']['payment_method_types'] {
  return types ? (types as 'card'[]) : null;
}

function originalOf(call: Call, id: string): StoredInvoice {
  const original = call.sandbox.invoices.get(id);
  if (!original) throw missingReference('invoice', id, 'from_invoice[invoice]');
  if (original.status !== 'open' && original.status !== 'uncollectible')
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'invoice_not_editable',
        message: `Only open or uncollectible invoices can be revised; this invoice is ${original.status}.`,
        param: 'from_invoice[invoice]',
      },
      { replayable: true },
    );
  if (original.parent?.subscription_details)
    throw refused('Invoices of subscriptions cannot be revised.', { param: 'from_invoice[invoice]' });
  if (isPartlyPaid(call.sandbox, original))
    throw refused('Invoices with `paid` payments cannot be revised.', { param: 'from_invoice[invoice]' });
  return original;
}

function copyLines(call: Call, original: StoredInvoice, revision: StoredInvoice): void {
  const { sandbox } = call;
  const copies = linesOf(sandbox, original.id).map((line) => {
    const { amount, quantity, quantity_decimal, pricing } = line;
    const priced = { amount, quantity: quantity ?? 0, quantity_decimal, pricing };
    const item = makeItem(sandbox, { ...line, customer: revision.customer, priced });
    const target = { customer: item.customer, invoice: null, invoice_item: item.id };
    return { ...item, discounts: copiedDiscounts(sandbox, line.discounts, target) };
  });
  attach(sandbox, revision, copies);
}

export function takePendingItems(call: Call, invoice: StoredInvoice): void {
  const pending = newestFirst(call.sandbox.by.itemOfCustomer.all(invoice.customer)).filter(
    (item) => item.invoice === null && item.currency === invoice.currency,
  );
  attach(call.sandbox, invoice, pending);
}
