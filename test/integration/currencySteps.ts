import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { audit, type Difference } from '../../sync/audit/audit.ts';
import type { AuditEngine } from '../../sync/audit/auditRow.ts';
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

export const lineRows = (world: World, invoice: string) =>
  world.admin.query(
    `SELECT Id, CurrencyIsoCode, Unit_Price__c, Amount__c FROM Invoice_Line__c WHERE Invoice__c = '${invoice}' ORDER BY Sort_Order__c`,
  );

/** A draft with a line that a person makes without the dialog. */
export async function makeByHand(world: World, fields: object): Promise<string> {
  const draft = { Description__c: 'By hand', Due_Date__c: daysFromNow(30), ...fields };
  const id = await world.rep.create('Invoice__c', draft);
  const line = { Invoice__c: id, Description__c: 'Work', Unit_Price__c: 500, Quantity__c: 1 };
  await world.rep.create('Invoice_Line__c', line);
  return id;
}

/** A draft with a line that is made in Stripe. */
export async function stripeDraft(
  world: World,
  { amount, ...whose }: { customer: string; currency: string; amount: number },
): Promise<Stripe.Invoice> {
  const draft = await world.stripe.invoices.create({
    ...whose,
    collection_method: 'send_invoice',
    days_until_due: 5,
  });
  await world.stripe.invoiceItems.create({ ...whose, invoice: draft.id, amount });
  return draft;
}

export async function differences(engine: AuditEngine, heal: boolean): Promise<Difference[]> {
  const found: Difference[] = [];
  await audit(engine, { heal, onDifference: (one) => void found.push(one) });
  return found;
}

/** The prices of a product that the picker offers for an invoice in this currency. */
export async function offeredPrices(
  world: World,
  { productId, currencyCode }: { productId: string; currencyCode: string },
): Promise<number[]> {
  const offered = await world.rep.apex<{ productId: string; unitPrice: number }[]>(
    'RaiseInvoiceController',
    'getProducts',
    { searchText: 'Catalogue item', currencyCode },
  );
  return offered.filter((one) => one.productId === productId).map(({ unitPrice }) => unitPrice);
}
