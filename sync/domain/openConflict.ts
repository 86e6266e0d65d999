import type { FieldConflict } from './change.ts';
import { same } from './merge.ts';

/** A conflict that the org's record shows until somebody has looked at it or has edited the field again. */
export interface OpenConflict extends FieldConflict {
  /** Kept before the writes that follow from it; absent once a sync has ended with it. */
  settling?: true;
}

/** Conflicts of this convergence that have not been kept yet: a retry comes upon the same ones again. */
export function unkeptConflicts(open: OpenConflict[], found: FieldConflict[]): FieldConflict[] {
  return found.filter(
    (one) =>
      !open.some(
        (known) =>
          known.settling &&
          known.field === one.field &&
          same(known.stripe, one.stripe) &&
          same(known.crm, one.crm),
      ),
  );
}

/** The newest conflict of each field. */
export function withConflicts(open: OpenConflict[], found: FieldConflict[]): OpenConflict[] {
  const newer = new Set(found.map(({ field }) => field));
  return [
    ...open.filter(({ field }) => !newer.has(field)),
    ...found.map((one): OpenConflict => ({ ...one, settling: true })),
  ];
}

/**
 * What the record still has to show once this sync has ended. A field that does not say the winner's value any more
 * has been edited since, so somebody has decided; and who asks for a sync has seen what was there before it.
 */
export function stillOpen(
  open: OpenConflict[],
  { valueOf, acknowledged }: { valueOf: (field: string) => unknown; acknowledged: boolean },
): OpenConflict[] {
  return open
    .filter(
      ({ settling, ...conflict }) =>
        settling ||
        (!acknowledged &&
          (isPutBack(conflict) || same(winningValue(conflict), valueOf(conflict.field) ?? null))),
    )
    .map(({ field, stripe, crm, winner }) => ({ field, stripe, crm, winner }));
}

const winningValue = ({ winner, stripe, crm }: FieldConflict) => (winner === 'stripe' ? stripe : crm) ?? null;

/**
 * A line that the org had deleted and Stripe has brought back: there it has another id, under which nobody looks for it. And
 * the Account, which Stripe does not know by its name.
 */
const isPutBack = ({ field, crm, winner }: FieldConflict) =>
  field === 'account' || (winner === 'stripe' && crm === null && /^lines\.\w+$/.test(field));
