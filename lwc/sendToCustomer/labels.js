import TITLE from '@salesforce/label/c.Send_To_Customer';
import INVOICE from '@salesforce/label/c.Invoice';
import CUSTOMER from '@salesforce/label/c.Customer';
import RECIPIENT from '@salesforce/label/c.Recipient';
import AMOUNT from '@salesforce/label/c.Amount';
import DUE_DATE from '@salesforce/label/c.Due_Date';
import WHAT_HAPPENS from '@salesforce/label/c.What_Happens';
import WILL_FINALIZE from '@salesforce/label/c.Will_Finalize';
import WILL_MAIL from '@salesforce/label/c.Will_Mail';
import CANNOT_UNDO from '@salesforce/label/c.Cannot_Undo';
import IS_FINAL from '@salesforce/label/c.Is_Final';
import SEND from '@salesforce/label/c.Send';
import SENT from '@salesforce/label/c.Invoice_Sent';
import PAID_AT_ONCE from '@salesforce/label/c.Paid_At_Once';
import SEND_RUNNING from '@salesforce/label/c.Send_Running';

export const LABELS = {
  title: TITLE,
  invoice: INVOICE,
  customer: CUSTOMER,
  recipient: RECIPIENT,
  amount: AMOUNT,
  dueDate: DUE_DATE,
  whatHappens: WHAT_HAPPENS,
  willFinalize: WILL_FINALIZE,
  willMail: WILL_MAIL,
  cannotUndo: CANNOT_UNDO,
  isFinal: IS_FINAL,
  send: SEND,
  sent: SENT,
  paidAtOnce: PAID_AT_ONCE,
  sendRunning: SEND_RUNNING,
};
