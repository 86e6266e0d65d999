import STATUS from '@salesforce/schema/Invoice__c.Status__c';
import PAYMENT_STATE from '@salesforce/schema/Invoice__c.Payment_State__c';
import NUMBER from '@salesforce/schema/Invoice__c.Number__c';
import CURRENCY from '@salesforce/schema/Invoice__c.Currency__c';
import TOTAL from '@salesforce/schema/Invoice__c.Total__c';
import AMOUNT_PAID from '@salesforce/schema/Invoice__c.Amount_Paid__c';
import AMOUNT_REMAINING from '@salesforce/schema/Invoice__c.Amount_Remaining__c';
import DUE_DATE from '@salesforce/schema/Invoice__c.Due_Date__c';
import FINALIZE_ON from '@salesforce/schema/Invoice__c.Finalize_On__c';
import HOSTED_URL from '@salesforce/schema/Invoice__c.Hosted_Invoice_Url__c';
import PDF_URL from '@salesforce/schema/Invoice__c.Invoice_Pdf_Url__c';
import PAYMENT_LINK_STATUS from '@salesforce/schema/Invoice__c.Payment_Link_Status__c';
import PAYMENT_LINK_NOTE from '@salesforce/schema/Invoice__c.Payment_Link_Note__c';
import LAST_PAYMENT_ERROR from '@salesforce/schema/Invoice__c.Last_Payment_Error__c';
import SYNC_STATUS from '@salesforce/schema/Invoice__c.Sync_Status__c';
import SYNC_ERROR from '@salesforce/schema/Invoice__c.Sync_Error__c';
import LAST_SYNCED_AT from '@salesforce/schema/Invoice__c.Last_Synced_At__c';

export const FIELDS = {
  status: STATUS,
  paymentState: PAYMENT_STATE,
  number: NUMBER,
  currencyCode: CURRENCY,
  total: TOTAL,
  amountPaid: AMOUNT_PAID,
  amountRemaining: AMOUNT_REMAINING,
  dueDate: DUE_DATE,
  finalizeOn: FINALIZE_ON,
  hostedUrl: HOSTED_URL,
  pdfUrl: PDF_URL,
  linkStatus: PAYMENT_LINK_STATUS,
  linkNote: PAYMENT_LINK_NOTE,
  lastPaymentError: LAST_PAYMENT_ERROR,
  syncStatus: SYNC_STATUS,
  syncError: SYNC_ERROR,
  lastSyncedAt: LAST_SYNCED_AT,
};

export const FIELD_LIST = Object.values(FIELDS);
