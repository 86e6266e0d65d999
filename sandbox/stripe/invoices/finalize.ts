import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { changeBalance } from '../balance/changeBalance.ts';
import { newInvoiceToken } from '../ids.ts';
import { chargeStep, dueStep, maximumCharge, minimumCharge } from '../currencies.ts';
import { formatMoney } from '../pages/money.ts';
import { openPayment } from '../payments/invoicePayments.ts';
import { HOUR } from '../time/sandboxTime.ts';
import { customerTaxIds } from '../taxes/taxIds.ts';
import { emit } from '../webhooks/events.ts';
import type { BalanceTransaction, Customer, StoredInvoice } from '../wire.ts';
import { announceUpdate } from './editable.ts';
import { balanceFor, copyOf, draftFiguresOf, showInvoice } from './invoiceObject.ts';
import { replaceRevised } from './revision.ts';
import { settled } from './settlement.ts';

/**
 * Freezes a draft: number, addresses, money against the customer's balance, hosted pages. With something to pay it is
 * open and has a payment to be made; with nothing, or with too little to charge, it is paid at once.
 */
export function finalizeInvoice(
  call: Call,
  invoice: StoredInvoice,
  options: { auto_advance?: boolean | undefined } = {},
): StoredInvoice {
  const { sandbox } = call;
  if (invoice.status !== 'draft')
    throw refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  const before = showInvoice(sandbox, invoice);
  const revised = replaceRevised(call, invoice);
  const customer = sandbox.customers.get(invoice.customer);
  if (!customer) throw refused(`The customer ${invoice.customer} of this invoice has been deleted.`);
  const open = frozen(call, invoice, { customer, auto_advance: options.auto_advance });
  const numbered = takeNumber(call, customer, open);
  sandbox.invoices.put(numbered);
  const shown = showInvoice(sandbox, numbered);
  emit(call, 'invoice.finalized', shown);
  revised?.();
  if (numbered.status === 'open') openPayment(call, numbered);
  announceUpdate(call, before);
  if (numbered.status === 'paid') announceNothingDue(call, numbered);
  return numbered;
}

function announceNothingDue(call: Call, invoice: StoredInvoice): void {
  const shown = showInvoice(call.sandbox, invoice);
  emit(call, 'invoice.paid', shown);
  emit(call, 'invoice.payment_succeeded', shown);
}

function frozen(
  call: Call,
  invoice: StoredInvoice,
  { customer, auto_advance }: { customer: Customer; auto_advance: boolean | undefined },
): StoredInvoice {
  const { sandbox } = call;
  const now = sandbox.clock();
  const { lines, totals } = draftFiguresOf(sandbox, invoice);
  const { currency } = invoice;
  const balance = balanceFor(sandbox, invoice);
  const { due, ending } = settled({
    total: totals.total,
    balance,
    minimum: minimumCharge(currency),
    step: dueStep(currency),
  });
  refuseUnchargeable(due, currency);
  for (const line of lines) sandbox.lines.put(line);
  const nothing = due === 0;
  const advance = nothing ? false : (auto_advance ?? invoice.auto_advance ?? false);
  const charged = invoice.collection_method === 'charge_automatically';
  return {
    ...invoice,
    ...copyOf(customer),
    customer_tax_ids: customerTaxIds(sandbox, customer.id),
    ...totals,
    amount_due: due,
    amount_remaining: due,
    starting_balance: balance,
    ending_balance: ending,
    attempted: nothing,
    auto_advance: advance,
    automatically_finalizes_at: null,
    last_finalization_error: null,
    scheduled: false,
    next_payment_attempt: advance && charged ? now + HOUR : null,
    effective_at: invoice.effective_at ?? now,
    rendering: invoice.rendering && { ...invoice.rendering, pdf: printed(invoice) },
    status: nothing ? 'paid' : 'open',
    status_transitions: { ...invoice.status_transitions, finalized_at: now, paid_at: nothing ? now : null },
    token: newInvoiceToken(),
  };
}

function refuseUnchargeable(due: number, currency: string): void {
  const [most, step] = [maximumCharge(currency), chargeStep(currency)];
  if (due > most)
    throw refused(`Amount must be no more than ${formatMoney(most, currency)}`, { code: 'amount_too_large' });
  if (due % step !== 0)
    throw refused(
      `Invalid amount: ${due}. Amounts in ${currency} must be evenly divisible by ${step}; round the lines of the invoice.`,
      { code: 'invalid_charge_amount' },
    );
}

/** Recorded: `auto` becomes the size of the account's country at finalization. */
function printed(invoice: StoredInvoice): { page_size: 'a4' | 'letter' } {
  return { page_size: invoice.rendering?.pdf?.page_size === 'a4' ? 'a4' : 'letter' };
}

/** The number and the new balance are the customer's too. */
function takeNumber(call: Call, customer: Customer, invoice: StoredInvoice): StoredInvoice {
  const { sandbox } = call;
  const sequence = customer.next_invoice_sequence;
  const number = invoice.wished_number ?? `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`;
  // Stripe counts on without telling in an event; a changed balance it does tell.
  const counted = invoice.wished_number ? customer : { ...customer, next_invoice_sequence: sequence + 1 };
  sandbox.customers.put(counted);
  const ending = invoice.ending_balance ?? 0;
  if (customer.currency === invoice.currency && ending !== customer.balance)
    changeBalance(call, counted, {
      amount: ending - customer.balance,
      type: balanceChangeType(invoice, ending),
      invoice: invoice.id,
    });
  return { ...invoice, number };
}

/** Debt is left by an invoice that is too small; with something due it was the rounding of a currency without cents. */
function balanceChangeType(
  { amount_due: due, starting_balance: starting }: StoredInvoice,
  ending: number,
): BalanceTransaction['type'] {
  if (due === 0) return ending > 0 ? 'invoice_too_small' : 'applied_to_invoice';
  return starting === 0 ? 'adjustment' : 'applied_to_invoice';
}
