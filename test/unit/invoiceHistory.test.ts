import { movementsOf, type InvoiceHistory } from '../../sync/domain/invoiceHistory.ts';
import { invoiceHistory, note, START } from './invoiceHistories.ts';

const told = (history: InvoiceHistory) => movementsOf(history).map(({ kind, amount }) => [kind, amount]);
const owed = (history: InvoiceHistory) => movementsOf(history).reduce((sum, { amount }) => sum + amount, 0);

describe('what moves on an invoice', () => {
  test('an open invoice of which a part is paid', () => {
    const payments = [{ id: 'pi_1', amount: 30, at: START + 60 }];
    const history = invoiceHistory({ amountRemaining: 70, payments });
    expect(told(history)).toEqual([
      ['invoice', 100],
      ['payment', -30],
    ]);
  });

  test('the balance takes a part over, or all of it, or collects its debt with it', () => {
    const credit = { startingBalance: -200 };
    expect(told(invoiceHistory({ ...credit, amountDue: 60, amountRemaining: 60 }))).toEqual([
      ['invoice', 100],
      ['balance-used', -40],
    ]);
    const all = invoiceHistory({
      ...credit,
      status: 'paid',
      amountDue: 0,
      amountRemaining: 0,
      paidAt: START,
    });
    expect(told(all)).toEqual([
      ['invoice', 100],
      ['balance-used', -100],
    ]);
    expect(told(invoiceHistory({ startingBalance: 5, amountDue: 105, amountRemaining: 105 }))).toEqual([
      ['invoice', 100],
      ['balance-collected', 5],
    ]);
  });

  test('what is too small to be charged is carried over, and an invoice that gives credit keeps it', () => {
    const paid = { status: 'paid', amountDue: 0, amountRemaining: 0, paidAt: START } as const;
    expect(told(invoiceHistory({ ...paid, total: 30 }))).toEqual([
      ['invoice', 30],
      ['carried', -30],
    ]);
    expect(told(invoiceHistory({ ...paid, total: -80 }))).toEqual([
      ['invoice', -80],
      ['balance-kept', 80],
    ]);
  });

  test('one that is marked as paid, and one that is overpaid', () => {
    const paid = invoiceHistory({ status: 'paid', amountRemaining: 0, paidAt: START + 9 });
    expect(told(paid)).toEqual([
      ['invoice', 100],
      ['marked-paid', -100],
    ]);
    const payments = [{ id: 'pr_1', amount: 130, at: START + 9 }];
    expect(told({ ...paid, payments })).toEqual([
      ['invoice', 100],
      ['payment', -130],
      ['overpaid', 30],
    ]);
  });

  test('credit notes lower what is owed, and what was paid goes back', () => {
    const creditNotes = [note({ lowered: 20, at: START + 5 })];
    expect(told(invoiceHistory({ amountDue: 80, amountRemaining: 80, creditNotes }))).toEqual([
      ['invoice', 100],
      ['credit-note', -20],
    ]);
    const later = [note({ refunded: 5, toBalance: 10, outside: 15, at: START + 20 })];
    const payments = [{ id: 'pi_1', amount: 100, at: START + 9 }];
    const paid = invoiceHistory({ status: 'paid', amountRemaining: 0, payments, creditNotes: later });
    expect(told(paid)).toEqual([
      ['invoice', 100],
      ['payment', -100],
      ['credit-note', -30],
      ['note-refund', 5],
      ['note-balance', 10],
      ['note-outside', 15],
    ]);
  });

  test('a credit note that is voided is owed again', () => {
    const creditNotes = [note({ lowered: 20, voidedAt: START + 99 })];
    expect(told(invoiceHistory({ creditNotes }))).toEqual([
      ['invoice', 100],
      ['credit-note', -20],
      ['note-void', 20],
    ]);
  });

  test('a refund without a credit note leaves nothing to be paid again', () => {
    const payments = [{ id: 'pi_1', amount: 100, at: START + 9 }];
    const refunds = [{ id: 're_1', amount: 25, at: START + 20 }];
    const paid = invoiceHistory({ status: 'paid', amountRemaining: 0, payments, refunds });
    expect(told(paid).slice(2)).toEqual([
      ['refund', 25],
      ['refund-allowed', -25],
    ]);
    expect(owed(paid)).toBe(0);
  });

  test('a void invoice gives back what the balance had taken over', () => {
    const history = invoiceHistory({
      ...{ status: 'void', startingBalance: -40, balanceApplied: 40, amountDue: 60 },
      voidedAt: START + 9,
    });
    expect(told(history)).toEqual([
      ['invoice', 100],
      ['balance-used', -40],
      ['void', -100],
      ['balance-returned', 40],
    ]);
  });

  test('what is written off is not owed, and who pays it all the same has it taken back', () => {
    const off = invoiceHistory({ status: 'uncollectible', uncollectibleAt: START + 50 });
    expect(told(off)).toEqual([
      ['invoice', 100],
      ['write-off', -100],
    ]);
    const payments = [{ id: 'pi_1', amount: 100, at: START + 90 }];
    expect(told({ ...off, status: 'paid', amountRemaining: 0, payments, paidAt: START + 90 })).toEqual([
      ['invoice', 100],
      ['write-off', -100],
      ['write-off-reversed', 100],
      ['payment', -100],
    ]);
    expect(told({ ...off, status: 'void', voidedAt: START + 90 })).toEqual([
      ['invoice', 100],
      ['write-off', -100],
    ]);
  });
});
