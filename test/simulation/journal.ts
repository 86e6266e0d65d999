import type { LineField, Side } from './history.ts';

export type FieldValue = string | number;

export interface Edit {
  side: Side;
  value: FieldValue;
}

/** What people did to one invoice, as far as the systems took it: from this follows how it has to end. */
export interface Journal {
  crmId: string;
  /** In the order they were made; the key is `description`, `dueDate` or that of a line's field. */
  edits: Map<string, Edit[]>;
  /** Lines that were in the invoice or were added; the key is the org's id, or Stripe's for one made there. */
  lines: Map<string, { addedBy: Side; deletedBy: Set<Side> }>;
  /** Edits on both sides while nobody could look: the engine has to see that both changed. */
  contests: { key: string; crm: FieldValue; stripe: FieldValue }[];
  /** Presses of Send that the org was told had worked. */
  sends: number;
}

export const lineKey = (line: string, field: LineField) => `${line}/${field}`;

export function newJournal(crmId: string, lineIds: string[]): Journal {
  return {
    crmId,
    edits: new Map(),
    lines: new Map(lineIds.map((id) => [id, { addedBy: 'salesforce', deletedBy: new Set() }])),
    contests: [],
    sends: 0,
  };
}

export function noteEdit(journal: Journal, key: string, edit: Edit): void {
  journal.edits.set(key, [...(journal.edits.get(key) ?? []), edit]);
}

export function noteDeletion(journal: Journal, line: string, side: Side): void {
  const known = journal.lines.get(line);
  if (known) known.deletedBy.add(side);
  else journal.lines.set(line, { addedBy: side, deletedBy: new Set([side]) });
}
