import { AuraHandledException, type ApexContext } from './context.ts';

/** Twin of InvoicePermission.problem. */
export function permissionProblem(context: ApexContext): string | null {
  return context.hasCustomPermission('Raise_Invoices')
    ? null
    : 'You may not raise or send invoices. ' +
        'Ask your administrator to assign you the permission set Invoicebridge Rep.';
}

/** Twin of InvoicePermission.require. */
export function requirePermission(context: ApexContext): void {
  const problem = permissionProblem(context);
  if (problem) throw new AuraHandledException(problem);
}
