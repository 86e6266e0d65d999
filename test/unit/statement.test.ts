import fc from 'fast-check';
import { addDays } from '../../sync/domain/civilDay.ts';
import { movementsOf, type InvoiceHistory } from '../../sync/domain/invoiceHistory.ts';
import { ageingBuckets, bucketOf, Ledger, type StatementSection } from '../../sync/domain/statement.ts';
import { periodOf } from '../../sync/domain/statementPeriod.ts';
import { balanceWords, madeWords } from '../../sync/domain/statementWords.ts';
import { invoiceHistory, note, START } from './invoiceHistories.ts';

const ZONE = 'America/New_York';
const FIRST = '2026-01-01';
const DAYS = 200;

const owed = (history: InvoiceHistory) => movementsOf(history).reduce((sum, { amount }) => sum + amount, 0);

/** An invoice as Stripe could tell of it, whatever happened to it. */
const history: fc.Arbitrary<InvoiceHistory> = fc
  .record({
    id: fc.integer({ min: 1, max: 99_999 }).map((id) => `in_${id}`),
    currency: fc.constantFrom('usd', 'jpy', 'bhd'),
    status: fc.constantFrom('open', 'paid', 'uncollectible', 'void' as const),
    total: fc.integer({ min: -5000, max: 100_000 }),
    applied: fc.integer({ min: 0, max: 5000 }),
    finalized: fc.integer({ min: 0, max: DAYS * 86_400 }),
    terms: fc.option(fc.integer({ min: 0, max: 60 })),
    wrote: fc.option(fc.integer({ min: 1, max: 40 * 86_400 })),
    parts: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 20_000 }), after: fc.nat(30 * 86_400) }), {
      maxLength: 4,
    }),
    notes: fc.array(
      fc.record({
        after: fc.nat(30 * 86_400),
        voidedAfter: fc.option(fc.nat(30 * 86_400)),
        lowered: fc.nat(2000),
        refunded: fc.nat(2000),
        toBalance: fc.nat(2000),
        outside: fc.nat(2000),
      }),
      { maxLength: 3 },
    ),
    refunds: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 900 }), after: fc.nat(90 * 86_400) }), {
      maxLength: 2,
    }),
  })
  .map(({ id, currency, status, total, applied, parts, notes, refunds, ...times }) => {
    const at = START + times.finalized;
    const payments = parts.map(({ amount, after }, index) => ({ id: `pi_${index}`, amount, at: at + after }));
    const creditNotes = notes.map(({ after, voidedAfter, ...one }, index) =>
      note({
        ...one,
        ...(voidedAfter !== null && { refunded: 0, toBalance: 0, outside: 0 }),
        id: `cn_${index}`,
        at: at + after,
        voidedAt: voidedAfter === null ? null : at + after + voidedAfter,
      }),
    );
    return {
      ...{ id, number: id, currency, status, total },
      amountDue: total - applied,
      amountRemaining: Math.max(0, total - applied),
      startingBalance: -applied,
      balanceApplied: applied,
      finalizedAt: at,
      dueAt: times.terms === null ? null : at + times.terms * 86_400,
      paidAt: at + 30 * 86_400,
      voidedAt: at + 60 * 86_400,
      uncollectibleAt:
        status === 'uncollectible' || times.wrote !== null ? at + (times.wrote ?? 86_400) : null,
      payments: status === 'void' ? [] : payments,
      creditNotes,
      refunds: refunds.map(({ amount, after }, index) => ({ id: `re_${index}`, amount, at: at + after })),
    } as InvoiceHistory;
  });

const histories = fc.uniqueArray(history, { maxLength: 12, selector: ({ id }) => id });
const period = (from: number, to: number) => {
  const days = { from: addDays(FIRST, from), to: addDays(FIRST, to) };
  const made = periodOf(days, { today: '2028-01-01', zone: ZONE });
  if (typeof made === 'string') throw new Error(made);
  return made;
};
const state = (invoices: InvoiceHistory[], from: number, to: number): StatementSection[] => {
  const ledger = new Ledger(period(from, to));
  for (const one of invoices) ledger.add(one);
  return ledger.sections();
};
const days = fc
  .tuple(fc.nat(DAYS), fc.nat(DAYS), fc.nat(DAYS))
  .map((three) => three.toSorted((one, other) => one - other) as [number, number, number]);
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

describe('the statement', () => {
  test('closes with what it opened with and all that moved, and its last row says so', () => {
    fc.assert(
      fc.property(histories, days, (invoices, [from, , to]) => {
        for (const { opening, rows, closing } of state(invoices, from, to)) {
          expect(closing).toBe(opening + sum(rows.map(({ amount }) => amount)));
          expect(rows.at(-1)?.balance ?? opening).toBe(closing);
          expect(rows.every(({ amount }) => amount !== 0)).toBe(true);
        }
      }),
    );
  });

  test('ages exactly what is owed at the end', () => {
    fc.assert(
      fc.property(histories, days, (invoices, [from, , to]) => {
        for (const { ageing, closing } of state(invoices, from, to))
          expect(sum(ageingBuckets.map((bucket) => ageing[bucket]))).toBe(closing);
      }),
    );
  });

  test('is in an order that does not depend on the one in which invoices were read', () => {
    fc.assert(
      fc.property(histories, days, fc.infiniteStream(fc.nat()), (invoices, [from, , to], places) => {
        const shuffled = invoices
          .map((invoice) => ({ invoice, place: places.next().value as number }))
          .sort((one, other) => one.place - other.place)
          .map(({ invoice }) => invoice);
        const rows = state(invoices, from, to);
        expect(state(shuffled, from, to)).toEqual(rows);
        for (const { rows: ordered } of rows)
          for (const [index, row] of ordered.entries())
            expect(row.at).toBeGreaterThanOrEqual(ordered[index - 1]?.at ?? 0);
      }),
    );
  });

  test('of a period in two parts says the same: the second opens with what the first closes with', () => {
    fc.assert(
      fc.property(histories, days, (invoices, [from, middle, to]) => {
        const whole = new Map(state(invoices, from, to + 1).map((one) => [one.currency, one]));
        const first = new Map(state(invoices, from, middle).map((one) => [one.currency, one]));
        const second = new Map(state(invoices, middle + 1, to + 1).map((one) => [one.currency, one]));
        for (const currency of ['usd', 'jpy', 'bhd']) {
          const [all, before, after] = [whole, first, second].map((part) => part.get(currency));
          expect(after?.opening ?? 0).toBe(before?.closing ?? 0);
          expect(after?.closing ?? 0).toBe(all?.closing ?? 0);
          expect([...(before?.rows ?? []), ...(after?.rows ?? [])]).toEqual(all?.rows ?? []);
        }
      }),
    );
  });

  test('owes in the end what remains of open invoices, and nothing of any other', () => {
    fc.assert(
      fc.property(history, (invoice) => {
        const remains = invoice.status === 'open' && invoice.uncollectibleAt === null;
        expect(owed(invoice)).toBe(remains ? invoice.amountRemaining : 0);
      }),
    );
  });

  test.each([
    [-3, 'current'],
    [0, 'current'],
    [1, 'days30'],
    [30, 'days30'],
    [31, 'days60'],
    [60, 'days60'],
    [61, 'days90'],
    [90, 'days90'],
    [91, 'older'],
  ])('puts what is %i days past due under %s', (late, bucket) => {
    expect(bucketOf(late)).toBe(bucket);
  });

  test('takes days as the account has them: what happens late in the evening is of that day', () => {
    // 23:30 of 31 January in New York.
    const at = Date.parse('2026-02-01T04:30:00Z') / 1000;
    const ledger = new Ledger(period(0, 30));
    ledger.add(invoiceHistory({ finalizedAt: at }));
    expect(ledger.sections()).toMatchObject([{ closing: 100, rows: [{ day: '2026-01-31' }] }]);
  });
});

describe('the period', () => {
  const asked = (given: { from?: string; to?: string }) =>
    periodOf(given, { today: '2026-03-31', zone: ZONE });

  test('is the last full month where none is named', () => {
    expect(asked({})).toMatchObject({ from: '2026-02-01', to: '2026-02-28' });
  });

  test('begins and ends with the days of the account, also where its clocks change', () => {
    expect(asked({ from: '2026-03-01', to: '2026-03-31' })).toMatchObject({
      begins: Date.parse('2026-03-01T05:00:00Z') / 1000,
      ends: Date.parse('2026-04-01T04:00:00Z') / 1000 - 1,
    });
  });

  test.each([
    [{ from: '2026-03-01' }, /both from and to/],
    [{ from: '2026-02-30', to: '2026-03-01' }, /"2026-02-30" is no day/],
    [{ from: '1.3.2026', to: '2026-03-01' }, /Write days as/],
    [{ from: '2026-03-02', to: '2026-03-01' }, /before it begins/],
    [{ from: '2026-03-01', to: '2026-04-02' }, /in the future.*it is 2026-03-31/],
    [{ from: '1999-01-01', to: '2026-04-02' }, /2011-01-01 at the earliest/],
  ])('says what is wrong with %j', (given, words) => {
    expect(asked(given)).toMatch(words);
  });
});

test('what is owed and past due is told with each currency as it is written', () => {
  const ledger = new Ledger(period(0, 100));
  ledger.add(invoiceHistory({ total: 1500, amountRemaining: 1500 }));
  ledger.add(
    invoiceHistory({ id: 'in_2', currency: 'jpy', total: 900, amountRemaining: 900, dueAt: START + 9e6 }),
  );
  const sections = ledger.sections(new Map([['usd', -250]]));
  expect(madeWords({ from: '2026-01-01', to: '2026-04-30' }, sections)).toBe(
    'The statement from 1 Jan 2026 to 30 Apr 2026 is stored: 900 JPY and 15.00 USD are owed at its end, 15.00 USD of it past due.',
  );
  expect(sections.map(balanceWords)).toEqual([null, expect.stringMatching(/^Credit balance: 2\.50 USD\./)]);
  expect(madeWords({ from: '2026-01-01', to: '2026-04-30' }, [])).toMatch(/Nothing was invoiced/);
});
