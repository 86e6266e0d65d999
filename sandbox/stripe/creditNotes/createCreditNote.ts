import type { Call } from '../api/call.ts';
import { changedMetadata } from '../api/commonRules.ts';
import { missingReference, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { changeBalance } from '../balance/changeBalance.ts';
import { newId, newInvoiceToken } from '../ids.ts';
import { withCredit } from '../invoices/covered.ts';
import { announceUpdate } from '../invoices/editable.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { pretaxCredits } from '../invoices/draftFigures.ts';
import { totalDiscounts, totalTaxes } from '../invoices/figures.ts';
import { sum } from '../money.ts';
import { formatMoney } from '../pages/money.ts';
import { cancelPayments, resizeOpenPayment } from '../payments/invoicePayments.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredCreditNote, StoredInvoice } from '../wire.ts';
import { creditNoteLines } from './creditNoteLines.ts';
import type { Credited } from './creditNoteLines.ts';
import { showCreditNote } from './creditNoteObject.ts';
import type { creditNoteRules } from './creditNoteRules.ts';
import { noteRefunds, refundedWithoutNote, refuseUnbalanced } from './moneyBack.ts';

type CreditNoteValues = Values<typeof creditNoteRules>;

/**
 * First lowers what remains of the invoice, but not below zero; what is more was paid already and is given back: to the
 * card, to the customer's balance, or outside of Stripe.
 */
export function createCreditNote(call: Call, values: CreditNoteValues): StoredCreditNote {
  const { sandbox } = call;
  const invoice = creditable(call, values.invoice);
  const credited = creditNoteLines(sandbox, invoice, values);
  const total = sum(credited.map(({ figures }) => figures.total));
  refuseTooMuch(call, invoice, { values, total });
  const prePayment = Math.min(total, invoice.amount_remaining);
  const postPayment = total - prePayment;
  refuseUnbalanced(sandbox, values, { currency: invoice.currency, postPayment });
  const note = noteOn(call, invoice, { values, credited, prePayment });
  const settled = { ...note, ...givenBack(call, invoice, { values, note }) };
  sandbox.creditNotes.put(settled);
  emit(call, 'credit_note.created', showCreditNote(sandbox, settled));
  lowerInvoice(call, invoice, settled);
  return settled;
}

function creditable(call: Call, id: string): StoredInvoice {
  const invoice = call.sandbox.invoices.get(id);
  if (!invoice) throw missingReference('invoice', id, 'invoice');
  if (invoice.status === 'draft' || invoice.status === 'void')
    throw refused(
      `Credit notes can only be issued for open, paid or uncollectible invoices; this invoice is ${invoice.status}.`,
      { param: 'invoice' },
    );
  return invoice;
}

function refuseTooMuch(
  call: Call,
  invoice: StoredInvoice,
  { values, total }: { values: CreditNoteValues; total: number },
): void {
  if (total === 0) throw refused('The amount of a credit note must be greater than zero.');
  const { pre_payment_credit_notes_amount: before, post_payment_credit_notes_amount: after } = invoice;
  const linking = (values.refunds ?? []).map((one) => one.refund);
  const most = invoice.total - before - after - refundedWithoutNote(call.sandbox, invoice, linking);
  if (total <= most) return;
  const [is, may] = [total, Math.max(0, most)].map((amount) => formatMoney(amount, invoice.currency));
  throw refused(
    `The credit note amount (${is}) is greater than the amount of the invoice that can still be credited (${may}).`,
    { param: 'amount' },
  );
}

function noteOn(
  call: Call,
  invoice: StoredInvoice,
  fields: { values: CreditNoteValues; credited: Credited[]; prePayment: number },
): StoredCreditNote {
  const { values, credited, prePayment } = fields;
  const all = credited.map(({ figures }) => figures);
  const total = sum(all.map((figures) => figures.total));
  const discount_amounts = totalDiscounts(all.map((figures) => figures.discount_amounts));
  const earlier = call.sandbox.by.creditNoteOfInvoice.all(invoice.id).length;
  const now = call.sandbox.clock();
  return {
    id: newId('cn'),
    object: 'credit_note',
    amount: total,
    amount_shipping: 0,
    created: now,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: sum(discount_amounts.map(({ amount }) => amount)),
    discount_amounts,
    effective_at: values.effective_at ?? now,
    invoice: invoice.id,
    lines: credited.map(({ line }) => line),
    livemode: false,
    memo: values.memo ?? null,
    metadata: changedMetadata({}, values.metadata),
    number: `${invoice.number}-CN-${String(earlier + 1).padStart(2, '0')}`,
    out_of_band_amount: values.out_of_band_amount ?? null,
    post_payment_amount: total - prePayment,
    pre_payment_amount: prePayment,
    pretax_credit_amounts: pretaxCredits(discount_amounts),
    reason: values.reason ?? null,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: sum(all.map((figures) => figures.subtotal)),
    subtotal_excluding_tax: sum(all.map((figures) => figures.subtotal_excluding_tax)),
    token: newInvoiceToken(),
    total,
    total_excluding_tax: sum(all.map((figures) => figures.total_excluding_tax)),
    total_taxes: totalTaxes(all.map((figures) => figures.taxes)),
    type: prePayment === total ? 'pre_payment' : prePayment === 0 ? 'post_payment' : 'mixed',
    voided_at: null,
  };
}

function givenBack(
  call: Call,
  invoice: StoredInvoice,
  { values, note }: { values: CreditNoteValues; note: StoredCreditNote },
): Pick<StoredCreditNote, 'refunds' | 'customer_balance_transaction'> {
  const refunds = noteRefunds(call, invoice, values);
  const credit = values.credit_amount ?? 0;
  if (credit === 0) return { refunds, customer_balance_transaction: null };
  const customer = call.sandbox.customers.get(invoice.customer);
  if (!customer || customer.currency !== invoice.currency)
    throw refused(`The balance of the customer ${invoice.customer} cannot be credited in this currency.`, {
      param: 'credit_amount',
    });
  const transaction = changeBalance(call, customer, {
    amount: -credit,
    type: 'credit_note',
    credit_note: note.id,
    invoice: invoice.id,
  });
  return { refunds, customer_balance_transaction: transaction.id };
}

function lowerInvoice(call: Call, invoice: StoredInvoice, note: StoredCreditNote): void {
  const { sandbox } = call;
  const before = showInvoice(sandbox, invoice);
  const after = withCredit(
    {
      ...invoice,
      pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + note.pre_payment_amount,
      post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.post_payment_amount,
    },
    note.pre_payment_amount,
    sandbox.clock(),
  );
  sandbox.invoices.put(after);
  const becamePaid = after.status === 'paid' && invoice.status !== 'paid';
  if (becamePaid) cancelPayments(call, invoice.id, 'automatic');
  else resizeOpenPayment(sandbox, after);
  const shown = announceUpdate(call, before);
  if (becamePaid) emit(call, 'invoice.paid', shown);
}
