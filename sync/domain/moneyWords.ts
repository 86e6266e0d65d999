import type { StripeInvoice } from './invoice.ts';
import { formatMoney } from './money.ts';

/** What a command did with money, in minor units of the invoice's currency. */
export interface Moved {
  amount: number;
  /** Of a recorded payment: what was more than was owed. */
  over?: number;
  /** Of a refund: what can still be refunded of the same payment. */
  left?: number;
  /** Of a credit note. */
  credited?: { number: string; lowered: number; refund: number; balance: number; outside: number };
}

const nameOf = ({ number, id }: StripeInvoice) => number ?? id;

const NONE: Moved = { amount: 0 };

export function recordedWords(invoice: StripeInvoice, { amount, over = 0 }: Moved = NONE): string {
  const { status, currency, amountRemaining } = invoice;
  const left =
    status === 'paid' ? 'It is paid.' : `${formatMoney(amountRemaining, currency)} are left to pay.`;
  const credited =
    over > 0
      ? ` ${formatMoney(over, currency)} were more than was owed: they are on the customer's balance, for the next invoice.`
      : '';
  return `${formatMoney(amount, currency)} are recorded for ${nameOf(invoice)}. ${left}${credited}`;
}

export function refundedWords(invoice: StripeInvoice, { amount, left = 0 }: Moved = NONE): string {
  const { currency } = invoice;
  const rest =
    left > 0
      ? `${formatMoney(left, currency)} of the payment can still be refunded.`
      : 'Nothing is left of the payment.';
  return `${formatMoney(amount, currency)} of ${nameOf(invoice)} go back to the customer. ${rest}`;
}

export function creditedWords(invoice: StripeInvoice, { amount, credited }: Moved = NONE): string {
  const { currency } = invoice;
  const { number = '', lowered = 0, refund = 0, balance = 0, outside = 0 } = credited ?? {};
  const parts = [
    [lowered, 'less are owed'],
    [refund, 'go back to the customer'],
    [balance, "are on the customer's balance"],
    [outside, 'are given back outside Stripe'],
  ] as const;
  const said = parts
    .filter(([part]) => part > 0)
    .map(([part, words]) => `${formatMoney(part, currency)} ${words}`);
  return `Credit note ${number} over ${formatMoney(amount, currency)} is issued for ${nameOf(invoice)}: ${said.join(', ')}.`;
}
