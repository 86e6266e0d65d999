import type { ApexMethod } from './context.ts';
import { AccountStatementController } from './AccountStatementController.ts';
import { ConflictController } from './ConflictController.ts';
import { InvoiceCommandController } from './InvoiceCommandController.ts';
import { InvoiceDraftController } from './InvoiceDraftController.ts';
import { InvoiceMoneyController } from './InvoiceMoneyController.ts';
import { RaiseInvoiceController } from './RaiseInvoiceController.ts';
import { RecordSyncController } from './RecordSyncController.ts';

/** The sandbox's twins of the Apex classes in salesforce-metadata/classes: class name, then method name. */
export const apexClasses: Record<string, Record<string, ApexMethod>> = {
  AccountStatementController,
  ConflictController,
  InvoiceCommandController,
  InvoiceDraftController,
  InvoiceMoneyController,
  RaiseInvoiceController,
  RecordSyncController,
};
