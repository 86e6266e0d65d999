import SYNC_DONE from '@salesforce/label/c.Sync_Done';
import SYNC_RUNNING from '@salesforce/label/c.Sync_Running';
import SYNC_RUNNING_MESSAGE from '@salesforce/label/c.Sync_Running_Message';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';
import NOTHING_DIFFERED from '@salesforce/label/c.Nothing_Differed';
import EMPTY from '@salesforce/label/c.Empty_Value';

const SHOWN_CHANGES = 6;
const SIDES = { salesforce: 'Salesforce', stripe: 'Stripe' };

/** The toast that tells what a sync did, field by field. */
export function syncToast(result) {
  if (result.status === 'failed') {
    return { title: SYNC_FAILED, message: result.message, variant: 'error', mode: 'sticky' };
  }
  if (result.status !== 'done') {
    return { title: SYNC_RUNNING, message: result.message || SYNC_RUNNING_MESSAGE, variant: 'info' };
  }
  return {
    title: SYNC_DONE,
    message: describeChanges(result.changes) || NOTHING_DIFFERED,
    variant: 'success',
  };
}

/** 'Salesforce: Status Draft → Open, Amount Due empty → 20. Stripe: Description ...'; '' when nothing changed. */
export function describeChanges(changes) {
  const shown = (changes ?? []).slice(0, SHOWN_CHANGES);
  const rest = (changes ?? []).length - shown.length;
  const sentences = Object.keys(SIDES).flatMap((side) => {
    const parts = shown.filter((change) => change.side === side).map(describeChange);
    return parts.length > 0 ? [`${SIDES[side]}: ${parts.join(', ')}.`] : [];
  });
  return rest > 0 ? `${sentences.join(' ')} (+${rest})` : sentences.join(' ');
}

function describeChange({ fieldName, oldValue, newValue }) {
  return `${fieldWords(fieldName)} ${oldValue || EMPTY} → ${newValue || EMPTY}`;
}

/** Due_Date__c and due_date are both Due Date. */
function fieldWords(fieldName) {
  return (fieldName ?? '')
    .replace(/__c$/, '')
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
