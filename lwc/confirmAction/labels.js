import WORKING from '@salesforce/label/c.Working';
import INVOICE from '@salesforce/label/c.Invoice';
import CUSTOMER from '@salesforce/label/c.Customer';
import RECIPIENT from '@salesforce/label/c.Recipient';
import AMOUNT from '@salesforce/label/c.Amount';
import AMOUNT_REMAINING from '@salesforce/label/c.Amount_Remaining';
import WHAT_HAPPENS from '@salesforce/label/c.What_Happens';
import NO_ADDRESS from '@salesforce/label/c.No_Address';
import CANCEL from '@salesforce/label/c.Cancel';
import CLOSE from '@salesforce/label/c.Close';

export const LABELS = {
  working: WORKING,
  invoice: INVOICE,
  customer: CUSTOMER,
  recipient: RECIPIENT,
  amount: AMOUNT,
  amountRemaining: AMOUNT_REMAINING,
  whatHappens: WHAT_HAPPENS,
  noAddress: NO_ADDRESS,
  cancel: CANCEL,
  close: CLOSE,
};
