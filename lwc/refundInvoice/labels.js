import CUSTOMER from '@salesforce/label/c.Customer';
import INVOICE from '@salesforce/label/c.Invoice';
import PAYMENT from '@salesforce/label/c.Payment';
import PAYMENT_LEFT from '@salesforce/label/c.Payment_Left';
import REASON from '@salesforce/label/c.Reason';
import NO_REASON from '@salesforce/label/c.No_Reason';
import REQUESTED_BY_CUSTOMER from '@salesforce/label/c.Requested_By_Customer';
import DUPLICATE from '@salesforce/label/c.Duplicate_Reason';
import FRAUDULENT from '@salesforce/label/c.Fraudulent';
import NOTHING_TO_REFUND from '@salesforce/label/c.Nothing_To_Refund';
import TAKES_DAYS from '@salesforce/label/c.Refund_Takes_Days';
import LEFT_OF_PAYMENT from '@salesforce/label/c.Left_Of_Payment';

export const LABELS = {
  customer: CUSTOMER,
  invoice: INVOICE,
  payment: PAYMENT,
  paymentLeft: PAYMENT_LEFT,
  reason: REASON,
  nothingToRefund: NOTHING_TO_REFUND,
  takesDays: TAKES_DAYS,
  leftOfPayment: LEFT_OF_PAYMENT,
};

/** Stripe's own: https://docs.stripe.com/api/refunds/create#create_refund-reason */
export const REASONS = [
  { label: NO_REASON, value: '' },
  { label: REQUESTED_BY_CUSTOMER, value: 'requested_by_customer' },
  { label: DUPLICATE, value: 'duplicate' },
  { label: FRAUDULENT, value: 'fraudulent' },
];
