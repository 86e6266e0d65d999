import { LightningElement, api } from 'lwc';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';
import { syncRecordOf } from 'c/syncAction';

/** Headless action of an invoice. */
export default class SyncInvoice extends LightningElement {
  @api recordId;
  isExecuting = false;

  @api
  async invoke() {
    await syncRecordOf(this, (idempotencyKey) => syncInvoice({ invoiceId: this.recordId, idempotencyKey }));
  }
}
