const inStates =
  (...states) =>
  ({ status }) =>
    states.includes(status);
const collectable = (facts) => inStates('open', 'uncollectible')(facts) && !facts.isPaymentProcessing;
const unpaid = (facts) => collectable(facts) && !(facts.amountPaid > 0);

/** When an action is worth offering. The middleware decides again, by the same cases, and says why when it refuses. */
const RULES = {
  finalize: (facts) => facts.status === 'draft' && facts.hasLines !== false,
  resend: (facts) => facts.status === 'open' && Boolean(facts.sentAt),
  remind: (facts) => facts.status === 'open' && Boolean(facts.sentAt) && !facts.isPaymentProcessing,
  pay: collectable,
  'mark-paid': collectable,
  'record-payment': (facts) => facts.status === 'open' && !facts.isPaymentProcessing,
  refund: (facts) =>
    inStates('open', 'paid', 'uncollectible', 'void')(facts) &&
    (facts.amountPaid > 0 || Boolean(facts.isPaidThroughLink)),
  credit: (facts) => inStates('open', 'paid', 'uncollectible')(facts) && !facts.isPaymentProcessing,
  'create-payment-link': (facts) =>
    facts.status === 'open' && !facts.isPaymentProcessing && !facts.subscriptionId && !facts.hasPaymentLink,
  'mark-uncollectible': (facts) => facts.status === 'open' && !facts.isPaymentProcessing,
  void: unpaid,
  revise: (facts) => unpaid(facts) && !facts.subscriptionId,
  duplicate: inStates('draft', 'open', 'paid', 'uncollectible', 'void'),
  delete: (facts) => facts.status === 'draft' && !facts.subscriptionId,
};

/** The actions with a rule, for the tests. */
export const ruledActions = Object.keys(RULES);

/**
 * Whether to offer an action for an invoice in this state: status in lower case, amountPaid, isPaymentProcessing, sentAt,
 * subscriptionId, hasPaymentLink, isPaidThroughLink and, where they are known, hasLines.
 */
export const isPossible = (action, facts) => Boolean(RULES[action]?.(facts));
