import type { StripeInvoice } from './invoice.ts';
import { minimumCharge } from './minimumCharge.ts';
import { chargeStep, formatMoney } from './money.ts';

/** Why nobody can pay through a link any more, as far as we have seen to it. */
export type ClosingReason =
  | 'paid'
  | 'void'
  | 'uncollectible'
  /** Money is on its way already, as with a bank debit. */
  | 'processing'
  /** Another amount is left to pay than the link asks for. */
  | 'changed'
  /** The invoice was deleted in the org. */
  | 'gone'
  /** A person switched it off in Stripe, and then another one was asked for, or another amount was left to pay. */
  | 'switched_off'
  /** Another amount is left to pay, for which Stripe makes no link. */
  | 'refused';

/** Why a payment through a link, or a part of it, does not count for the invoice and is given back. */
export type UncountedReason = 'paid' | 'void' | 'uncollectible' | 'gone' | 'more_than_owed';

type Payable = Pick<StripeInvoice, 'status' | 'amountRemaining' | 'currency' | 'isPaymentProcessing'>;

/** Why a link has to be closed; null while it asks for what is left to pay. `invoice` is null once the org's is deleted. */
export function whyToClose(
  invoice: Payable | null,
  { amount, active }: { amount: number; active: boolean },
): ClosingReason | null {
  if (!invoice || invoice.status === 'draft') return 'gone';
  if (invoice.status !== 'open') return invoice.status;
  if (invoice.isPaymentProcessing) return 'processing';
  if (invoice.amountRemaining === amount) return null;
  return active ? 'changed' : 'switched_off';
}

/** Whether the customer is to get another link, which asks for what is left now. */
export const asksForAnother = (invoice: Payable, links: Pick<LinkState, 'closedWhy'>[]): boolean =>
  links.at(-1)?.closedWhy === 'changed' &&
  invoice.status === 'open' &&
  !invoice.isPaymentProcessing &&
  isChargeable(invoice);

/** Whether a card can be charged for what is left to pay. */
export const isChargeable = ({ amountRemaining, currency }: Pick<Payable, 'amountRemaining' | 'currency'>) =>
  amountRemaining > 0 &&
  amountRemaining >= minimumCharge(currency) &&
  amountRemaining % chargeStep(currency) === 0;

/** How much of a payment counts for the invoice as it is now, and why the rest does not. */
export function countedOf(
  invoice: Payable | null,
  payment: { amount: number; currency: string },
): { counted: number; why: UncountedReason | null } {
  if (!invoice || invoice.status === 'draft') return { counted: 0, why: 'gone' };
  if (invoice.status !== 'open') return { counted: 0, why: invoice.status };
  const counted =
    invoice.currency === payment.currency ? Math.min(payment.amount, invoice.amountRemaining) : 0;
  return { counted, why: counted < payment.amount ? 'more_than_owed' : null };
}

export interface ShownLink {
  status: 'Not Created' | 'Pending Payment' | 'Paid' | 'Deactivated' | 'Refund Failed';
  /** Only of a link through which somebody can pay. */
  url: string | null;
  /** What was paid through it and given back, in words. */
  note: string | null;
}

export interface LinkState {
  stripeId: string | null;
  url: string | null;
  active: boolean;
  closedWhy: ClosingReason | null;
}

export interface LinkPaymentState {
  amount: number;
  currency: string;
  /** ISO 8601, UTC. */
  paidAt: string;
  /** Minor units; null while nobody has decided. */
  counted: number | null;
  why: UncountedReason | null;
  /** Stripe's id of the refund, or why there is none. */
  givenBack: string | null;
  settled: boolean;
}

/** What the org's record says of its payment links. */
export function shownLink(links: LinkState[], payments: LinkPaymentState[]): ShownLink {
  const living = links.find(({ stripeId, active, closedWhy }) => stripeId && active && closedWhy === null);
  const notes = payments.filter(({ settled, why }) => settled && why !== null).map(noteOf);
  return {
    status: living ? 'Pending Payment' : closedStatus(links, payments),
    url: living?.url ?? null,
    note: notes.join(' ').slice(0, NOTE_LENGTH) || null,
  };
}

function closedStatus(links: LinkState[], payments: LinkPaymentState[]): ShownLink['status'] {
  const settled = payments.filter((payment) => payment.settled);
  if (settled.some((payment) => payment.why !== null && !isGivenBack(payment))) return 'Refund Failed';
  if (settled.some(({ counted }) => (counted ?? 0) > 0)) return 'Paid';
  return links.some(({ stripeId }) => stripeId !== null) ? 'Deactivated' : 'Not Created';
}

/** Whether something is left of what was paid through links: it counts for the invoice, or could not be refunded. */
export const isPaidThroughLink = (payments: LinkPaymentState[]): boolean =>
  payments.some((payment) => (payment.counted ?? 0) > 0 || !isGivenBack(payment));

/** Why a refund that Stripe has made did not reach the customer. */
export const NOT_TAKEN = "the customer's bank did not take it";

/** What does not count is with the customer again. */
export const isGivenBack = ({ givenBack }: Pick<LinkPaymentState, 'givenBack'>) =>
  givenBack?.startsWith('re_') === true;

const NOTE_LENGTH = 2000;

const BECAUSE: Record<UncountedReason, string> = {
  paid: 'the invoice was paid already',
  void: 'the invoice was void',
  uncollectible: 'the invoice was marked uncollectible',
  gone: 'the invoice was deleted',
  more_than_owed: 'that much was not left to pay',
};

const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

function noteOf({ amount, counted, currency, paidAt, why, givenBack }: LinkPaymentState): string {
  const paid = formatMoney(amount, currency);
  const back = formatMoney(amount - (counted ?? 0), currency);
  const what = counted ? `${back} of ${paid} that were` : `${paid} that were`;
  const on = `paid through the payment link on ${day.format(new Date(paidAt))}`;
  return isGivenBack({ givenBack })
    ? `${what} ${on} were refunded: ${BECAUSE[why!]}.`
    : `${what} ${on} do not count, because ${BECAUSE[why!]}, and could not be refunded by themselves${givenBack ? ` (${givenBack})` : ''}. Refund them by hand.`;
}
