/** The fields of the org's records that the engine reads and compares; a change of any other is nothing to it. */
export const TRACKED_FIELDS = {
  Invoice__c: [
    'Account__c',
    'Stripe_Invoice_Id__c',
    'Status__c',
    'Number__c',
    'Currency__c',
    'Description__c',
    'Due_Date__c',
    'Subtotal__c',
    'Discount__c',
    'Tax__c',
    'Total__c',
    'Amount_Due__c',
    'Amount_Paid__c',
    'Amount_Remaining__c',
    'Hosted_Invoice_Url__c',
    'Invoice_Pdf_Url__c',
    'Finalized_At__c',
    'Paid_At__c',
    'Sent_At__c',
    'Last_Payment_Error__c',
    'Sync_Status__c',
    'Sync_Error__c',
  ],
  Invoice_Line__c: [
    'Stripe_Line_Id__c',
    'Description__c',
    'Product__c',
    'Unit_Price__c',
    'Quantity__c',
    'Amount__c',
    'Sort_Order__c',
  ],
} as const satisfies Record<string, readonly string[]>;

export type TrackedObject = keyof typeof TRACKED_FIELDS;
