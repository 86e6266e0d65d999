import type { HistoryNote, InvoiceHistory } from '../../sync/domain/invoiceHistory.ts';

/** Midnight of the first of January in New York. */
export const START = Date.parse('2026-01-01T05:00:00Z') / 1000;

/** An open invoice over 100, unless it is said otherwise. */
export const invoiceHistory = (given: Partial<InvoiceHistory>): InvoiceHistory => ({
  ...{ id: 'in_1', number: 'A-1', currency: 'usd', status: 'open', total: 100, amountDue: 100 },
  ...{
    amountRemaining: 100,
    startingBalance: 0,
    balanceApplied: 0,
    finalizedAt: START,
    dueAt: null,
    paidAt: null,
    voidedAt: null,
  },
  ...{ uncollectibleAt: null, payments: [], creditNotes: [], refunds: [] },
  ...given,
});

export const note = (given: Partial<HistoryNote>): HistoryNote => ({
  ...{ id: 'cn_1', number: 'A-1-CN-01', at: START + 10, voidedAt: null },
  ...{ lowered: 0, refunded: 0, toBalance: 0, outside: 0 },
  ...given,
});
