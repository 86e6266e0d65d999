import { LightningElement, api } from 'lwc';
import syncRecord from '@salesforce/apex/RecordSyncController.syncRecord';
import { syncRecordOf } from 'c/syncAction';

/** Headless action of an account or a product. */
export default class SyncRecord extends LightningElement {
  @api recordId;
  isExecuting = false;

  @api
  async invoke() {
    await syncRecordOf(this, (idempotencyKey) => syncRecord({ recordId: this.recordId, idempotencyKey }));
  }
}
