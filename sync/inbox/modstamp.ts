import { orgTime } from '../salesforce/values.ts';

// A transaction in the org may commit minutes after its SystemModstamp: look back over what was read.
export const OVERLAP_MS = 5 * 60_000;

interface Stamped {
  SystemModstamp: string;
}

/** When a row was changed last. */
export const isoOf = ({ SystemModstamp }: Stamped): string => orgTime(SystemModstamp).toISOString();

// Beside the second itself, what the org's clock may be behind ours.
const SETTLED_MS = 5_000;

/**
 * A SystemModstamp has whole seconds, so a second edit within the same second looks like the first. A change seen
 * while its second may still go on counts as seen for now only; it is taken in once more when that second is over.
 */
export function eventIdOf(object: string, row: Stamped & { Id: string }, now: Date): string {
  const seen = `${object}/${row.Id}/${row.SystemModstamp}`;
  return now.getTime() - Date.parse(isoOf(row)) >= SETTLED_MS ? seen : `${seen}~`;
}
