import type { FieldConflict } from '../domain/change.ts';
import type { InvoiceSnapshot } from '../domain/crmSnapshot.ts';
import type { CrmInvoice, StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { soqlList } from '../salesforce/connection.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';
import { accountsOfCustomers } from './dependencies.ts';

/** Where an invoice has to go back to, and what the record says about it. */
export interface MovedInvoice {
  accountId: string;
  conflict: FieldConflict;
}

/**
 * Somebody has moved an invoice that Stripe has to another Account. Its customer cannot be changed there: it is put
 * back, and kept as a conflict. One that went with its Account into another one stays, and so does one whose customer is
 * linked to another Account by now.
 */
export async function movedInvoice(
  engine: Engine,
  { crmSnapshot }: ClaimedRecord,
  { crm, stripe: { customerId } }: { crm: CrmInvoice; stripe: StripeInvoice },
): Promise<MovedInvoice | null> {
  const before = (crmSnapshot as InvoiceSnapshot | null)?.accountId;
  if (!before || !customerId || before === crm.accountId) return null;
  const accountId = (await accountsOfCustomers(engine, [customerId])).get(customerId);
  if (accountId !== before) return null;
  const rows = await engine.org.query<{ Id: string; Name: string }>(
    `SELECT Id, Name FROM Account WHERE Id IN ${soqlList([before, crm.accountId])}`,
  );
  const nameOf = (id: string) => rows.find(({ Id }) => Id === id)?.Name ?? id;
  return {
    accountId,
    conflict: { field: 'account', stripe: nameOf(before), crm: nameOf(crm.accountId), winner: 'stripe' },
  };
}
