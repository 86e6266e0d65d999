import type { FieldChange } from './change.ts';
import type { StripeInvoice } from './invoice.ts';
import { formatMoney } from './money.ts';

/** "Amount Paid" of Amount_Paid__c, "Due date" of dueDate. */
export function fieldLabel(field: string): string {
  const words = field
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, (_, left: string, right: string) => `${left} ${right.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const SIDE = { stripe: 'Stripe', salesforce: 'Salesforce' } as const;

/** What a manual sync says it did, e.g. "Salesforce: Status Open → Paid." */
export function syncWords(changes: FieldChange[]): string {
  if (changes.length === 0) return 'Nothing differed: Salesforce and Stripe say the same.';
  const shown = changes.slice(0, 5).map((change) => `${SIDE[change.side]}: ${changeWords(change)}`);
  const rest = changes.length - shown.length;
  return `${shown.join('. ')}.${rest > 0 ? ` And ${rest} more.` : ''}`;
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
  return `${name} was sent${to}: ${formatMoney(invoice.amountRemaining, invoice.currency)} to pay${invoice.terms.dueDate ? `, due ${invoice.terms.dueDate}` : ''}.`;
}

function changeWords({ field, from, to }: FieldChange): string {
  const label = fieldLabel(field);
  if (from === null || from === undefined || from === '') return `${label} ${valueWords(to)}`;
  return `${label} ${valueWords(from)} → ${valueWords(to)}`;
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '(empty)';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
