import type { FieldConflict } from './change.ts';
import type { CrmInvoice, CrmLine, LineTerms } from './invoice.ts';
import { same } from './merge.ts';
import { fieldKey, type ToldValues } from './overwritten.ts';
import { editedTerms } from './restoreOverwritten.ts';

/** A line of the org that we have deleted, as we had read it. */
export interface DeletedLine extends CrmLine {
  /** ISO 8601. */
  deletedAt: string;
}

// How long an event of the org may be under way.
const LATE_MS = 60 * 60_000;

/**
 * Lines that we have lately deleted in the org stay in the snapshot of their invoice: the change stream may still tell that
 * somebody had edited one between our read and its deletion.
 */
export const deletedLines = (snapshot: unknown, now: string): DeletedLine[] =>
  ((snapshot as { lines?: CrmLine[] } | null)?.lines ?? []).filter(
    (line): line is DeletedLine =>
      'deletedAt' in line && Date.parse(now) - Date.parse(String(line.deletedAt)) < LATE_MS,
  );

/** The same once these lines of the org's invoice have been deleted, too. */
export function withDeletions(
  snapshot: unknown,
  { crm, ids, now }: { crm: CrmInvoice | null; ids: string[]; now: string },
): DeletedLine[] {
  const earlier = deletedLines(snapshot, now).filter(({ id }) => !ids.includes(id));
  const lines = (crm?.lines ?? []).filter(({ id }) => ids.includes(id));
  return [...earlier, ...lines.map((line) => ({ ...line, deletedAt: now }))];
}

/** The snapshot as an invoice of the org, which has these lines no more. */
export const withoutDeleted = (snapshot: CrmInvoice): CrmInvoice => ({
  ...snapshot,
  lines: snapshot.lines.filter((line) => !('deletedAt' in line)),
});

/** Edits of lines that are gone: nobody can give them back, so that a conflict keeps them, whole. */
export function editsOfDeleted(
  snapshot: unknown,
  { crm, told, now }: { crm: CrmInvoice; told: ToldValues; now: string },
): FieldConflict[] {
  return deletedLines(snapshot, now).flatMap(({ id, terms, fields }) => {
    if (crm.lines.some((line) => line.id === id)) return [];
    const edited = Object.keys(fields).flatMap((field) => {
      const known = told[fieldKey(id, field)];
      return known && !same(known.value, fields[field]) ? [[field, known.value] as const] : [];
    });
    if (edited.length === 0) return [];
    const lost: LineTerms = { ...terms, ...editedTerms(Object.fromEntries(edited), crm.currency) };
    return [{ field: `lines.${id}`, stripe: null, crm: lost, winner: 'stripe' as const }];
  });
}
