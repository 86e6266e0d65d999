import type { InvoiceStatus, StripeInvoice } from './invoice.ts';
import { minimumCharge } from './minimumCharge.ts';
import { formatMoney } from './money.ts';
import { isChargeable } from './paymentLink.ts';

/** What people can have done to an invoice that is in Stripe, whoever asks: the API, a button, Slack. */
export const invoiceActions = [
  'edit',
  'send',
  'finalize',
  'resend',
  'remind',
  'pay',
  'mark-paid',
  'record-payment',
  'refund',
  'credit',
  'create-payment-link',
  'mark-uncollectible',
  'void',
  'revise',
  'duplicate',
  'delete',
] as const;

export type InvoiceAction = (typeof invoiceActions)[number];

/** What decides about actions. */
export type ActionFacts = Pick<
  StripeInvoice,
  'status' | 'subscriptionId' | 'amountPaid' | 'amountRemaining' | 'currency' | 'isPaymentProcessing'
> & {
  /** For people: its number, or the org's name of it. */
  name: string;
  hasLines: boolean;
  /** Whether Stripe charges a card or account on file; left out where that is not known. */
  chargesAutomatically?: boolean;
  /** ISO 8601; when Stripe mailed it first, if it did. */
  sentAt: string | null;
  /** Whether there is a payment link through which somebody can pay. */
  hasPaymentLink: boolean;
  /** Whether something was paid through a link and is not given back, also if it does not count for the invoice. */
  isPaidThroughLink: boolean;
};

/** Why an action is not possible now, with the next step. */
export interface Refusal {
  code:
    | 'wrong_state'
    | 'no_lines'
    | 'already_sent'
    | 'of_subscription'
    | 'partly_paid'
    | 'revised'
    | 'nothing_to_refund'
    | 'link_exists'
    | 'too_small';
  message: string;
}

interface Rule {
  /** The statuses in which the action is possible at all. */
  in: readonly InvoiceStatus[];
  /** What to do in the other statuses; without a line nothing is left to do. */
  instead: Partial<Record<InvoiceStatus, string>>;
  /** What else stands in its way. */
  unless?: (facts: ActionFacts) => Refusal | null;
}

const SEND_FIRST = 'Finalize it or send it to the customer first.';
const NEW_INVOICE = 'Raise a new invoice instead.';
const CREDIT_INSTEAD = 'Issue a credit note instead.';

const RULES: Record<InvoiceAction, Rule> = {
  edit: {
    in: ['draft'],
    instead: {
      open: 'Revise it instead.',
      uncollectible: 'Revise it instead.',
      paid: CREDIT_INSTEAD,
      void: NEW_INVOICE,
    },
  },
  delete: {
    in: ['draft'],
    instead: { open: 'Void it instead.', uncollectible: 'Void it instead.', paid: CREDIT_INSTEAD },
    unless: (facts) =>
      facts.subscriptionId
        ? refusal('of_subscription', facts, 'belongs to a subscription. Finalize it and void it instead.')
        : null,
  },
  finalize: { in: ['draft'], instead: {}, unless: withoutLines },
  send: {
    in: ['draft', 'open'],
    instead: {
      paid: 'There is nothing left to send.',
      uncollectible: 'Mark it as paid, or void it.',
      void: NEW_INVOICE,
    },
    unless: (facts) => withoutLines(facts) ?? alreadySent(facts),
  },
  resend: {
    in: ['open'],
    instead: {
      draft: 'Send it to the customer first.',
      paid: 'There is nothing left to send.',
      uncollectible: 'Mark it as paid, or void it.',
      void: NEW_INVOICE,
    },
    unless: (facts) =>
      facts.sentAt ? null : refusal('wrong_state', facts, 'was not sent yet. Use Send To Customer.'),
  },
  remind: {
    in: ['open'],
    instead: {
      draft: 'Send it to the customer first.',
      paid: 'There is nothing left to collect.',
      uncollectible: 'Mark it as paid, or void it.',
      void: NEW_INVOICE,
    },
    unless: (facts) =>
      processing(facts) ??
      (facts.chargesAutomatically
        ? refusal('wrong_state', facts, 'is charged by itself. Stripe tells the customer when that fails.')
        : facts.sentAt
          ? null
          : refusal('wrong_state', facts, 'was not sent yet. Use Send To Customer.')),
  },
  pay: {
    in: ['open', 'uncollectible'],
    instead: { draft: SEND_FIRST, void: NEW_INVOICE },
    unless: processing,
  },
  'mark-paid': {
    in: ['open', 'uncollectible'],
    instead: { draft: SEND_FIRST, void: NEW_INVOICE },
    unless: processing,
  },
  'record-payment': {
    in: ['open'],
    instead: { draft: SEND_FIRST, uncollectible: 'Mark it as paid, or void it.', void: NEW_INVOICE },
    unless: processing,
  },
  refund: {
    in: ['open', 'paid', 'uncollectible', 'void'],
    instead: { draft: 'Nothing was paid for it yet.' },
    unless: (facts) =>
      facts.amountPaid > 0 || facts.isPaidThroughLink
        ? null
        : refusal('nothing_to_refund', facts, 'has no payment that could be refunded.'),
  },
  credit: {
    in: ['open', 'paid', 'uncollectible'],
    instead: { draft: 'Change the draft instead.', void: 'Nothing is owed for it.' },
    unless: processing,
  },
  'create-payment-link': {
    in: ['open'],
    instead: {
      draft: SEND_FIRST,
      paid: 'There is nothing left to pay.',
      uncollectible: 'Mark it as paid, or void it.',
      void: NEW_INVOICE,
    },
    unless: (facts) => collectedByStripe(facts) ?? processing(facts) ?? linkExists(facts) ?? tooSmall(facts),
  },
  'mark-uncollectible': {
    in: ['open'],
    instead: { draft: 'Delete the draft instead.', paid: 'It needs no collecting.' },
    unless: processing,
  },
  void: {
    in: ['open', 'uncollectible'],
    instead: { draft: 'Delete the draft instead.', paid: CREDIT_INSTEAD },
    unless: (facts) => processing(facts) ?? partlyPaid(facts),
  },
  duplicate: { in: ['draft', 'open', 'paid', 'uncollectible', 'void'], instead: {} },
  revise: {
    in: ['open', 'uncollectible'],
    instead: { draft: 'Edit the draft itself.', paid: CREDIT_INSTEAD, void: NEW_INVOICE },
    unless: (facts) => ofSubscription(facts) ?? processing(facts) ?? partlyPaid(facts),
  },
};

const IS: Record<InvoiceStatus, string> = {
  draft: 'is still a draft.',
  open: 'is finalized.',
  paid: 'is paid.',
  uncollectible: 'is marked uncollectible.',
  void: 'is void.',
};

/** Why the action is refused now; null when it is possible. What Stripe itself refuses beyond that, Stripe says. */
export function refusalOf(action: InvoiceAction, facts: ActionFacts): Refusal | null {
  const rule = RULES[action];
  if (rule.in.includes(facts.status)) return rule.unless?.(facts) ?? null;
  const instead = rule.instead[facts.status];
  return refusal('wrong_state', facts, `${IS[facts.status]}${instead ? ` ${instead}` : ''}`);
}

/** The actions to offer for an invoice as it is now. */
export const possibleActions = (facts: ActionFacts): InvoiceAction[] =>
  invoiceActions.filter((action) => refusalOf(action, facts) === null);

function refusal(code: Refusal['code'], { name }: ActionFacts, words: string): Refusal {
  return { code, message: `${name} ${words}` };
}

function withoutLines(facts: ActionFacts): Refusal | null {
  return facts.hasLines ? null : refusal('no_lines', facts, 'has no lines. Add at least one product first.');
}

function alreadySent(facts: ActionFacts): Refusal | null {
  if (facts.status !== 'open' || !facts.sentAt) return null;
  const at = facts.sentAt.slice(0, 16).replace('T', ' at ');
  return refusal('already_sent', facts, `was sent on ${at} UTC. It was not sent again.`);
}

function ofSubscription(facts: ActionFacts): Refusal | null {
  return facts.subscriptionId
    ? refusal(
        'of_subscription',
        facts,
        'belongs to a subscription. Change the subscription, or void this invoice.',
      )
    : null;
}

function collectedByStripe(facts: ActionFacts): Refusal | null {
  return facts.subscriptionId
    ? refusal(
        'of_subscription',
        facts,
        'belongs to a subscription, whose payments Stripe collects itself. Give the customer the link to its hosted page.',
      )
    : null;
}

function linkExists(facts: ActionFacts): Refusal | null {
  return facts.hasPaymentLink
    ? refusal('link_exists', facts, 'has a payment link already. Copy its address from the record.')
    : null;
}

function tooSmall(facts: ActionFacts): Refusal | null {
  if (isChargeable(facts)) return null;
  const least = formatMoney(minimumCharge(facts.currency), facts.currency);
  const left = formatMoney(facts.amountRemaining, facts.currency);
  return refusal(
    'too_small',
    facts,
    facts.amountRemaining < minimumCharge(facts.currency)
      ? `has ${left} left to pay, and a card can be charged ${least} at the least. Record a payment from outside instead.`
      : `has ${left} left to pay, which is no amount that a card can be charged. Record a payment from outside instead.`,
  );
}

function processing(facts: ActionFacts): Refusal | null {
  return facts.isPaymentProcessing
    ? refusal('wrong_state', facts, 'has a payment under way. Wait until it has succeeded or failed.')
    : null;
}

function partlyPaid(facts: ActionFacts): Refusal | null {
  return facts.amountPaid > 0 ? refusal('partly_paid', facts, `is partly paid. ${CREDIT_INSTEAD}`) : null;
}
