import type { FieldChange, FieldConflict } from './change.ts';
import { conflictSentence } from './conflictWords.ts';
import { fieldLabel } from './fieldLabel.ts';
import type { StripeInvoice } from './invoice.ts';
import type { InvoiceAction } from './invoiceActions.ts';
import { formatMoney } from './money.ts';
import { creditedWords, recordedWords, refundedWords, type Moved } from './moneyWords.ts';
import { shownValue } from './shownValue.ts';

const SIDE = { stripe: 'Stripe', salesforce: 'Salesforce' } as const;

const MOST_SHOWN = 5;

interface Told {
  invoice: StripeInvoice;
  changes: FieldChange[];
  conflicts: FieldConflict[];
  moved?: Moved | undefined;
  /** Names of coupons that a copy could not get. */
  left?: string[] | undefined;
}

/** What a finished command says it did. */
export function commandWords(kind: InvoiceAction | 'raise' | 'sync', told: Told): string {
  const { invoice } = told;
  const name = invoice.number ?? invoice.id;
  switch (kind) {
    case 'raise':
      return raiseWords(invoice);
    case 'sync':
      return syncWords(told.changes, told.conflicts);
    case 'edit':
      return editWords(invoice, told.changes);
    case 'send':
      return sendWords(invoice);
    case 'finalize':
      return invoice.status === 'paid'
        ? paidAtOnce(invoice)
        : `${name} is final and was not mailed. ${toPay(invoice)}`;
    case 'resend':
      return `${name} was sent again${recipientOf(invoice)}. ${toPay(invoice)}`;
    case 'remind':
      return `The customer was reminded of ${name}${recipientOf(invoice)}. ${toPay(invoice)}`;
    case 'pay':
      return invoice.status === 'paid'
        ? `${name} is paid: ${formatMoney(invoice.amountPaid, invoice.currency)} from the card on file.`
        : `The card on file of ${name} is being charged. The record says so when it has succeeded or failed.`;
    case 'mark-paid':
      return `${name} is marked as paid outside Stripe. No card was charged.`;
    case 'record-payment':
      return recordedWords(invoice, told.moved);
    case 'refund':
      return refundedWords(invoice, told.moved);
    case 'credit':
      return creditedWords(invoice, told.moved);
    case 'create-payment-link':
      return invoice.status === 'open'
        ? `${name} has a payment link over ${formatMoney(invoice.amountRemaining, invoice.currency)}. Copy its address from the record and give it to the customer.`
        : `${name} is ${invoice.status} by now, so its payment link is closed again.`;
    case 'mark-uncollectible':
      return `${name} is marked uncollectible. The customer can still pay it.`;
    case 'void':
      return `${name} is void. Nothing is owed for it any more.`;
    case 'duplicate':
      return `A copy of ${name} is there as a new draft. ${leftWords(told.left)}Check its lines and its due date before you send it.`;
    case 'revise':
      return `${name} has a revision now, which is a draft. Edit it and send it: ${name} becomes void when the revision is final.`;
    case 'delete':
      return `${name} is deleted.`;
  }
}

const leftWords = (left: string[] = []): string =>
  left.length === 0
    ? ''
    : `It has no discount of ${left.map((name) => `"${name}"`).join(', ')}: Stripe gives that coupon to nobody any more. `;

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

function raiseWords(invoice: StripeInvoice): string {
  const lines = `${invoice.lines.length} ${invoice.lines.length === 1 ? 'line' : 'lines'}`;
  return `The draft is in Stripe: ${lines}, ${formatMoney(invoice.total, invoice.currency)}.`;
}

const editWords = ({ total, currency }: StripeInvoice, changes: FieldChange[]) =>
  changes.length > 0
    ? `The draft is changed on both sides, and comes to ${formatMoney(total, currency)}. ${changedWords(changes)}`
    : 'Nothing is changed: the draft says all of that already.';

function sendWords(invoice: StripeInvoice): string {
  const name = invoice.number ?? invoice.id;
  if (invoice.status === 'paid') {
    return paidAtOnce(invoice);
  }
  return `${name} was sent${recipientOf(invoice)}: ${toPay(invoice)}`;
}

const paidAtOnce = ({ number, id, total, currency }: StripeInvoice) =>
  `${number ?? id} was finalized and is paid at once: nothing was left to collect. ${formatMoney(total, currency)} in all.`;

const recipientOf = ({ customerEmail }: StripeInvoice) => (customerEmail ? ` to ${customerEmail}` : '');

/** "100.00 USD to pay, due Dec 24, 2026." */
const toPay = ({ amountRemaining, currency, terms: { dueDate } }: StripeInvoice) =>
  `${formatMoney(amountRemaining, currency)} to pay${dueDate ? `, due ${dayWords(dueDate)}` : ''}.`;

const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

/** "Dec 24, 2026" of 2026-12-24. */
const dayWords = (date: string) => day.format(new Date(`${date}T00:00:00Z`));

function changeWords({ field, from, to }: FieldChange): string {
  const label = fieldLabel(field);
  if (from === null || from === undefined || from === '') return `${label} ${shownValue(to)}`;
  return `${label} ${shownValue(from)} → ${shownValue(to)}`;
}
