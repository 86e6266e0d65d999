import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';
import { syncToast } from 'c/commandResult';
import { inWords } from 'c/errors';
import { newRequestKey } from 'c/requestKey';

/** Syncs the record of a headless action, once at a time; the toast says what changed, field by field. */
export async function syncRecordOf(action, sync) {
  if (action.isExecuting) return;
  action.isExecuting = true;
  try {
    action.dispatchEvent(new ShowToastEvent(syncToast(await sync(newRequestKey()))));
  } catch (error) {
    action.dispatchEvent(
      new ShowToastEvent({ title: SYNC_FAILED, message: inWords(error), variant: 'error', mode: 'sticky' }),
    );
  } finally {
    action.isExecuting = false;
    notifyRecordUpdateAvailable([{ recordId: action.recordId }]);
  }
}
