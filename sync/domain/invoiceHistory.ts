/** What has moved on an invoice since it became final, as Stripe tells it. Seconds since 1970, integer minor units. */
export interface InvoiceHistory {
  id: string;
  number: string;
  /** ISO 4217, lower case. */
  currency: string;
  status: 'open' | 'paid' | 'uncollectible' | 'void';
  total: number;
  /** What was to be paid after the customer's balance and credit notes. */
  amountDue: number;
  amountRemaining: number;
  /** The customer's balance before finalization (negative is credit), and what it took over of the total then. */
  startingBalance: number;
  balanceApplied: number;
  finalizedAt: number;
  /** Null: it is due at once. */
  dueAt: number | null;
  paidAt: number | null;
  voidedAt: number | null;
  uncollectibleAt: number | null;
  /** Those that count. */
  payments: { id: string; amount: number; at: number }[];
  creditNotes: HistoryNote[];
  /** What was given back and no credit note tells of. */
  refunds: { id: string; amount: number; at: number }[];
}

export interface HistoryNote {
  id: string;
  number: string;
  at: number;
  voidedAt: number | null;
  /** What it took off what was still owed. */
  lowered: number;
  /** What was paid already and went back: these three come to what the note is over beside `lowered`. */
  refunded: number;
  toBalance: number;
  outside: number;
}

export type MovementKind =
  | 'invoice'
  | 'balance-used'
  | 'balance-collected'
  | 'balance-kept'
  | 'carried'
  | 'payment'
  | 'marked-paid'
  | 'overpaid'
  | 'credit-note'
  | 'note-refund'
  | 'note-balance'
  | 'note-outside'
  | 'note-void'
  | 'refund'
  | 'refund-allowed'
  | 'write-off'
  | 'write-off-reversed'
  | 'void'
  | 'balance-returned';

/** One row of an account: a charge is positive, a credit negative. */
export interface Movement {
  at: number;
  kind: MovementKind;
  amount: number;
  /** Of the payment, the refund or the credit note; of the invoice for all else. */
  source: string;
  /** The number of the invoice, or of the credit note. */
  reference: string;
}

/** What happens at once, in the order of its rows. */
interface Step {
  at: number;
  /** The order within a second, which is as exact as Stripe's times are. */
  rank: number;
  rows: Movement[];
  ends?: 'write-off' | 'void';
}

/**
 * All movements of an invoice, oldest first. They come to what is owed: what remains of an open invoice, and nothing of
 * any other one. Money that went back changes nothing in what is owed, so its rows stand in pairs.
 */
export function movementsOf(invoice: InvoiceHistory): Movement[] {
  const applied = balanceUsed(invoice);
  const steps = [
    finalized(invoice, applied),
    ...paid(invoice),
    ...invoice.creditNotes.flatMap(noteSteps),
    ...invoice.refunds.map((refund) => refunded(invoice, refund)),
    ...ended(invoice),
  ].sort((one, other) => one.at - other.at || one.rank - other.rank);
  const movements: Movement[] = [];
  let owed = 0;
  let isWrittenOff = false;
  const add = (row: Movement) => {
    if (row.amount === 0) return;
    movements.push(row);
    owed += row.amount;
  };
  for (const { at, rows, ends } of steps) {
    const own = { at, source: invoice.id, reference: invoice.number };
    // What is written off stays so: what comes in all the same takes as much of it back.
    if (isWrittenOff) add({ ...own, kind: 'write-off-reversed', amount: Math.max(0, -sumOf(rows)) });
    rows.forEach(add);
    if (ends === 'void') {
      add({ ...own, kind: 'void', amount: -(owed + applied) });
      add({ ...own, kind: 'balance-returned', amount: applied });
    }
    isWrittenOff ||= ends === 'write-off';
    if (isWrittenOff) add({ ...own, kind: 'write-off', amount: -owed });
  }
  return movements;
}

function ended({ status, finalizedAt, uncollectibleAt, voidedAt }: InvoiceHistory): Step[] {
  const steps: Step[] = [];
  if (uncollectibleAt !== null) steps.push({ at: uncollectibleAt, rank: 6, rows: [], ends: 'write-off' });
  if (status === 'void') steps.push({ at: voidedAt ?? finalizedAt, rank: 7, rows: [], ends: 'void' });
  return steps;
}

/** What the balance took over is what nothing else tells of; a void invoice does not say any more what it was due. */
function balanceUsed({ status, total, ...invoice }: InvoiceHistory): number {
  if (status === 'void') return invoice.balanceApplied;
  const lowered = invoice.creditNotes.reduce(
    (sum, note) => (note.voidedAt === null ? sum + note.lowered : sum),
    0,
  );
  const due = status === 'paid' ? invoice.amountDue : invoice.amountRemaining + sumOf(invoice.payments);
  return total - lowered - due;
}

function finalized(invoice: InvoiceHistory, applied: number): Step {
  const { id, number, total, finalizedAt: at } = invoice;
  const row = { at, source: id, reference: number };
  return {
    at,
    rank: 0,
    rows: [
      { ...row, kind: 'invoice', amount: total },
      { ...row, kind: balanceKind(invoice, applied), amount: -applied },
    ],
  };
}

/** Credit is used or kept, debt is collected, and what is too small to be charged goes onto the next invoice. */
function balanceKind({ total, startingBalance }: InvoiceHistory, applied: number): MovementKind {
  if (applied < 0) return total < 0 ? 'balance-kept' : 'balance-collected';
  return startingBalance < 0 ? 'balance-used' : 'carried';
}

/** Its payments, with what was more than was owed, or what an invoice was marked as paid with. */
function paid({ id, number, status, amountDue, paidAt, payments, ...invoice }: InvoiceHistory): Step[] {
  const steps = payments.map(({ id: source, amount, at }): Step => ({
    at,
    rank: 2,
    rows: [{ at, kind: 'payment', amount: -amount, source, reference: number }],
  }));
  if (status !== 'paid') return steps;
  const missing = amountDue - sumOf(payments);
  const at = missing < 0 ? Math.max(...payments.map((one) => one.at)) : (paidAt ?? invoice.finalizedAt);
  const kind = missing < 0 ? 'overpaid' : 'marked-paid';
  return [...steps, { at, rank: 3, rows: [{ at, kind, amount: -missing, source: id, reference: number }] }];
}

function noteSteps({ id, number, at, voidedAt, lowered, ...back }: HistoryNote): Step[] {
  const { refunded, toBalance, outside } = back;
  const row = (kind: MovementKind, amount: number, when = at): Movement => ({
    at: when,
    kind,
    amount,
    source: id,
    reference: number,
  });
  const issued: Step = {
    at,
    rank: 1,
    rows: [
      row('credit-note', -(lowered + refunded + toBalance + outside)),
      row('note-refund', refunded),
      row('note-balance', toBalance),
      row('note-outside', outside),
    ],
  };
  if (voidedAt === null) return [issued];
  return [issued, { at: voidedAt, rank: 4, rows: [row('note-void', lowered, voidedAt)] }];
}

/** Stripe's invoice stays paid: what is given back without a credit note is not owed again. */
function refunded(
  { number }: InvoiceHistory,
  { id, amount, at }: { id: string; amount: number; at: number },
): Step {
  const row = { at, source: id, reference: number };
  return {
    at,
    rank: 5,
    rows: [
      { ...row, kind: 'refund', amount },
      { ...row, kind: 'refund-allowed', amount: -amount },
    ],
  };
}

const sumOf = (parts: { amount: number }[]): number => parts.reduce((sum, { amount }) => sum + amount, 0);
