import type { StoredInvoice } from '../wire.ts';

/** Money that came in for an invoice; what is more than it needs is overpaid. */
export function withMoney(invoice: StoredInvoice, amount: number, now: number): StoredInvoice {
  const taken = Math.min(amount, invoice.amount_remaining);
  return covered(
    {
      ...invoice,
      amount_overpaid: invoice.amount_overpaid + amount - taken,
      amount_paid: invoice.amount_paid + taken,
      amount_remaining: invoice.amount_remaining - taken,
    },
    now,
  );
}

/** Money that a credit note says is not owed any more. */
export function withCredit(invoice: StoredInvoice, amount: number, now: number): StoredInvoice {
  return covered(
    {
      ...invoice,
      amount_due: invoice.amount_due - amount,
      amount_remaining: invoice.amount_remaining - amount,
    },
    now,
  );
}

/** An invoice with nothing remaining is paid. */
function covered(invoice: StoredInvoice, now: number): StoredInvoice {
  if (invoice.amount_remaining > 0 || invoice.status === 'paid') return invoice;
  return {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  };
}
