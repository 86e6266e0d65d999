import type { Side } from './history.ts';

export type FieldValue = string | number;
export type JournaledEntity = 'customer' | 'product' | 'invoice' | 'price';

export interface Edit {
  side: Side;
  value: FieldValue;
  /** What that side showed just before: whoever saw a value may replace it. */
  before: unknown;
  /** When the system had taken it, in ms. */
  at: number;
}

/** What people did to one record, as far as the systems took it: from this follows how it has to end. */
export interface Journal {
  entity: JournaledEntity;
  /** Null for an invoice that was made in Stripe, until it is in the org. */
  crmId: string | null;
  stripeId: string | null;
  /** In the order they were made; the key is the field, of a line `line/field`. */
  edits: Map<string, Edit[]>;
  /** Edits on both sides while nobody could look: the engine has to see that both changed. */
  contests: { key: string; salesforce: FieldValue; stripe: FieldValue }[];
}

export interface InvoiceJournal extends Journal {
  /** Lines that were in the invoice or were added; the key is the org's id, or Stripe's for one made there. */
  lines: Map<string, { addedBy: Side; deletedBy: Set<Side> }>;
  /** The journal's key of an org's line that was made in Stripe. */
  aliases: Map<string, string>;
  /** What lines said when somebody deleted them, by the key of the field: whoever saw a value may do away with it. */
  seenDeleting: Map<string, { side: Side; value: unknown }[]>;
  /** Whether somebody deleted the whole invoice, which then was a draft. */
  deleted: boolean;
  /** Presses of Send, and those of which the org was told that they had worked. */
  pressed: number;
  sends: number;
}

export const lineKey = (line: string, field: string) => `${line}/${field}`;

export function newJournal(entity: JournaledEntity, crmId: string): Journal {
  return { entity, crmId, stripeId: null, edits: new Map(), contests: [] };
}

export function newInvoiceJournal(
  ids: { crmId: string } | { stripeId: string },
  lineIds: string[],
): InvoiceJournal {
  const addedBy: Side = 'crmId' in ids ? 'salesforce' : 'stripe';
  return {
    entity: 'invoice',
    crmId: 'crmId' in ids ? ids.crmId : null,
    stripeId: 'stripeId' in ids ? ids.stripeId : null,
    edits: new Map(),
    contests: [],
    lines: new Map(lineIds.map((id) => [id, { addedBy, deletedBy: new Set() }])),
    aliases: new Map(),
    seenDeleting: new Map(),
    deleted: false,
    pressed: 0,
    sends: 0,
  };
}

export function noteEdit(journal: Journal, key: string, edit: Edit): void {
  journal.edits.set(key, [...(journal.edits.get(key) ?? []), edit]);
}

export function noteDeletion(journal: InvoiceJournal, line: string, side: Side): void {
  const known = journal.lines.get(line);
  if (known) known.deletedBy.add(side);
  else journal.lines.set(line, { addedBy: side, deletedBy: new Set([side]) });
}
