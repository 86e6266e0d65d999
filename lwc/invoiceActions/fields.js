import ACCOUNT from '@salesforce/schema/Invoice__c.Account__c';
import STATUS from '@salesforce/schema/Invoice__c.Status__c';
import AMOUNT_PAID from '@salesforce/schema/Invoice__c.Amount_Paid__c';
import PAYMENT_PROCESSING from '@salesforce/schema/Invoice__c.Payment_Processing__c';
import SENT_AT from '@salesforce/schema/Invoice__c.Sent_At__c';
import SUBSCRIPTION from '@salesforce/schema/Invoice__c.Stripe_Subscription_Id__c';
import PAYMENT_LINK_STATUS from '@salesforce/schema/Invoice__c.Payment_Link_Status__c';

export const FIELDS = {
  accountId: ACCOUNT,
  status: STATUS,
  amountPaid: AMOUNT_PAID,
  isPaymentProcessing: PAYMENT_PROCESSING,
  sentAt: SENT_AT,
  subscriptionId: SUBSCRIPTION,
  paymentLinkStatus: PAYMENT_LINK_STATUS,
};

export const FIELD_LIST = Object.values(FIELDS);
