import SYNC_DONE from '@salesforce/label/c.Sync_Done';
import SYNC_RUNNING from '@salesforce/label/c.Sync_Running';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';

/** The toast of a sync. The message says field by field what changed, that nothing differed, or why it failed. */
export function syncToast({ status, message }) {
  if (status === 'failed') return { title: SYNC_FAILED, message, variant: 'error', mode: 'sticky' };
  if (status === 'done') return { title: SYNC_DONE, message, variant: 'success' };
  return { title: SYNC_RUNNING, message, variant: 'info' };
}
