import { invoiceActions, possibleActions, type ActionFacts } from '../../sync/domain/invoiceActions.ts';
import cases from './actionCases.json' with { type: 'json' };

// The page's own rules are held to the same file in lwc/actionRules.
const possible: Record<string, string[]> = cases.possible;
const ORDINARY = {
  amountPaid: 0,
  amountRemaining: 1000,
  currency: 'usd',
  isPaymentProcessing: false,
  sentAt: null,
  subscriptionId: null,
  hasPaymentLink: false,
  isPaidThroughLink: false,
};

test.each(Object.entries(cases.states))('what is possible with an invoice that is: %s', (state, facts) => {
  const invoice = { name: 'A-1', hasLines: true, ...ORDINARY, ...facts } as ActionFacts;
  expect(possibleActions(invoice)).toEqual(
    invoiceActions.filter((action) => possible[action]?.includes(state)),
  );
});

test('every action has its cases', () => {
  expect(Object.keys(possible).sort()).toEqual([...invoiceActions].sort());
});
