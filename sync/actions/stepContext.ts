import type { CrmInvoice, StripeInvoice } from '../domain/invoice.ts';
import type { InvoiceAction } from '../domain/invoiceActions.ts';
import { PermanentFailure } from '../failure.ts';
import type { Command } from '../store/entities.ts';
import type { ClaimedRecord } from '../store/syncRecords.ts';

/** An invoice as both sides have it when the command's own step is taken. */
export interface StepContext {
  command: Command;
  action: InvoiceAction;
  record: ClaimedRecord;
  crm: CrmInvoice;
  stripe: StripeInvoice;
}

/** What people call the invoice: its number once it has one, the record's name before. */
export const nameOf = ({ stripe, crm }: Pick<StepContext, 'stripe' | 'crm'>) => stripe.number ?? crm.name;

/** What is asked for cannot be done now; the message says why, and what can be. */
export const refused = (code: string, message: string) =>
  new PermanentFailure({ code, stage: 'decide', message });
