import type { Movement, MovementKind } from './invoiceHistory.ts';
import { formatMoney } from './money.ts';
import type { AgeingBucket, StatementSection } from './statement.ts';

const WORDS: Record<MovementKind, string> = {
  invoice: 'Invoice',
  'balance-used': 'Credit balance used',
  'balance-collected': 'Balance brought forward',
  'balance-kept': 'Kept as credit balance',
  carried: 'Carried to the next invoice',
  payment: 'Payment',
  'marked-paid': 'Payment outside Stripe',
  overpaid: 'Overpaid, kept as credit balance',
  'credit-note': 'Credit note',
  'note-refund': 'Refund of the credit note',
  'note-balance': 'Kept as credit balance',
  'note-outside': 'Paid back outside Stripe',
  'note-void': 'Credit note voided',
  refund: 'Refund',
  'refund-allowed': 'Allowed for the refund',
  'write-off': 'Written off',
  'write-off-reversed': 'Write-off taken back',
  void: 'Invoice voided',
  'balance-returned': 'Credit balance given back',
};

/** Details: what else is known, e.g. how it was paid. */
export function rowWords({ kind, amount }: Movement, details: string | undefined): string {
  if (kind === 'balance-returned' && amount < 0) return 'Balance no longer collected';
  if (kind === 'invoice' && amount < 0) return 'Invoice with a credit';
  return details ? `${WORDS[kind]}, ${details}` : WORDS[kind];
}

export const AGEING_WORDS: Record<AgeingBucket, string> = {
  current: 'Not due',
  days30: '1-30 days',
  days60: '31-60 days',
  days90: '61-90 days',
  older: 'Over 90 days',
};

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** "31 Oct 2026". */
export function longDay(day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${date} ${MONTHS[month! - 1]} ${year}`;
}

/** What stands beside what is owed; null where there is nothing. */
export function balanceWords({ customerBalance, currency }: StatementSection): string | null {
  const amount = formatMoney(Math.abs(customerBalance), currency);
  if (customerBalance < 0)
    return `Credit balance: ${amount}. It is not in the figures above, and is used for the next invoice.`;
  return customerBalance > 0
    ? `Carried to the next invoice: ${amount}. It is not in the figures above.`
    : null;
}

/** For whoever pressed the button. */
export function madeWords({ from, to }: { from: string; to: string }, sections: StatementSection[]): string {
  const of = `the statement from ${longDay(from)} to ${longDay(to)}`;
  if (sections.length === 0) return `${capital(of)} is stored. Nothing was invoiced until then.`;
  const owed = sections.filter(({ closing }) => closing !== 0);
  const closing = owed.length
    ? `${owed.map((one) => formatMoney(one.closing, one.currency)).join(' and ')} ${owed.length === 1 ? 'is' : 'are'} owed at its end`
    : 'nothing is owed at its end';
  const overdue = sections.flatMap(({ closing: all, ageing, currency }) =>
    all - ageing.current > 0 ? formatMoney(all - ageing.current, currency) : [],
  );
  return `${capital(of)} is stored: ${closing}${overdue.length ? `, ${overdue.join(' and ')} of it past due` : ''}.`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
