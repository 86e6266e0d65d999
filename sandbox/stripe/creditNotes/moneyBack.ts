import type { Call } from '../api/call.ts';
import { missingReference, refused } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { sum } from '../money.ts';
import { formatMoney } from '../pages/money.ts';
import { chargesOf, refundCharge } from '../payments/refund.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Refund, StoredCreditNote, StoredInvoice } from '../wire.ts';
import type { creditNoteRules } from './creditNoteRules.ts';

type CreditNoteValues = Values<typeof creditNoteRules>;
type NoteRefunds = StoredCreditNote['refunds'];

/** What was paid and is credited must go somewhere: back to the card, to the balance, or outside of Stripe. */
export function refuseUnbalanced(
  sandbox: Sandbox,
  values: CreditNoteValues,
  { currency, postPayment }: { currency: string; postPayment: number },
): void {
  const { credit_amount = 0, refund_amount = 0, out_of_band_amount = 0 } = values;
  const linked = sum((values.refunds ?? []).map((one) => linkedAmount(sandbox, one)));
  const given = credit_amount + refund_amount + out_of_band_amount + linked;
  if (given === postPayment) return;
  const [is, must] = [given, postPayment].map((amount) => formatMoney(amount, currency));
  throw refused(
    `The sum of credit amount, refund amount and out of band amount (${is}) must equal the credit note amount (${must}).`,
  );
}

/** Refunds that were made without a credit note lessen what can still be credited. */
export function refundedWithoutNote(sandbox: Sandbox, invoice: StoredInvoice, linking: string[]): number {
  const linked = new Set([
    ...linking,
    ...sandbox.by.creditNoteOfInvoice
      .all(invoice.id)
      .flatMap(({ refunds }) => refunds.map((one) => idOf(one.refund))),
  ]);
  return sum(
    chargesOf(sandbox, invoice.id)
      .flatMap((charge) => sandbox.by.refundOfCharge.all(charge.id))
      .filter((refund) => !linked.has(refund.id))
      .map((refund) => refund.amount),
  );
}

/** Makes the refunds that the credit note asks for, and links those that it names. */
export function noteRefunds(call: Call, invoice: StoredInvoice, values: CreditNoteValues): NoteRefunds {
  const linked = (values.refunds ?? []).map((one) => entry(one.refund, linkedAmount(call.sandbox, one)));
  return [...linked, ...newRefunds(call, invoice, values.refund_amount ?? 0)];
}

/** From the invoice's charges, the latest first. */
function newRefunds(call: Call, invoice: StoredInvoice, amount: number): NoteRefunds {
  const made: NoteRefunds = [];
  let left = amount;
  for (const charge of chargesOf(call.sandbox, invoice.id).reverse()) {
    const part = Math.min(left, charge.amount - charge.amount_refunded);
    if (part === 0) continue;
    const refund = refundCharge(call, charge, { amount: part, reason: null, metadata: {} });
    made.push(entry(refund.id, part));
    left -= part;
  }
  if (left > 0)
    throw refused('The refund amount is greater than the amount that was charged for this invoice.', {
      param: 'refund_amount',
    });
  return made;
}

function linkedAmount(
  sandbox: Sandbox,
  { refund: id, amount_refunded: part }: NonNullable<CreditNoteValues['refunds']>[number],
): number {
  const refund: Refund | undefined = sandbox.refunds.get(id);
  if (!refund) throw missingReference('refund', id, 'refunds');
  return part ?? refund.amount;
}

function entry(refund: string, amount: number): NoteRefunds[number] {
  return { amount_refunded: amount, payment_record_refund: null, refund, type: 'refund' };
}

function idOf(refund: NoteRefunds[number]['refund']): string {
  return typeof refund === 'string' ? refund : refund.id;
}
