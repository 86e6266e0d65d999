import TITLE from '@salesforce/label/c.Invoice';
import WORKING from '@salesforce/label/c.Working';
import NUMBER from '@salesforce/label/c.Invoice_Number';
import TOTAL from '@salesforce/label/c.Total';
import AMOUNT_PAID from '@salesforce/label/c.Amount_Paid';
import AMOUNT_REMAINING from '@salesforce/label/c.Amount_Remaining';
import DUE_DATE from '@salesforce/label/c.Due_Date';
import FINALIZE_ON from '@salesforce/label/c.Finalize_And_Send_On';
import OPEN_HOSTED from '@salesforce/label/c.Open_Hosted_Page';
import OPEN_PDF from '@salesforce/label/c.Open_Pdf';
import COPY_LINK from '@salesforce/label/c.Copy_Link';
import COPY_PAYMENT_LINK from '@salesforce/label/c.Copy_Payment_Link';
import PAYMENT_LINK from '@salesforce/label/c.Payment_Link';
import LINK_GONE from '@salesforce/label/c.Link_Gone';
import LINK_COPIED from '@salesforce/label/c.Link_Copied';
import COPY_FAILED from '@salesforce/label/c.Copy_Failed';
import LAST_SYNCED from '@salesforce/label/c.Last_Synced';
import NEVER_SYNCED from '@salesforce/label/c.Never_Synced';
import PAYMENT_FAILED from '@salesforce/label/c.Payment_Failed';
import RETRY from '@salesforce/label/c.Retry';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';

export const LABELS = {
  title: TITLE,
  working: WORKING,
  number: NUMBER,
  total: TOTAL,
  amountPaid: AMOUNT_PAID,
  amountRemaining: AMOUNT_REMAINING,
  dueDate: DUE_DATE,
  finalizeOn: FINALIZE_ON,
  openHosted: OPEN_HOSTED,
  openPdf: OPEN_PDF,
  copyLink: COPY_LINK,
  copyPaymentLink: COPY_PAYMENT_LINK,
  paymentLink: PAYMENT_LINK,
  linkGone: LINK_GONE,
  linkCopied: LINK_COPIED,
  copyFailed: COPY_FAILED,
  lastSynced: LAST_SYNCED,
  neverSynced: NEVER_SYNCED,
  paymentFailed: PAYMENT_FAILED,
  retry: RETRY,
  syncFailed: SYNC_FAILED,
};
