import { AuraHandledException, type ApexContext, type ApexMethod } from './context.ts';
import { runSync } from './invoicebridgeApi.ts';
import { requirePermission } from './invoicePermission.ts';
import { quoted, toId, toText } from './parameters.ts';
import { inWords } from './userFacingError.ts';

const RESOURCES = { Account: 'accounts', Product2: 'products', Invoice__c: 'invoices' };

/** Twin of RecordSyncController.cls, method by method. */
export const RecordSyncController: Record<string, ApexMethod> = {
  syncRecord: {
    cacheable: false,
    run: ({ recordId, idempotencyKey }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(recordId);
        return runSync(
          resourceOf(id, context),
          { recordId: id, idempotencyKey: toText(idempotencyKey) ?? '' },
          context,
        );
      }),
  },
};

/** What the id is tells the platform; here it is looked for where it may be. */
export function resourceOf(id: string, context: ApexContext): string {
  for (const [object, resource] of Object.entries(RESOURCES)) {
    if (context.query(`SELECT Id FROM ${object} WHERE Id = ${quoted(id)}`).length > 0) return resource;
  }
  throw new AuraHandledException(
    'The record was not found. It may have been deleted, or you may not have access to it.',
  );
}
