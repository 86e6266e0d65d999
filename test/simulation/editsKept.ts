import type { Side } from './history.ts';
import type { Edit, FieldValue, InvoiceJournal, Journal } from './journal.ts';

/** A row of the engine's table of conflicts. */
export interface Conflict {
  field: string;
  stripe_value: unknown;
  crm_value: unknown;
  winner: Side;
  at: Date;
}

/** A row of the engine's table of changes: what it wrote. */
export interface Delivered {
  side: Side;
  field: string;
  to_value: unknown;
  at: Date;
}

export interface Seen {
  /** What both sides say in the end; undefined for a line that is gone. */
  value(key: string): unknown;
  isDraft: boolean;
  conflicts: Conflict[];
  delivered: Delivered[];
  /** Told of an edit that was overwritten unseen; false where the engine had all it needs to notice. */
  onOvertaken(overtaken: { side: Side; isLine: boolean; isGone: boolean }): boolean;
}

const other = (side: Side): Side => (side === 'stripe' ? 'salesforce' : 'stripe');

/**
 * No edit is lost: the last one of each side is there in the end, or the other side had it and replaced it, or it is kept in a
 * conflict with what won over it.
 */
export function editsKept(journal: Journal, seen: Seen): string[] {
  const problems = [...journal.edits].flatMap(([key, edits]) => {
    const last = (['stripe', 'salesforce'] as const).flatMap(
      (side) => edits.findLast((edit) => edit.side === side) ?? [],
    );
    return last
      .filter((edit) => !isKept({ journal, key, edit, edits }, seen))
      .map(
        ({ side, value }) =>
          `${key}: ${side} set it to ${value}, but it is ${String(seen.value(key))}, and nothing tells what became of that; ` +
          `edits ${JSON.stringify(edits)}, conflicts ${JSON.stringify(seen.conflicts)}, written ${JSON.stringify(seen.delivered)}`,
      );
  });
  return [...problems, ...unknownValues(journal, seen), ...contestsKept(journal, seen)];
}

interface OneEdit {
  journal: Journal;
  key: string;
  edit: Edit;
  edits: Edit[];
}

function isKept({ journal, key, edit, edits }: OneEdit, seen: Seen): boolean {
  const { side, value } = edit;
  const now = seen.value(key);
  if (now === value) return true;
  const against = other(side);
  if (now === undefined && deletedBy(journal, key).has(side)) return true;
  const deleting = (journal as Partial<InvoiceJournal>).seenDeleting?.get(key) ?? [];
  const wasSeen =
    edits.some((one) => one.side === against && one.before === value) ||
    deleting.some((one) => one.side === against && one.value === value);
  const wasDelivered = seen.delivered.some(
    (row) => row.side === against && says(row.to_value, { key, value }),
  );
  const replaced = edits.some((one) => one.side === against) || deletedBy(journal, key).has(against);
  if (replaced && (wasSeen || wasDelivered)) return true;
  const kept = seen.conflicts.some(
    (row) =>
      row.winner === against && says(side === 'stripe' ? row.stripe_value : row.crm_value, { key, value }),
  );
  if (kept) return true;
  return (
    isOvertaken(edit, { journal, key, now }, seen) &&
    seen.onOvertaken({ side, isLine: key.includes('/'), isGone: now === undefined })
  );
}

// A call takes milliseconds; on a machine that is busy with other things, seconds.
const UNDER_WAY_MS = 15_000;

/**
 * Neither system takes a write on the condition that nobody has written meanwhile. An edit between the engine's read and
 * its write of the very same field is overwritten unseen; the engine's note of what it wrote comes right after. Where the
 * other system tells of the edit afterwards, the engine has to notice; see `onOvertaken`.
 */
function isOvertaken(
  { side, at }: Edit,
  { journal, key, now }: { journal: Journal; key: string; now: unknown },
  seen: Seen,
): boolean {
  const rightAfter = (time: Date) => time.getTime() >= at && time.getTime() - at < UNDER_WAY_MS;
  const line = key.includes('/') ? key.split('/')[0]! : undefined;
  const wrote = (row: Delivered) =>
    now === undefined ? row.field === 'line' : says(row.to_value, { key, value: now as FieldValue });
  const noted = (row: Conflict) =>
    row.winner !== side && (line ? namesLine(journal as InvoiceJournal, row.field, line) : row.field === key);
  return (
    seen.delivered.some((row) => row.side === side && rightAfter(row.at) && wrote(row)) ||
    seen.conflicts.some((row) => rightAfter(row.at) && noted(row))
  );
}

/** What stands in the end is somebody's value. */
function unknownValues(journal: Journal, seen: Seen): string[] {
  return [...journal.edits].flatMap(([key, edits]) => {
    const now = seen.value(key);
    // An empty description of a line stands for the product's name.
    const known = ({ value, before }: Edit) =>
      value === now ||
      before === now ||
      (now === null && key.endsWith('/description')) ||
      (before === null && key.endsWith('/description'));
    if (now === undefined || edits.some(known)) return [];
    return `${key} is ${String(now)}, which nobody wrote; edits ${JSON.stringify(edits)}`;
  });
}

/** Both sides changed a field while nobody could look, and nobody touched it again: one conflict, with both values and the winner. */
function contestsKept({ contests, edits }: Journal, seen: Seen): string[] {
  return contests.flatMap(({ key, salesforce, stripe }) => {
    const [now, all] = [seen.value(key), edits.get(key)!];
    const touchedAgain = all.slice(all.findLastIndex(({ value }) => value === stripe) + 1).length > 0;
    if (touchedAgain || now === undefined) return [];
    const rows = seen.conflicts.filter(
      ({ stripe_value, crm_value }) =>
        says(stripe_value, { key, value: stripe }) && says(crm_value, { key, value: salesforce }),
    );
    const winner: Side = now === stripe ? 'stripe' : 'salesforce';
    if (rows.some((row) => row.winner === winner)) return [];
    return `${key}: both sides changed it (${salesforce}, ${stripe}), and no conflict says that ${winner} won: ${JSON.stringify(rows)}`;
  });
}

/** A line is there unless somebody deleted it; where that is contested, a conflict tells so. */
export function linesKept(journal: InvoiceJournal, seen: Seen & { has(key: string): boolean }): string[] {
  return [...journal.lines].flatMap(([key, { addedBy, deletedBy: by }]) => {
    const there = seen.has(key);
    const conflict = seen.conflicts.some(
      ({ field }) => field.startsWith(`lines.`) && namesLine(journal, field, key),
    );
    if (there && by.size > 0) {
      if (!seen.isDraft && !by.has('stripe')) return []; // From finalization on Stripe's lines stand.
      if (conflict && by.size === 1) return [];
      return `line ${key} was deleted in ${[...by].join(' and ')} and is there`;
    }
    if (there || by.size > 0) return [];
    if (!seen.isDraft && addedBy === 'salesforce' && conflict) return [];
    return `line ${key}, added in ${addedBy}, is gone`;
  });
}

function namesLine(journal: InvoiceJournal, field: string, key: string): boolean {
  const line = field.split('.')[1]!;
  return line === key || journal.aliases.get(line) === key;
}

function deletedBy(journal: Journal, key: string): Set<Side> {
  const line = key.split('/')[0]!;
  return ('lines' in journal && (journal as InvoiceJournal).lines.get(line)?.deletedBy) || new Set();
}

/** A conflict holds the field's value, or the whole line's; the org's amounts are in major units. */
function says(kept: unknown, { key, value }: { key: string; value: FieldValue }): boolean {
  const field = key.split('/').at(-1)!;
  const part = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>)[field] : kept;
  if (part === undefined || part === null) return false;
  return String(part) === String(value) || (field === 'unitAmount' && Number(part) === Number(value) / 100);
}
