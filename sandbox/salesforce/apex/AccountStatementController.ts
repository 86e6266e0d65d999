import { AuraHandledException, type ApexContext, type ApexMethod } from './context.ts';
import { asked } from './invoicebridgeApi.ts';
import { permissionProblem, requirePermission } from './invoicePermission.ts';
import { quoted, toDate, today, toId, toText } from './parameters.ts';
import { inWords } from './userFacingError.ts';

/** Twin of AccountStatementController.cls, method by method. */
export const AccountStatementController: Record<string, ApexMethod> = {
  getContext: {
    cacheable: false,
    run: ({ accountId }, context) =>
      inWords(() => ({
        accountName: nameOf(toId(accountId), context),
        problem: permissionProblem(context),
        today: today(),
      })),
  },

  createStatement: {
    cacheable: false,
    run: ({ accountId, firstDay, lastDay, idempotencyKey }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(accountId);
        nameOf(id, context);
        const [from, to] = [toDate(firstDay), toDate(lastDay)];
        if (from === null || to === null)
          throw new AuraHandledException('Enter the first and the last day of the statement.');
        return create(id, { body: { from, to }, idempotencyKey: toText(idempotencyKey) ?? '' }, context);
      }),
  },
};

async function create(accountId: string, request: Parameters<typeof asked>[1], context: ApexContext) {
  const answer = await asked(`/v1/accounts/${accountId}/statement`, request, context);
  const part = (name: string) => (answer[name] ?? {}) as Record<string, unknown>;
  return {
    status: part('command').status ?? null,
    message: answer.message ?? null,
    fileId: part('statement').fileId ?? null,
  };
}

function nameOf(accountId: string, context: ApexContext): unknown {
  const [account] = context.query(`SELECT Name FROM Account WHERE Id = ${quoted(accountId)}`);
  if (account) return account.Name;
  throw new AuraHandledException(
    'The account was not found. It may have been deleted, or you may not have access to it.',
  );
}
