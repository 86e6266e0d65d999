import INVOICE from '@salesforce/label/c.Invoice';
import CUSTOMER from '@salesforce/label/c.Customer';
import RECIPIENT from '@salesforce/label/c.Recipient';
import AMOUNT from '@salesforce/label/c.Amount';
import AMOUNT_REMAINING from '@salesforce/label/c.Amount_Remaining';
import WHAT_HAPPENS from '@salesforce/label/c.What_Happens';
import NO_ADDRESS from '@salesforce/label/c.No_Address';

export const LABELS = {
  invoice: INVOICE,
  customer: CUSTOMER,
  recipient: RECIPIENT,
  amount: AMOUNT,
  amountRemaining: AMOUNT_REMAINING,
  whatHappens: WHAT_HAPPENS,
  noAddress: NO_ADDRESS,
};
