import type { FieldConflict } from './change.ts';
import { fieldLabel } from './fieldLabel.ts';
import type { CrmInvoice, InvoiceStatus } from './invoice.ts';
import { formatUnitAmount } from './money.ts';
import { isWholeLine, otherOfLine } from './otherValue.ts';
import { termText } from './termText.ts';

export interface ConflictContext {
  /** ISO 4217; absent for records without money. */
  currency?: string;
  /** Of an invoice. */
  status?: InvoiceStatus;
  /** The subscription that has made it, if one did. */
  subscriptionId?: string | null;
  /** What a line is called, by the org's id. */
  lineName?: (crmId: string) => string | undefined;
}

/** That of an invoice of which the engine keeps this snapshot (`crmSnapshot.ts`). */
export function contextOf(snapshot: unknown): ConflictContext {
  const known = snapshot as Partial<CrmInvoice> | null;
  if (!known) return {};
  const { currency, status, fields, lines = [] } = known;
  return {
    ...(currency && { currency }),
    ...(status && { status }),
    subscriptionId: (fields?.Stripe_Subscription_Id__c as string | null | undefined) ?? null,
    lineName: (crmId) => lines.find(({ id }) => id === crmId)?.terms.description,
  };
}

// Sync_Error__c holds 2,000 characters.
const LONGEST = 2000;
const LONGEST_VALUE = 80;

/** What the org's record says about conflicts: each field, both values, which one stayed, and what to do. */
export function conflictWords(conflicts: FieldConflict[], context: ConflictContext = {}): string | null {
  if (conflicts.length === 0) return null;
  const told = conflicts.map((conflict) => conflictSentence(conflict, context));
  const advice = [
    ...new Set(conflicts.map((conflict) => adviceFor(conflict, context))),
    'A sync by hand takes this note away.',
  ];
  const end = ` ${advice.join(' ')}`;
  let text = '';
  for (const [index, sentence] of told.entries()) {
    const more = ` And ${told.length - index} more.`;
    if (text.length + sentence.length + more.length + end.length + 1 > LONGEST) return `${text}${more}${end}`;
    text += text ? ` ${sentence}` : sentence;
  }
  return text + end;
}

/** One conflict in words, e.g. "Both sides changed Description: “A” of Salesforce stayed, “B” of Stripe was replaced." */
export function conflictSentence(conflict: FieldConflict, context: ConflictContext = {}): string {
  const { field, stripe, crm, winner } = conflict;
  const label = labelOf(field, context);
  const [ours, theirs] = [valueWords(field, crm, context), valueWords(field, stripe, context)];
  if (winner === 'salesforce')
    return `Both sides changed ${label}: ${ours} of Salesforce stayed, ${theirs} of Stripe was replaced.`;
  return isLostLine(conflict, context)
    ? `Both sides changed ${label}: ${theirs} of Stripe stayed, ${ours} of Salesforce was replaced.`
    : `${label} belongs to Stripe: ${theirs} of Stripe stayed, ${ours} of Salesforce was put back.`;
}

/** A line of a draft that Stripe deleted while somebody edited it in the org. */
const isLostLine = (conflict: FieldConflict, { status }: ConflictContext): boolean =>
  status === 'draft' &&
  conflict.winner === 'stripe' &&
  isWholeLine(conflict.field) &&
  otherOfLine(conflict) === 'line';

function adviceFor(conflict: FieldConflict, context: ConflictContext): string {
  const { field, stripe, winner } = conflict;
  if (isWholeLine(field) && (winner === 'salesforce' || isLostLine(conflict, context)))
    return otherOfLine(conflict) === 'line'
      ? 'Where the line should be there after all, choose Bring line back where the page offers it, or enter it again.'
      : 'Where the line should be deleted after all, choose Delete line where the page offers it, or delete it by hand.';
  if (winner === 'salesforce')
    return 'Where the value that was replaced is the right one, choose Use other value where the page offers it, or enter it again.';
  if (field === 'currency')
    return 'The currency of an invoice cannot be changed once Stripe has it: for another one, delete the draft, or void the invoice, and raise it anew in that currency.';
  if (field === 'account')
    return 'Stripe does not give an invoice to another customer: delete the draft, or void the invoice, and raise it anew for the other Account.';
  // Only what is charged automatically has none in Stripe.
  if (field === 'dueDate' && stripe === null) return 'What Stripe charges by itself has no due date.';
  return context.status === 'draft' && context.subscriptionId
    ? 'What a subscription bills is changed in Stripe, at the subscription.'
    : 'A finalized invoice cannot be changed: if it is wrong, revise it, or void it and raise a new one.';
}

function labelOf(field: string, { lineName }: ConflictContext): string {
  const [, lineId, part] = /^lines\.(\w+)(?:\.(\w+))?$/.exec(field) ?? [];
  if (!lineId) return fieldLabel(field);
  const name = lineName?.(lineId);
  const line = name ? `line “${shortened(name)}”` : 'a line';
  return part ? `${fieldLabel(part)} of ${line}` : line;
}

function valueWords(field: string, value: unknown, { currency }: ConflictContext): string {
  if (value === null || value === undefined || value === '') {
    return isWholeLine(field) ? 'the deletion' : 'the empty field';
  }
  if (field === 'customFields' || field === 'discount') {
    const text = termText(field, value, currency);
    return text === null ? 'the empty field' : `“${shortened(String(text))}”`;
  }
  if (field.endsWith('.unitAmount') && currency && typeof value !== 'object') {
    return formatUnitAmount(String(value), currency);
  }
  if (typeof value !== 'object') return `“${shortened(String(value))}”`;
  const line = value as { description?: string; quantity?: string; unitAmount?: string };
  if (line.quantity !== undefined && line.unitAmount !== undefined && currency) {
    return `“${shortened(line.description ?? '')}”, ${line.quantity} at ${formatUnitAmount(line.unitAmount, currency)},`;
  }
  return `“${shortened(
    Object.values(value)
      .filter((part) => part !== null)
      .join(', '),
  )}”`;
}

/** On one line: the org changes line ends, and the text must be the same when it is read again. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE - 1)}…` : line;
}
