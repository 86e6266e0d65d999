import { AuraHandledException, type ApexContext, type ApexMethod } from './context.ts';
import { conflictsOf, settleConflict } from './invoicebridgeApi.ts';
import { requirePermission } from './invoicePermission.ts';
import { toId, toText } from './parameters.ts';
import { resourceOf } from './RecordSyncController.ts';
import { inWords } from './userFacingError.ts';

const DECISIONS = ['use-other', 'dismiss'];

/** Twin of ConflictController.cls, method by method. */
export const ConflictController: Record<string, ApexMethod> = {
  getConflicts: {
    cacheable: false,
    run: ({ recordId }, context) => inWords(() => conflictsOf(visible(recordId, context), context)),
  },
  settle: {
    cacheable: false,
    run: ({ recordId, conflictId, decision, idempotencyKey }, context) =>
      inWords(() => {
        const id = visible(recordId, context);
        const decided = toText(decision) ?? '';
        if (!DECISIONS.includes(decided))
          throw new AuraHandledException(`There is no such decision: ${decided}`);
        return settleConflict(
          `${encodeURIComponent(toText(conflictId) ?? '')}/${decided}`,
          { recordId: id, idempotencyKey: toText(idempotencyKey) ?? '' },
          context,
        );
      }),
  },
};

function visible(recordId: unknown, context: ApexContext): string {
  requirePermission(context);
  const id = toId(recordId);
  resourceOf(id, context);
  return id;
}
