import REACHES_STRIPE_LATER from '@salesforce/label/c.Reaches_Stripe_Later';
import SYNC_DONE from '@salesforce/label/c.Sync_Done';
import SYNC_RUNNING from '@salesforce/label/c.Sync_Running';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';
import { inWords } from 'c/errors';

/** The toast of a sync. The message says field by field what changed, that nothing differed, or why it failed. */
export function syncToast({ status, message }) {
  if (status === 'failed') return { title: SYNC_FAILED, message, variant: 'error', mode: 'sticky' };
  if (status === 'done') return { title: SYNC_DONE, message, variant: 'success' };
  return { title: SYNC_RUNNING, message, variant: 'info' };
}

/** The toast of what is saved in the org by now: whatever `bring` comes to, the engine brings it to Stripe later at the latest. */
export async function savedToast(title, bring) {
  const result = await bring().catch((error) => ({ status: 'failed', message: inWords(error) }));
  if (result.status === 'done') return { title, message: result.message, variant: 'success' };
  if (result.status === 'running') return { title, message: REACHES_STRIPE_LATER, variant: 'success' };
  const message = `${REACHES_STRIPE_LATER} ${result.message}`;
  return { title, message, variant: 'warning', mode: 'sticky' };
}
