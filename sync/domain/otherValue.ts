import type { FieldConflict } from './change.ts';
import type { SyncEntity } from './entity.ts';
import type { InvoiceStatus, InvoiceTerms } from './invoice.ts';

/** What of the other side a person can still have: a value, a line that was deleted, or the deletion of one that stayed. */
export type OtherValue = 'value' | 'line' | 'deletion';

/** The terms of an invoice that a decision can write into the org's record, with their fields there. */
export const DECIDABLE_TERMS: Partial<Record<keyof InvoiceTerms, string[]>> = {
  description: ['Description__c'],
  dueDate: ['Due_Date__c'],
  footer: ['Footer__c'],
  customFields: ['Custom_Fields__c'],
  discount: ['Discount_Percent__c', 'Discount_Amount__c'],
};

const DECIDABLE_OF_LINE = ['description', 'unitAmount', 'quantity'];

export const isWholeLine = (field: string): boolean => /^lines\.\w+$/.test(field);

/** What the page may offer for a conflict; null where a press cannot decide it. */
export function otherOf(
  conflict: FieldConflict,
  { entity, status }: { entity: SyncEntity; status?: InvoiceStatus | undefined },
): OtherValue | null {
  if (entity === 'invoice' && status !== undefined && status !== 'draft') return null;
  if (entity === 'invoice' && isWholeLine(conflict.field)) return otherOfLine(conflict);
  return conflict.winner === 'salesforce' && isDecidable(entity, conflict.field) ? 'value' : null;
}

/** The same of a whole line. What Stripe keeps of one, such as what a subscription bills, is Stripe's; what it has not kept can be had again. */
export function otherOfLine({ stripe, crm, winner }: FieldConflict): 'line' | 'deletion' | null {
  if (winner === 'stripe') return stripe === null && crm !== null ? 'line' : null;
  return stripe === null ? 'deletion' : 'line';
}

function isDecidable(entity: SyncEntity, field: string): boolean {
  if (entity === 'customer' || entity === 'product') return true;
  const [, part] = /^lines\.\w+\.(\w+)$/.exec(field) ?? [];
  return entity === 'invoice' && (part ? DECIDABLE_OF_LINE.includes(part) : field in DECIDABLE_TERMS);
}
