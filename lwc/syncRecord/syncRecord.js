import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import syncRecord from '@salesforce/apex/RecordSyncController.syncRecord';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';
import { syncToast } from 'c/commandResult';
import { inWords } from 'c/errors';
import { newRequestKey } from 'c/requestKey';

/** Headless action of an account or a product: the toast says what changed, field by field. */
export default class SyncRecord extends LightningElement {
  @api recordId;
  isExecuting = false;

  @api
  async invoke() {
    if (this.isExecuting) return;
    this.isExecuting = true;
    try {
      const result = await syncRecord({ recordId: this.recordId, idempotencyKey: newRequestKey() });
      this.dispatchEvent(new ShowToastEvent(syncToast(result)));
    } catch (error) {
      this.dispatchEvent(
        new ShowToastEvent({ title: SYNC_FAILED, message: inWords(error), variant: 'error', mode: 'sticky' }),
      );
    } finally {
      this.isExecuting = false;
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    }
  }
}
