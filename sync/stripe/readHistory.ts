import type Stripe from 'stripe';
import type { HistoryNote, InvoiceHistory } from '../domain/invoiceHistory.ts';
import { allPayments } from './invoicePayments.ts';
import { NOT_COUNTED } from './linkMetadata.ts';
import { idOf, unknownStatus } from './readInvoice.ts';
import { methodWords } from './readPayment.ts';

const PAGE = 100;
const FINAL = new Set<string | null>(['open', 'paid', 'uncollectible', 'void']);
// A bank debit is charged days before it counts.
const CHARGED_BEFORE_SECONDS = 30 * 24 * 3600;

/** A credit note with the refunds that it tells of. */
interface Note extends HistoryNote {
  refundIds: Map<string, number>;
}

/** What a customer's charges tell of payments, by the PaymentIntent's id, or the charge's where there is none. */
export interface ChargeFacts {
  /** "Visa •••• 4242". */
  words: string | null;
  isRefunded: boolean;
}

/** What the histories of a customer's invoices are put together from, beside the invoices themselves. */
export interface HistorySources {
  begins: number;
  ends: number;
  charges: Map<string, ChargeFacts>;
  notes: Map<string, Note[]>;
}

export async function readSources(
  stripe: Stripe,
  customer: string,
  { begins, ends }: { begins: number; ends: number },
): Promise<HistorySources> {
  const notes = new Map<string, Note[]>();
  for await (const note of stripe.creditNotes.list({ customer, limit: PAGE }))
    notes.set(idOf(note.invoice)!, [...(notes.get(idOf(note.invoice)!) ?? []), noteOf(note)]);
  const charges = new Map<string, ChargeFacts>();
  for await (const charge of stripe.charges.list({ customer, limit: PAGE, created: { lte: ends } })) {
    const isRefunded = charge.amount_refunded > 0;
    if (charge.status !== 'succeeded' || (!isRefunded && charge.created < begins - CHARGED_BEFORE_SECONDS))
      continue;
    charges.set(idOf(charge.payment_intent) ?? charge.id, { words: methodWords(charge), isRefunded });
  }
  return { begins, ends, charges, notes };
}

/** The history of an invoice that is final; null of any other. Behind: see `paymentsBehind`. */
export async function historyOf(
  stripe: Stripe,
  invoice: Stripe.Invoice,
  { sources, behind }: { sources: HistorySources; behind: ReadonlyMap<string, string> },
): Promise<InvoiceHistory | null> {
  const { status, status_transitions: times } = invoice;
  if (times.finalized_at === null) return null;
  if (!FINAL.has(status)) throw unknownStatus(invoice);
  const notes = await notesOf(stripe, invoice, sources);
  const payments = (await allPayments(stripe, invoice)).flatMap((one) =>
    one.status === 'paid' && one.amount_paid
      ? [{ id: idOfPayment(one), amount: one.amount_paid, at: one.status_transitions.paid_at ?? one.created }]
      : [],
  );
  return {
    id: invoice.id,
    number: invoice.number ?? invoice.id,
    currency: invoice.currency,
    status: status as InvoiceHistory['status'],
    total: invoice.total,
    amountDue: invoice.amount_due,
    amountRemaining: invoice.amount_remaining,
    startingBalance: invoice.starting_balance,
    balanceApplied: invoice.ending_balance === null ? 0 : invoice.ending_balance - invoice.starting_balance,
    finalizedAt: times.finalized_at,
    dueAt: invoice.due_date,
    paidAt: times.paid_at,
    voidedAt: times.voided_at,
    uncollectibleAt: times.marked_uncollectible_at,
    payments,
    creditNotes: notes,
    refunds: await refundsOf(stripe, payments, { sources, behind, notes }),
  };
}

/** One that was issued or voided between the list and this invoice would leave its sums without a reason. */
async function notesOf(stripe: Stripe, invoice: Stripe.Invoice, { notes }: HistorySources): Promise<Note[]> {
  const listed = notes.get(invoice.id) ?? [];
  const standing = listed.filter(({ voidedAt }) => voidedAt === null);
  const lowered = standing.reduce((sum, note) => sum + note.lowered, 0);
  const back = standing.reduce((sum, note) => sum + note.refunded + note.toBalance + note.outside, 0);
  const { pre_payment_credit_notes_amount: before, post_payment_credit_notes_amount: after } = invoice;
  if (lowered === before && back === after) return listed;
  const now: Note[] = [];
  for await (const note of stripe.creditNotes.list({ invoice: invoice.id, limit: PAGE }))
    now.push(noteOf(note));
  return now;
}

function noteOf(note: Stripe.CreditNote): Note {
  const refundIds = new Map(
    note.refunds.flatMap(({ refund, amount_refunded: amount }): [string, number][] => {
      const id = idOf(refund);
      return id ? [[id, amount]] : [];
    }),
  );
  const refunded = note.refunds.reduce((sum, { amount_refunded: amount }) => sum + amount, 0);
  const outside = note.out_of_band_amount ?? 0;
  return {
    id: note.id,
    number: note.number,
    at: note.created,
    voidedAt: note.status === 'void' ? (note.voided_at ?? note.created) : null,
    lowered: note.pre_payment_amount,
    refunded,
    outside,
    toBalance: note.post_payment_amount - refunded - outside,
    refundIds,
  };
}

/** Those of the period: any other changes nothing in what is owed. */
async function refundsOf(
  stripe: Stripe,
  payments: { id: string }[],
  {
    sources: { charges, begins, ends },
    behind,
    notes,
  }: { sources: HistorySources; behind: ReadonlyMap<string, string>; notes: Note[] },
): Promise<InvoiceHistory['refunds']> {
  const refunds: InvoiceHistory['refunds'] = [];
  for (const { id } of payments) {
    // Who pays through a link is a guest, whose charge is not among the customer's.
    const through = behind.get(id);
    if (!through && !charges.get(id)?.isRefunded) continue;
    const of = (through ?? id).startsWith('ch_') ? { charge: id } : { payment_intent: through ?? id };
    const created = { gte: begins, lte: ends };
    for await (const refund of stripe.refunds.list({ ...of, created, limit: PAGE })) {
      if (refund.status === 'failed' || refund.status === 'canceled' || refund.metadata?.[NOT_COUNTED])
        continue;
      const told = notes.reduce((sum, { refundIds }) => sum + (refundIds.get(refund.id) ?? 0), 0);
      refunds.push({ id: refund.id, amount: Math.max(0, refund.amount - told), at: refund.created });
    }
  }
  return refunds;
}

const idOfPayment = ({ id, payment }: Stripe.InvoicePayment): string =>
  idOf(payment.payment_intent ?? null) ??
  idOf(payment.payment_record ?? null) ??
  idOf(payment.charge ?? null) ??
  id;
