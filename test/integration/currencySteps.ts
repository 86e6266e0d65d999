import { randomUUID } from 'node:crypto';
import { daysFromNow, type OrgRecord } from './orgUser.ts';
import type { World } from './world.ts';

export type CurrencyRow = OrgRecord & { Sync_Error__c: string | null };

/** Raises an invoice as the dialog does: in the currency that it is told for the account. */
export async function raiseIn(
  world: World,
  { account, lines }: { account: string; lines: { unitPrice: number; quantity: number }[] },
): Promise<{ crmId: string; context: { currencyCode: string; currencyDecimals: number } }> {
  const context = await world.rep.apex<{ currencyCode: string; currencyDecimals: number }>(
    'RaiseInvoiceController',
    'getContext',
    { accountId: account },
  );
  const { invoiceId } = await world.rep.apex<{ invoiceId: string }>(
    'RaiseInvoiceController',
    'createInvoice',
    {
      accountId: account,
      description: 'Work of the quarter',
      dueDate: daysFromNow(30),
      lines: lines.map((line) => ({ productId: null, description: 'Work', ...line })),
      requestKey: randomUUID(),
    },
  );
  return { crmId: invoiceId, context };
}

export async function invoiceRow(world: World, id: string): Promise<CurrencyRow> {
  const [row] = await world.admin.query<CurrencyRow>(
    'SELECT Id, CurrencyIsoCode, Currency__c, Total__c, Amount_Due__c, Amount_Paid__c, Sync_Status__c, Sync_Error__c ' +
      `FROM Invoice__c WHERE Id = '${id}'`,
  );
  return row!;
}
