import type { PaymentFacts, PaymentState } from '../../sync/domain/paymentState.ts';

export const NOW = '2026-11-21T12:00:00.000Z';
const PAST = '2026-11-20T23:59:59.000Z';
const FUTURE = '2026-11-21T23:59:59.000Z';

const CASES: [PaymentState, Partial<PaymentFacts>][] = [
  ['Draft', { status: 'draft' }],
  ['Draft', { status: 'draft', dueAt: PAST }],
  ['Unpaid', { status: 'open' }],
  ['Unpaid', { status: 'open', dueAt: FUTURE }],
  ['Partially Paid', { status: 'open', amountPaid: 500 }],
  ['Partially Paid', { status: 'open', amountPaid: 500, dueAt: FUTURE }],
  ['Past Due', { status: 'open', dueAt: PAST }],
  ['Past Due', { status: 'open', dueAt: PAST, amountPaid: 500 }],
  ['Past Due', { status: 'open', dueAt: PAST, nextRetryAt: FUTURE }],
  ['Retrying', { status: 'open', nextRetryAt: FUTURE }],
  ['Retrying', { status: 'open', nextRetryAt: FUTURE, amountPaid: 500 }],
  ['Payment Processing', { status: 'open', isPaymentProcessing: true }],
  ['Payment Processing', { status: 'open', isPaymentProcessing: true, dueAt: PAST, amountPaid: 500 }],
  ['Paid', { status: 'paid' }],
  ['Paid', { status: 'paid', amountPaid: 1000, dueAt: PAST }],
  ['Partially Refunded', { status: 'paid', amountPaid: 1000, amountRefunded: 999 }],
  ['Refunded', { status: 'paid', amountPaid: 1000, amountRefunded: 1000 }],
  ['Uncollectible', { status: 'uncollectible', amountPaid: 500, dueAt: PAST }],
  ['Void', { status: 'void', dueAt: PAST }],
];

/** What the state is in each case; the engine and the org's formula are held to the same table. */
export const paymentStates = CASES.map(([state, facts]) => ({
  state,
  facts: {
    status: 'open',
    amountPaid: 0,
    amountRefunded: 0,
    dueAt: null,
    nextRetryAt: null,
    isPaymentProcessing: false,
    ...facts,
  } satisfies PaymentFacts,
}));
