import type { FieldChange, FieldConflict } from './change.ts';
import { conflictSentence } from './conflictWords.ts';
import { fieldLabel } from './fieldLabel.ts';
import type { StripeInvoice } from './invoice.ts';
import { formatMoney } from './money.ts';
import { shownValue } from './shownValue.ts';

const SIDE = { stripe: 'Stripe', salesforce: 'Salesforce' } as const;

const MOST_SHOWN = 5;

/** What a manual sync says it did, e.g. "Stripe: Line quantity 3 → 5. Salesforce: Total 30 → 50, Status Open → Paid." */
export function syncWords(changes: FieldChange[], conflicts: FieldConflict[] = []): string {
  const lost = conflicts.map((conflict) => ` ${conflictSentence(conflict)}`).join('');
  return changedWords(changes) + lost;
}

function changedWords(changes: FieldChange[]): string {
  if (changes.length === 0) return 'Nothing differed: Salesforce and Stripe say the same.';
  const shown = changes.slice(0, MOST_SHOWN);
  const sides = (['stripe', 'salesforce'] as const).flatMap((side) => {
    const ofSide = shown.filter((change) => change.side === side).map(changeWords);
    return ofSide.length > 0 ? `${SIDE[side]}: ${ofSide.join(', ')}.` : [];
  });
  const rest = changes.length - shown.length;
  return `${sides.join(' ')}${rest > 0 ? ` And ${rest} more.` : ''}`;
}

export function raiseWords(invoice: StripeInvoice): string {
  const lines = `${invoice.lines.length} ${invoice.lines.length === 1 ? 'line' : 'lines'}`;
  return `The draft is in Stripe: ${lines}, ${formatMoney(invoice.total, invoice.currency)}.`;
}

export function sendWords(invoice: StripeInvoice): string {
  const name = invoice.number ?? invoice.id;
  if (invoice.status === 'paid') {
    return `${name} was finalized and is paid at once: nothing was left to collect. ${formatMoney(invoice.total, invoice.currency)} in all.`;
  }
  const to = invoice.customerEmail ? ` to ${invoice.customerEmail}` : '';
  return `${name} was sent${to}: ${formatMoney(invoice.amountRemaining, invoice.currency)} to pay${invoice.terms.dueDate ? `, due ${dayWords(invoice.terms.dueDate)}` : ''}.`;
}

const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

/** "Dec 24, 2026" of 2026-12-24. */
const dayWords = (date: string) => day.format(new Date(`${date}T00:00:00Z`));

function changeWords({ field, from, to }: FieldChange): string {
  const label = fieldLabel(field);
  if (from === null || from === undefined || from === '') return `${label} ${shownValue(to)}`;
  return `${label} ${shownValue(from)} → ${shownValue(to)}`;
}
