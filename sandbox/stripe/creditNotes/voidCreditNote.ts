import type { Call } from '../api/call.ts';
import { refused } from '../api/errors.ts';
import { announceUpdate } from '../invoices/editable.ts';
import { showInvoice } from '../invoices/invoiceObject.ts';
import { resizeOpenPayment } from '../payments/invoicePayments.ts';
import { emit } from '../webhooks/events.ts';
import type { StoredCreditNote } from '../wire.ts';
import { showCreditNote } from './creditNoteObject.ts';

/** Only a credit note on an open invoice can be taken back: docs.stripe.com/invoicing/integration/programmatic-credit-notes. */
export function voidCreditNote(call: Call, note: StoredCreditNote): StoredCreditNote {
  const { sandbox } = call;
  if (note.status === 'void') throw refused('This credit note has already been voided.');
  const invoice = sandbox.invoices.get(note.invoice);
  if (note.type !== 'pre_payment' || invoice?.status !== 'open')
    throw refused('You can only void credit notes of open invoices, before they are paid.');
  const before = showInvoice(sandbox, invoice);
  const after: StoredCreditNote = { ...note, status: 'void', voided_at: sandbox.clock() };
  const owed = {
    ...invoice,
    amount_due: invoice.amount_due + note.amount,
    amount_remaining: invoice.amount_remaining + note.amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - note.amount,
  };
  sandbox.creditNotes.put(after);
  sandbox.invoices.put(owed);
  resizeOpenPayment(sandbox, owed);
  emit(call, 'credit_note.voided', showCreditNote(sandbox, after));
  announceUpdate(call, before);
  return after;
}
